import { createMemoryHistory, createRootRoute, createRoute, createRouter, Link, Outlet, RouterProvider } from '@tanstack/react-router';
import { render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useState } from 'react';
import { describe, expect, it } from 'vitest';
import { useUnsaved, type Unsaved } from '../lib/unsaved';
import { LeaveGuard } from './leave-guard';

window.scrollTo = () => undefined;

function Page({ what }: { what: Unsaved }) {
  const [text, setText] = useState('');
  useUnsaved(text !== '', what);
  return <input aria-label="Description" value={text} onChange={(e) => setText(e.target.value)} />;
}

async function open(what: Unsaved = 'typed') {
  const root = createRootRoute({ component: () => <><Link to={'/profile' as never} search={{ show: 'all' } as never}>Filter</Link> <Link to={'/library' as never}>Library</Link><Outlet /><LeaveGuard /></> });
  const profile = createRoute({ getParentRoute: () => root, path: 'profile', component: () => <Page what={what} /> });
  const library = createRoute({ getParentRoute: () => root, path: 'library', component: () => <p>The library</p> });
  const router = createRouter({ routeTree: root.addChildren([profile, library]), history: createMemoryHistory({ initialEntries: ['/library', '/profile'], initialIndex: 1 }) });
  render(<RouterProvider router={router as never} />);
  await screen.findByLabelText('Description');
  return { at: () => router.state.location.href, router };
}
const question = () => screen.findByRole('alertdialog', { name: 'Leave without saving?' });

describe('leaving a page', () => {
  it('asks nothing while there is nothing to lose', async () => {
    const { at } = await open();
    await userEvent.click(screen.getByText('Library'));
    await screen.findByText('The library');
    expect(at()).toBe('/library');
  });

  it('asks while something is typed: one stays, or goes', async () => {
    const { at } = await open();
    await userEvent.type(screen.getByLabelText('Description'), 'Three lines');
    await userEvent.click(screen.getByText('Library'));
    await question();
    await userEvent.click(screen.getByRole('button', { name: 'Keep writing' }));
    await waitFor(() => expect(screen.queryByRole('alertdialog')).toBeNull());
    expect(at()).toBe('/profile');
    expect((screen.getByLabelText('Description') as HTMLInputElement).value).toBe('Three lines');

    await userEvent.click(screen.getByText('Library'));
    await question();
    await userEvent.click(screen.getByRole('button', { name: 'Discard and leave' }));
    await screen.findByText('The library');
    expect(screen.queryByRole('alertdialog')).toBeNull();
  });

  it('lets a page move its own address, and what a form does after it was saved', async () => {
    const { at, router } = await open();
    await userEvent.type(screen.getByLabelText('Description'), 'Three lines');
    await userEvent.click(screen.getByText('Filter'));
    await waitFor(() => expect(at()).toBe('/profile?show=all'));
    expect(screen.queryByRole('alertdialog')).toBeNull();
    void router.navigate({ to: '/library' as never, ignoreBlocker: true });
    await screen.findByText('The library');
  });

  it('says what a secret is', async () => {
    await open('secret');
    await userEvent.type(screen.getByLabelText('Description'), 'x');
    await userEvent.click(screen.getByText('Library'));
    await screen.findByRole('alertdialog', { name: 'Have you stored it?' });
    await userEvent.click(screen.getByRole('button', { name: 'Stay here' }));
    await waitFor(() => expect(screen.queryByRole('alertdialog')).toBeNull());
    screen.getByLabelText('Description');
  });
});
