// First: the client keeps `fetch` as it is when it is loaded.
import { everything, open, quiet, sent, serve, source } from '../test-desk';
import { act, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it } from 'vitest';
import { dismiss, toasts } from '@/shared/lib/toast';
import { Sources } from './sources';

const pages = { sources: (view: never, onView: (view: never) => void) => <Sources view={view} onView={onView as never} /> };
const blog = source({ id: 'source_1', name: 'The Allotment', priority: 8 });
const sick = source({ id: 'source_2', name: 'Soil Letters', state: 'troubled', health: { ...blog.health, words: 'The server answered 503.', failures: 4 } });
const silent = source({ id: 'source_3', name: 'Frost Notes', state: 'paused', active: false, version: 7 });

describe('the sources', () => {
  beforeEach(() => {
    quiet();
    act(() => toasts.set([]));
    serve({ 'GET /sources': () => ({ items: [blog, sick, silent] }) });
  });

  it('say in words how each is', async () => {
    open('sources', pages);
    const list = await screen.findByRole('list', { name: 'Sources' });
    expect(within(list).getAllByRole('heading').map((h) => h.textContent)).toEqual(['The Allotment', 'Soil Letters', 'Frost Notes']);
    expect(screen.getByText(/^3 sources/).textContent).toBe('3 sources · 1 in trouble · about 6 items a week');
    expect(screen.getByRole('link', { name: '1 in trouble' }).getAttribute('href')).toBe('/harbour/light/sources?state=troubled');
    expect(within(list).getByText('The server answered 503.')).toBeTruthy();
    expect(within(list).getByText('Priority 8')).toBeTruthy();
    expect(within(list).getByText(/not again until it is resumed/)).toBeTruthy();
  });

  it('say how many need a look when that is on a later page or behind a filter', async () => {
    const page = (from: number) => Array.from({ length: 50 }, (_, i) => source({ id: `source_${from + i}`, name: `Source ${from + i}`, per_week: null }));
    const state = { ...sick, id: 'source_last' };
    serve({ 'GET /sources': ({ query }) => query['state'] === 'paused' ? { items: [] } : query['limit'] === '100' ? { items: [...page(100), ...page(200), state] } : { items: page(100), next_cursor: 'more' } });
    const { at } = open('sources', pages);
    const user = userEvent.setup();
    expect((await screen.findByText(/^101 sources/)).textContent).toBe('101 sources · 1 in trouble · about 3 items a week');
    await user.click(screen.getByRole('radio', { name: 'Paused' }));
    expect(await screen.findByText('No source is paused.')).toBeTruthy();
    expect(screen.getByRole('link', { name: '1 in trouble' })).toBeTruthy();
    await user.click(screen.getByRole('button', { name: 'Show all sources' }));
    await waitFor(() => expect(at()).not.toContain('state'));
  });

  it('are one alone where a notice leads to it, and all again by one press', async () => {
    const gone = { ...sick, name: 'Soil Letters', state: 'resting' as const };
    serve({ 'GET /sources/source_2': () => gone });
    const { at } = open('sources?source=source_2', pages);
    const list = await screen.findByRole('list', { name: 'Sources' });
    await waitFor(() => expect(within(list).getAllByRole('heading').map((h) => h.textContent)).toEqual(['Soil Letters']));
    expect(within(list).getByText('The server answered 503.')).toBeTruthy();
    await userEvent.click(screen.getByRole('button', { name: 'Show all sources' }));
    await waitFor(() => expect(at()).not.toContain('source='));
    await waitFor(() => expect(within(screen.getByRole('list', { name: 'Sources' })).getAllByRole('heading')).toHaveLength(3));
  });

  it('say that one is gone to which a notice led', async () => {
    open('sources?source=source_gone', pages);
    expect(await screen.findByText('This source is not here')).toBeTruthy();
  });

  it('say that an address asks for what there isn’t, and lead back to all', async () => {
    serve({ 'GET /sources': ({ query }) => (query['kind'] === 'nope' ? new Response(JSON.stringify({ status: 422, code: 'invalid', detail: 'Unknown.' }), { status: 422, headers: { 'content-type': 'application/problem+json' } }) : { items: [blog] }) });
    const { at } = open('sources?kind=nope', pages);
    expect(await screen.findByText('No source can be like that')).toBeTruthy();
    expect(screen.getByRole('button', { name: 'All kinds' })).toBeTruthy();
    await userEvent.click(screen.getByRole('button', { name: 'Show all sources' }));
    await waitFor(() => expect(at()).not.toContain('kind'));
    expect(await screen.findByText('The Allotment')).toBeTruthy();
  });

  it('are not offered a look that the server refuses: those of the demonstration are read from nowhere', async () => {
    serve({ 'GET /sources': () => ({ items: [source({ ...blog, demo: true, health: { ...blog.health, next_check_at: null } })] }) });
    open('sources', pages);
    await userEvent.click(await screen.findByRole('button', { name: 'More for The Allotment' }));
    expect(await screen.findByRole('menuitem', { name: 'Pause' })).toBeTruthy();
    expect(screen.queryByRole('menuitem', { name: 'Check now' })).toBeNull();
  });

  it('are looked at, resumed with the version that was seen, and removed unless that is taken back', async () => {
    serve({
      'POST /sources/source_1/check': () => new Response(JSON.stringify(blog), { status: 202 }),
      'PATCH /sources/source_3': () => ({ ...silent, active: true, state: 'healthy', version: 8 }),
      'DELETE /sources/source_2': () => new Response(null, { status: 204 }),
    });
    open('sources', pages);
    const user = userEvent.setup();
    const choose = async (name: string, what: string) => {
      await user.click(await screen.findByRole('button', { name: `More for ${name}` }));
      await user.click(await screen.findByRole('menuitem', { name: what }));
    };
    await choose('The Allotment', 'Check now');
    await waitFor(() => expect(sent('POST', '/sources/source_1/check')).toHaveLength(1));
    await choose('Frost Notes', 'Resume');
    await waitFor(() => expect(sent('PATCH', '/sources/source_3')[0]?.body).toEqual({ active: true }));
    expect(sent('PATCH', '/sources/source_3')[0]?.headers.get('if-match')).toBe('"7"');
    await choose('Soil Letters', 'Remove');
    await waitFor(() => expect(screen.queryByText('Soil Letters')).toBeNull());
    expect(sent('DELETE', '/sources/source_2')).toHaveLength(0);
    act(() => dismiss(toasts.get().at(-1)?.id ?? 0));
    await waitFor(() => expect(sent('DELETE', '/sources/source_2')).toHaveLength(1));
  });

  it('are found by whatever one knows, shown, and added with their weight', async () => {
    serve({
      'POST /sources/detect': () => ({ candidates: [
        { kind: 'feed', name: 'The Allotment', url: 'https://example.org', feed_url: 'https://example.org/feed', note: null, known: 'source_1', recent: [] },
        { kind: 'feed', name: 'The Allotment: notes', url: 'https://example.org', feed_url: 'https://example.org/notes', note: null, known: null, recent: [{ title: 'Frost on the glass', url: 'https://example.org/1', published_at: null }] },
      ] }),
      'POST /sources': () => Response.json(source({ id: 'source_4', name: 'The Allotment: notes' }), { status: 201 }),
    });
    open('sources?open=add', pages);
    const user = userEvent.setup();
    await user.type(await screen.findByLabelText(/Address, @handle/), 'example.org{Enter}');
    expect(await screen.findByText('Frost on the glass')).toBeTruthy();
    expect(screen.getByText('It is among your sources already.')).toBeTruthy();
    // what is listened to is not added a second time by one press
    expect(screen.getByText('You listen to it already')).toBeTruthy();
    expect(screen.getAllByRole<HTMLInputElement>('radio').filter((r) => r.closest('fieldset') && r.checked)).toEqual([]);
    expect(screen.getByRole<HTMLButtonElement>('button', { name: 'Add it' }).disabled).toBe(true);
    await user.click(screen.getByText('The Allotment: notes'));
    await user.click(screen.getByText('Name, priority and how often'));
    await user.selectOptions(screen.getByLabelText('Priority'), '9');
    await user.click(screen.getByRole('button', { name: 'Add it' }));
    await waitFor(() => expect(sent('POST', '/sources')[0]?.body).toEqual({ kind: 'feed', url: 'https://example.org', feed_url: 'https://example.org/notes', priority: 9, frequency: 'auto' }));
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  });

  it('go by their own name unless somebody gives them one', async () => {
    serve({
      'POST /sources/detect': () => ({ candidates: [{ kind: 'feed', name: 'mastodon.social', url: 'https://mastodon.social/tags/slowwork', feed_url: 'https://mastodon.social/tags/slowwork.rss', note: null, known: null, recent: [] }] }),
      'POST /sources': () => Response.json(source({ id: 'source_4', name: 'Slow work' }), { status: 201 }),
    });
    open('sources?open=add', pages);
    const user = userEvent.setup();
    await user.type(await screen.findByLabelText(/Address, @handle/), '#slowwork{Enter}');
    await user.click(await screen.findByText('Name, priority and how often'));
    const name = screen.getByLabelText<HTMLInputElement>('Name');
    expect([name.placeholder, name.value]).toEqual(['mastodon.social', '']);
    await user.type(name, ' Slow work ');
    await user.click(screen.getByRole('button', { name: 'Add it' }));
    await waitFor(() => expect(sent('POST', '/sources')[0]?.body).toMatchObject({ name: 'Slow work' }));
    expect(toasts.get().at(-1)?.message).toBe('Slow work is added');
  });

  it('say through which account they are read, or where to connect one', async () => {
    serve({ 'GET /sources': () => ({ items: [
      source({ id: 'source_5', name: '@oak', kind: 'x', url: 'https://x.com/oak', read_through: 'ada' }),
      source({ id: 'source_6', name: '#slowwork', kind: 'instagram', state: 'unconnected', items: 0, health: { ...blog.health, words: 'Connect an Instagram account under Connections.' } }),
    ] }) });
    open('sources', pages);
    const list = await screen.findByRole('list', { name: 'Sources' });
    expect(within(list).getByText('Read through @ada')).toBeTruthy();
    expect(within(list).getByText('Connect an Instagram account under Connections.')).toBeTruthy();
    expect(within(list).getAllByText('Needs an account')).toHaveLength(2);
    expect(within(list).getByRole('link', { name: 'Open Connections' }).getAttribute('href')).toBe('/harbour/light/brand/connections');
  });

  it('tell before they are added through which account they would be read', async () => {
    const candidate = (kind: string, name: string, more: object) => ({ kind, name, url: `https://${kind}.example/${name}`, feed_url: null, note: null, read_through: null, known: null, recent: [], ...more });
    serve({
      'POST /sources/detect': () => ({ candidates: [
        candidate('youtube', 'the channel', { read_through: 'ada-films' }),
        candidate('x', 'the handle', { read_through: 'ada' }),
        candidate('instagram', 'the account', { note: 'Connect an Instagram account under Connections.' }),
      ] }),
      'POST /sources': () => Response.json(source({ id: 'source_7', name: 'the account', kind: 'instagram', state: 'new' }), { status: 201 }),
    });
    open('sources?open=add', pages);
    const user = userEvent.setup();
    await user.type(await screen.findByLabelText(/Address, @handle/), '@oak{Enter}');
    expect(await screen.findByText('Read through @ada-films, with views, likes and comments.')).toBeTruthy();
    expect(screen.getByText('Read through @ada.')).toBeTruthy();
    expect(screen.getAllByRole('link', { name: 'Open Connections' })).toHaveLength(1);
    await user.click(screen.getByText('the account'));
    await user.click(screen.getByRole('button', { name: 'Keep it' }));
    await waitFor(() => expect(sent('POST', '/sources')).toHaveLength(1));
    expect(toasts.get().at(-1)?.detail).toBe('It is read as soon as an account is connected.');
  });

  it('tell what an OPML file brought, and what it did not', async () => {
    serve({ 'POST /sources/import': () => ({ added: 2, known: 1, untold: 1_199, refused: [{ title: 'Old blog', url: 'ftp://example.org', why: 'Only http and https can be read.' }] }) });
    open('sources?open=import', pages);
    await userEvent.upload(await screen.findByLabelText('OPML file'), new File(['<opml version="2.0"/>'], 'feeds.opml', { type: 'text/x-opml' }));
    expect(await screen.findByText('2 sources added')).toBeTruthy();
    expect(screen.getByText('1 was here already.')).toBeTruthy();
    expect(screen.getByText('1,200 could not be taken; the first 1 of them:')).toBeTruthy();
    expect(screen.getByText('Only http and https can be read.')).toBeTruthy();
    expect(sent('POST', '/sources/import')[0]?.body).toEqual({ opml: '<opml version="2.0"/>' });
  });

  it('invite where there are none', async () => {
    serve({ 'GET /sources': () => ({ items: [] }) });
    open('sources', pages);
    expect(await screen.findByRole('button', { name: 'Add the first source' })).toBeTruthy();
    expect(screen.getByRole('list', { name: 'Begin with' })).toBeTruthy();
  });

  it('offer no change to whom they are only shown', async () => {
    open('sources', pages, everything.filter((p) => p !== 'brand.update'));
    await userEvent.click(await screen.findByRole('button', { name: 'More for The Allotment' }));
    expect((await screen.findAllByRole('menuitem')).map((m) => m.textContent)).toEqual(['Open it in a new tab']);
    expect(screen.queryByRole('button', { name: 'Add a source' })).toBeNull();
  });
});
