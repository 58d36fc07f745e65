import { readFileSync } from 'node:fs';
import { describe, expect, it, vi } from 'vitest';
import { keyBytes } from './push';

describe('the key of the server', () => {
  it('becomes bytes, whatever is left out at its end', () => {
    expect([...keyBytes('AQID')]).toEqual([1, 2, 3]);
    expect([...keyBytes('-_8')]).toEqual([251, 255]);
    expect([...keyBytes('BA')]).toEqual([4]);
  });
});

/** The worker as a browser runs it: it knows `self` and what that offers. */
function worker(pages: { url: string; focus: () => Promise<void> }[] = []) {
  const heard = new Map<string, (event: unknown) => void>();
  const self = {
    addEventListener: (kind: string, listener: (event: unknown) => void) => heard.set(kind, listener),
    location: { origin: 'https://bells.example.org' },
    registration: { showNotification: vi.fn(() => Promise.resolve()) },
    clients: { matchAll: () => Promise.resolve(pages), openWindow: vi.fn(() => Promise.resolve()), claim: () => Promise.resolve() },
    skipWaiting: () => undefined,
  };
  const code = readFileSync(`${process.cwd()}/public/push-worker.js`, 'utf8');
  new Function('self', 'fetch', code)(self, () => Promise.reject(new Error('nothing is fetched')));
  const tell = async (kind: string, event: object) => {
    let done: Promise<unknown> = Promise.resolve();
    heard.get(kind)?.({ ...event, waitUntil: (promise: Promise<unknown>) => (done = promise) });
    await done;
  };
  return { self, tell };
}
const data = (value: unknown) => ({ json: () => value as object, text: () => String(value) });

describe('the worker', () => {
  it('shows what was pushed', async () => {
    const { self, tell } = worker();
    await tell('push', { data: data({ title: 'Your morning', body: '3 drafts wait', url: '/harbour/light/library', tag: 'morning' }) });
    expect(self.registration.showNotification).toHaveBeenCalledWith('Your morning', expect.objectContaining({ body: '3 drafts wait', tag: 'morning', data: { url: 'https://bells.example.org/harbour/light/library' } }));
  });
  it('shows something of a push that it can’t read', async () => {
    const { self, tell } = worker();
    const broken = { json: () => { throw new SyntaxError('no JSON'); }, text: () => 'in plain words' };
    await tell('push', { data: broken });
    await tell('push', { data: null });
    expect(self.registration.showNotification.mock.calls.map((c: unknown[]) => [c[0], (c[1] as { body: string }).body])).toEqual([['Bellwether', 'in plain words'], ['Bellwether', '']]);
  });
  it('leads to pages of our own only, and to one that is open already where there is one', async () => {
    const close = () => undefined;
    const there = { url: 'https://bells.example.org/harbour/light/trends', focus: vi.fn(() => Promise.resolve()) };
    const { self, tell } = worker([there]);
    await tell('notificationclick', { notification: { close, data: { url: there.url } } });
    expect(there.focus).toHaveBeenCalled();
    await tell('notificationclick', { notification: { close, data: { url: 'https://elsewhere.example.com/x' } } });
    expect(self.clients.openWindow.mock.calls).toEqual([['https://bells.example.org/']]);
  });
});
