// First: the client keeps `fetch` as it is when it is loaded.
import { item, open, quiet, sent, serve, source } from '../test-desk';
import { act, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { toasts } from '@/shared/lib/toast';
import { Reader } from './reader';

const pages = { reader: (view: never, onView: (view: never) => void) => <Reader view={view} onView={onView as never} toStudio={() => undefined} /> };
const frost = item({ id: 'item_1', title: 'Frost on the glass' });
const soil = item({ id: 'item_2', title: 'What soil wants' });
const feed = { id: 'feed_1', name: 'Under glass', topics: [{ topic: 'Cold frames', description: 'glass over beds' }], keywords: ['cold frame', 'glass'], version: 4, created_at: frost.seen_at };
const focusedItem = () => document.activeElement?.closest('li')?.dataset['item'];

describe('the reader', () => {
  beforeEach(() => {
    quiet();
    act(() => toasts.set([]));
    localStorage.clear();
    serve({
      'GET /sources': () => ({ items: [source({ id: 'source_1', name: 'The Allotment' })] }),
      'GET /smart-feeds': () => ({ items: [feed] }),
      'GET /items': () => ({ items: [frost, soil] }),
      'GET /items/counts': () => ({ unread: 2, saved: 0 }),
      'POST /items/item_1/marks': ({ body }) => ({ ...frost, ...(body as { read?: boolean }), saved_at: (body as { saved?: boolean }).saved ? frost.seen_at : null }),
      'POST /items/item_2/marks': () => ({ ...soil, read: true }),
      'GET /items/item_1': () => ({ ...frost, text: 'One.\n\nTwo.', also: [{ source: frost.source, url: 'https://example.com/x', title: 'The same elsewhere' }] }),
      'GET /items/item_2': () => ({ ...soil, text: 'Soil.', also: [] }),
      'GET /smart-feeds/feed_1/items': () => ({ items: [{ item: soil, score: 0.8, why: { relevance: 0.9, freshness: 0.9, authority: 0.5, words: ['cold frame'] } }] }),
    });
  });

  it('goes through the items by j and k, and opens with Enter', async () => {
    const { at } = open('reader', pages);
    const user = userEvent.setup();
    await screen.findByText('Frost on the glass');
    await user.keyboard('j');
    expect(focusedItem()).toBe('item_1');
    await user.keyboard('jj');
    expect(focusedItem()).toBe('item_2');
    await user.keyboard('k{Enter}');
    await waitFor(() => expect(at()).toContain('item=item_1'));
    expect(await screen.findByText('Two.')).toBeTruthy();
    expect(screen.getByRole('link', { name: 'The same elsewhere' })).toBeTruthy();
  });

  it('opens the original with o, and makes drafts with r for what was last written for', async () => {
    localStorage.setItem('bellwether.targets.harbour.light', 'x.post gone.post');
    serve({
      'GET /api/v1/networks': () => ({ networks: [{ id: 'x', name: 'X', content_types: [{ target: 'x.post', is_default: true }, { target: 'x.thread', is_default: false }] }] }),
      'GET ': () => ({ default_tone: 'opinionated' }),
      'POST /generations': () => Response.json({ id: 'gen_1', targets: ['x.post'], cached: false }, { status: 202 }),
    });
    const opened = vi.spyOn(window, 'open').mockReturnValue(null);
    open('reader', pages);
    const user = userEvent.setup();
    await screen.findByText('Frost on the glass');
    await user.keyboard('o');
    expect(opened).not.toHaveBeenCalled();
    await user.keyboard('jjo');
    expect(opened).toHaveBeenCalledWith(soil.url, '_blank', 'noopener,noreferrer');
    await user.keyboard('r');
    await waitFor(() => expect(sent('POST', '/generations').map((c) => c.body)).toEqual([{ input: { type: 'url', url: soil.url }, targets: ['x.post'], tone: 'opinionated' }]));
    await waitFor(() => expect(toasts.get().at(-1)).toMatchObject({ message: 'Writing 1 draft', detail: 'What soil wants' }));
  });

  it('makes drafts of what the source says where its page can’t be read', async () => {
    const refused = { status: 422, code: 'invalid', title: 'Invalid', detail: 'No.', errors: [{ path: 'input/url', code: 'unreachable', message: 'It does not answer.' }] };
    serve({
      'GET /api/v1/networks': () => ({ networks: [{ id: 'x', name: 'X', content_types: [{ target: 'x.post', is_default: true }] }] }),
      'GET ': () => ({ default_tone: 'opinionated' }),
      'POST /generations': (call) => ((call.body as { input: { type: string } }).input.type === 'url' ? Response.json(refused, { status: 422, headers: { 'content-type': 'application/problem+json' } }) : Response.json({ id: 'gen_1', targets: ['x.post'], cached: false }, { status: 202 })),
    });
    open('reader', pages);
    const user = userEvent.setup();
    await screen.findByText('Frost on the glass');
    await user.keyboard('jr');
    await waitFor(() => expect(sent('POST', '/generations').map((c) => (c.body as { input: unknown }).input)).toEqual([{ type: 'url', url: frost.url }, { type: 'text', text: 'One.\n\nTwo.', title: 'Frost on the glass' }]));
    await waitFor(() => expect(toasts.get().at(-1)?.detail).toContain('Its page can’t be read'));
  });

  it('searches what is typed, and keeps it in the address', async () => {
    const { at } = open('reader', pages);
    const user = userEvent.setup();
    await screen.findByText('Frost on the glass');
    await user.keyboard('/');
    await user.keyboard('frost');
    await waitFor(() => expect(at()).toContain('q=frost'));
    await waitFor(() => expect(sent('GET', '/items').at(-1)?.query).toMatchObject({ q: 'frost', limit: '100' }));
  });

  it('says by what the search finds, and by what it found each', async () => {
    serve({ 'GET /items': ({ query }) => ({ items: query['q'] ? [{ ...frost, matched: 'meaning' }, { ...soil, matched: 'both' }] : [frost, soil] }), 'GET /embeddings': () => ({ model: null, dimensions: null, items: 2, embedded: 0, pending: 0, state: 'off', reason: 'No model is set up.' }) });
    open('reader?q=cold', pages);
    expect(await screen.findByText('means it')).toBeTruthy();
    expect(screen.getByText('has the words and means it')).toBeTruthy();
    expect((await screen.findByText(/No model is set up/)).textContent).toBe('Found by words only. No model is set up.');
  });

  it('reads what is opened, once, and m and s mark what one stands on', async () => {
    open('reader', pages);
    const user = userEvent.setup();
    await screen.findByText('Frost on the glass');
    expect(screen.getAllByText('Unread')).toHaveLength(2);
    await user.keyboard('j{Enter}');
    await waitFor(() => expect(sent('POST', '/items/item_1/marks').map((c) => c.body)).toEqual([{ read: true }]));
    await user.keyboard('{Escape}');
    await waitFor(() => expect(screen.getAllByText('Unread')).toHaveLength(1));
    await user.keyboard('m');
    await waitFor(() => expect(screen.getAllByText('Unread')).toHaveLength(2));
    await user.keyboard('s');
    expect(await screen.findByText('Saved')).toBeTruthy();
    expect(sent('POST', '/items/item_1/marks').map((c) => c.body)).toEqual([{ read: true }, { read: false }, { saved: true }]);
  });

  it('takes a mark back that the server refuses', async () => {
    serve({ 'POST /items/item_1/marks': () => Response.json({ code: 'too_many', title: 'Conflict', detail: 'You have saved 2000 items of this brand.' }, { status: 409, headers: { 'content-type': 'application/problem+json' } }) });
    open('reader', pages);
    const user = userEvent.setup();
    await screen.findByText('Frost on the glass');
    await user.keyboard('js');
    await waitFor(() => expect(toasts.get().at(-1)).toMatchObject({ message: 'It could not be marked', detail: 'You have saved 2000 items of this brand.' }));
    expect(screen.queryByText('Saved')).toBeNull();
  });

  it('marks all as read, and takes it back', async () => {
    let read = false;
    serve({
      'GET /items': () => ({ items: [{ ...frost, read }, soil] }),
      'POST /items/read-all': () => { read = true; return { count: 1, read_at: '2026-05-12T09:30:00.000001Z' }; },
      'POST /items/read-all/undo': () => { read = false; return new Response(null, { status: 204 }); },
    });
    open('reader', pages);
    const user = userEvent.setup();
    await screen.findByText('Frost on the glass');
    await user.click(screen.getByRole('button', { name: 'Mark all as read' }));
    await waitFor(() => expect(screen.getAllByText('Unread')).toHaveLength(1));
    expect(sent('POST', '/items/read-all')[0]?.body).toEqual({ until: frost.seen_at });
    act(() => toasts.get().at(-1)?.undo?.());
    await waitFor(() => expect(screen.getAllByText('Unread')).toHaveLength(2));
    expect(sent('POST', '/items/read-all/undo')[0]?.body).toEqual({ read_at: '2026-05-12T09:30:00.000001Z' });
  });

  it('offers every source, not only the first hundred', async () => {
    const page = (from: number) => Array.from({ length: 100 }, (_, i) => source({ id: `source_${from + i}`, name: `Source ${from + i}` }));
    serve({ 'GET /sources': ({ query }) => (query['cursor'] ? { items: page(100) } : { items: page(0), next_cursor: 'more' }) });
    const { at } = open('reader', pages);
    const user = userEvent.setup();
    await screen.findByText('Frost on the glass');
    await user.click(screen.getByRole('button', { name: 'All sources' }));
    const field = await screen.findByPlaceholderText('Search 200 sources');
    await user.type(field, 'source 187');
    await user.keyboard('{Enter}');
    await waitFor(() => expect(at()).toContain('source=source_187'));
    expect(await screen.findByRole('button', { name: 'Source 187' })).toBeTruthy();
  });

  it('shows a smart feed with the reason for each item, and edits its topics', async () => {
    serve({ 'PATCH /smart-feeds/feed_1': () => ({ ...feed, version: 5 }) });
    open('reader?feed=feed_1', pages);
    const user = userEvent.setup();
    expect(await screen.findByText(/Very close to your topics: “cold frame” · fresh/)).toBeTruthy();
    expect(screen.queryByText('Frost on the glass')).toBeNull();
    await user.click(screen.getByRole('button', { name: 'Edit Under glass' }));
    const dialog = await screen.findByRole('dialog', { name: 'Edit Under glass' });
    await user.click(within(dialog).getByRole('button', { name: 'Another topic' }));
    await user.click(within(dialog).getByRole('button', { name: 'Another topic' }));
    expect(within(dialog).queryByRole('button', { name: 'Another topic' })).toBeNull();
    await user.type(within(dialog).getByLabelText('Topic 2'), 'Compost');
    await user.click(within(dialog).getByRole('button', { name: 'Save' }));
    await waitFor(() => expect(sent('PATCH', '/smart-feeds/feed_1')[0]?.body).toEqual({ topics: [{ topic: 'Cold frames', description: 'glass over beds' }, { topic: 'Compost', description: '' }] }));
    expect(sent('PATCH', '/smart-feeds/feed_1')[0]?.headers.get('if-match')).toBe('"4"');
  });

  it('shows words of every topic of a smart feed, and all of them when asked', async () => {
    const words = (topic: string) => [topic, ...Array.from({ length: 9 }, (_, i) => `${topic} ${i + 1}`)];
    serve({ 'GET /smart-feeds': () => ({ items: [{ ...feed, topics: [{ topic: 'Oak' }, { topic: 'Ash' }, { topic: 'Elm' }], keywords: ['oak', 'ash', 'elm'].flatMap(words) }] }) });
    open('reader?feed=feed_1', pages);
    expect(await screen.findByText(/looks for oak, oak 1, oak 2, ash, ash 1, ash 2, elm, elm 1, elm 2…$/)).toBeTruthy();
    await userEvent.click(screen.getByRole('button', { name: '21 more' }));
    expect(screen.getByText(/oak 9, ash.*ash 9, elm.*elm 9$/)).toBeTruthy();
  });

  it('says what is gone, and leads to what is there', async () => {
    const { at } = open('reader?feed=feed_gone', pages);
    const user = userEvent.setup();
    expect(await screen.findByRole('heading', { name: 'This smart feed is not here any more' })).toBeTruthy();
    expect(screen.queryByRole('button', { name: 'Try again' })).toBeNull();
    await user.click(screen.getByRole('button', { name: 'Show all items' }));
    expect(await screen.findByText('Frost on the glass')).toBeTruthy();
    expect(at()).not.toContain('feed=');
  });

  it('tells a source that is gone from one that was not read yet', async () => {
    serve({ 'GET /items': () => ({ items: [] }) });
    open('reader?source=source_gone', pages);
    expect(await screen.findByRole('heading', { name: 'This source is not here any more' })).toBeTruthy();
  });

  it('closes an item that is gone', async () => {
    const { at } = open('reader?item=item_gone', pages);
    expect(await screen.findByRole('heading', { name: 'This item is not here' })).toBeTruthy();
    expect(screen.queryByRole('button', { name: 'Try again' })).toBeNull();
    await userEvent.click(screen.getByRole('button', { name: 'Show the items' }));
    await waitFor(() => expect(at()).not.toContain('item='));
  });

  it('offers neither feeds nor drafts to whom it is only shown', async () => {
    open('reader?item=item_1', pages, ['brand.read']);
    await screen.findByText('Two.');
    expect(screen.queryByRole('button', { name: /Make drafts/ })).toBeNull();
    expect(screen.queryByRole('button', { name: 'Smart feed' })).toBeNull();
    await userEvent.keyboard('r');
    expect(sent('POST', '/generations')).toEqual([]);
  });
});
