import { Problem } from '@/shared/api/problem';
import { keys } from '@/shared/api/queries';
import { sessionStore } from '@/shared/api/signed-out';
import { toasts } from '@/shared/lib/toast';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { act, render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { SignedOut, tellSignedIn } from './signed-out';

const answer = vi.hoisted(() => ({ of: () => Promise.resolve<unknown>(null) }));
vi.mock('@/shared/api/client', () => ({ api: { GET: () => answer.of() }, take: (it: Promise<unknown>) => it }));

const ada = { user: { id: 'user_1', email: 'ada@example.com' } };
const over = () => Promise.reject(new Problem(401, 'unauthenticated', 'You were signed out.'));

function show() {
  const client = new QueryClient();
  client.setQueryData(keys.me, ada);
  render(
    <QueryClientProvider client={client}>
      <input aria-label="Text" defaultValue="Typed" />
      <SignedOut />
    </QueryClientProvider>,
  );
  act(() => sessionStore.set((s) => ({ ...s, ended: true })));
  return { client };
}

describe('somebody who was signed out', () => {
  beforeEach(() => {
    sessionStore.set({ ended: false, times: 0 });
    toasts.set([]);
    answer.of = over;
  });

  it('signs in in another tab, and goes on here', async () => {
    const { client } = show();
    const link = await screen.findByRole('link', { name: /^Sign in/, hidden: true });
    expect(link.getAttribute('target')).toBe('_blank');
    expect(link.getAttribute('href')).toBe('/sign-in?next=%2Fsign-in%2Fagain');
    link.addEventListener('click', (event) => event.preventDefault());
    await userEvent.click(link);
    await userEvent.click(screen.getByRole('button', { name: 'I have signed in' }));
    await screen.findByText('You are not signed in yet.');

    const fresh = { user: { ...ada.user, name: 'Ada' } };
    answer.of = () => Promise.resolve(fresh);
    // the other tab says so by itself
    act(tellSignedIn);
    await waitFor(() => expect(screen.queryByRole('alertdialog')).toBeNull());
    expect(client.getQueryData(keys.me)).toEqual(fresh);
    expect(sessionStore.get()).toEqual({ ended: false, times: 1 });
    expect(toasts.get().map((t) => t.message)).toEqual(['You are signed in again']);
    expect((screen.getByLabelText('Text') as HTMLInputElement).value).toBe('Typed');
  });

  it('is told when it is somebody else who signed in, and nothing is taken over', async () => {
    const { client } = show();
    await screen.findByRole('alertdialog', { name: 'You were signed out' });
    answer.of = () => Promise.resolve({ user: { id: 'user_2', email: 'ben@example.com' } });
    act(() => void window.dispatchEvent(new Event('focus')));
    await screen.findByRole('alertdialog', { name: 'Somebody else is signed in now' });
    screen.getByText(/ben@example\.com/);
    expect(client.getQueryData(keys.me)).toBe(ada);
    await userEvent.click(screen.getByRole('button', { name: 'Stay here' }));
    expect(screen.queryByRole('alertdialog')).toBeNull();
    expect(sessionStore.get().times).toBe(0);
  });
});
