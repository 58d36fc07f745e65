// First: the client keeps `fetch` as it is when it is loaded.
import { open, quiet, sent, serve, source } from '../test-desk';
import { act, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { toasts, undoLast } from '@/shared/lib/toast';
import type { Trend, TrendDetail } from '../api/contract';
import { Trends } from './trends';

const pages = { trends: (view: never, onView: (view: never) => void) => <Trends view={view} onView={onView as never} /> };
const from = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString();
const trend = (id: string, name: string, part: Partial<Trend> = {}): Trend => ({
  id, name, keywords: ['cold frame'], category: 'food', geography: [], language: 'en', state: 'active', confidence: 0.83, momentum: 0.64, relevance: 0.7, rank: 0.5, item_count: 14, source_count: 6,
  onset_at: from(-20), found_at: from(-6), last_item_at: from(-1), expires_at: from(40), peak: { low: from(2), likely: from(5), high: from(9) }, size: { low: 16, likely: 30, high: 60 },
  course: [{ at: from(-20), items: 3 }, { at: from(-2), items: 11 }], summary: 'Six sources speak of it.', pillar: 'Growing under glass', drafts: 0, dismissed_at: null, alerted_at: null, version: 2, ...part,
});
const frost = trend('trend_1', 'Frost on the glass');
const soil = trend('trend_2', 'Living soil', { momentum: -0.3, state: 'declining', version: 7 });
const whole = (t: Trend): TrendDetail => ({
  ...t,
  why: { sentences: ['It was said 14 times in 24 hours, usually twice.'], window_hours: 24, seen: 14, usual: 2, surprise: 6, wordings: 11, top_source: 0.3, phrases: [{ text: 'cold frame', share: 0.8 }], contributions: [{ what: 'surprise', value: 6, effect: 1.2, words: 'Far more than usual' }] },
  why_you: { sentences: ['It is near to “Growing under glass”.'], pillars: [{ id: 'pillar_1', name: 'Growing under glass', share: 0.7 }], matched: ['glass'] },
  ends: { sentences: ['Two quiet days would end it.'], declines_after_hours: 12, over_after_hours: 48, over_at: from(40), gap_hours: 2 },
  angles: [{ id: 'explain', title: 'What it is', angle: 'Explain it.', format: 'thread', evidence: ['item_1'] }, { id: 'number', title: 'The number', angle: 'Begin with it.', format: 'post', evidence: [] }, { id: 'steps', title: 'In steps', angle: 'One by one.', format: 'carousel', evidence: [] }],
  evidence: [{ item_id: 'item_1', title: 'A cold spring', url: 'https://example.org/cold', source: { id: 'source_1', name: 'The Allotment', kind: 'feed' }, at: from(-1), likeness: 0.9 }],
  posts: [{ post_id: 'post_1', network: 'linkedin', content_type: 'carousel', status: 'pending', relevance: 0.6 }],
  predicted: { made_at: from(-6), onset_at: from(-20), items: 5, peak: t.peak, size: t.size }, evaluation: null,
});
const focused = () => document.activeElement?.closest('li')?.dataset['trend'];

describe('trends', () => {
  beforeEach(() => {
    quiet();
    act(() => toasts.set([]));
    localStorage.clear();
    serve({
      'GET /trends': () => ({ items: [frost, soil] }),
      'GET /trends/trend_1': () => whole(frost),
      'GET /trends/trend_2': () => whole(soil),
      'GET /trends/accuracy': () => ({ trends: 10, peaks: 8, sizes: 7, held: 9, peak_rate: 0.8, size_rate: 0.7, held_rate: 0.9, from: from(-900), to: from(-10), sentences: [] }),
      'GET /sources': () => ({ items: [source({ id: 'source_1', name: 'The Allotment' })] }),
      'GET /api/v1/networks': () => ({ networks: [{ id: 'x', name: 'X', content_types: [{ id: 'post', target: 'x.post', is_default: true }] }, { id: 'linkedin', name: 'LinkedIn', content_types: [] }] }),
    });
  });

  it('stand in their order, each with what it is and when it peaks', async () => {
    open('trends', pages);
    const list = await screen.findByRole('list', { name: 'Trends' });
    expect(within(list).getAllByRole('heading').map((h) => h.textContent)).toEqual(['Frost on the glass', 'Living soil']);
    expect(within(list).getAllByText('Peaks in about 5 h')[0]?.textContent).toContain('between 2 and 9 h');
    expect(within(list).getAllByText('Rising fast').length).toBeGreaterThan(0);
    expect((await screen.findByText('8 of 10')).textContent).toBe('8 of 10');
    expect(sent('GET', '/trends')[0]?.query).toMatchObject({ limit: '30' });
  });

  it('are gone through by j and k, opened with Enter, and told of', async () => {
    const { at } = open('trends', pages);
    const user = userEvent.setup();
    await screen.findByText('Living soil');
    await user.keyboard('jj');
    expect(focused()).toBe('trend_2');
    await user.keyboard('k{Enter}');
    await waitFor(() => expect(at()).toContain('trend=trend_1'));
    for (const title of ['Why it is a trend', 'Why for you', 'What would end it', 'Who says so', 'Made from it', 'What we predicted']) expect(await screen.findByRole('heading', { name: title })).toBeTruthy();
    expect(screen.getByRole('link', { name: /^A cold spring/ })).toBeTruthy();
    // networks go by their own names, and what would end it is said once
    expect(await screen.findByText('LinkedIn, carousel')).toBeTruthy();
    expect(screen.getByText(/^The last came/).textContent).toMatch(/^The last came .+ ago; without another it is over in 40 h\.$/);
    expect(screen.getByRole('link', { name: 'Read “A cold spring” in the Reader' }).getAttribute('href')).toContain('item=item_1');
  });

  it('expect no peak and no more items where they lose pace', async () => {
    open('trends?trend=trend_2', pages);
    expect((await screen.findAllByText('Probably past its peak')).length).toBeGreaterThan(0);
    expect(await screen.findByRole('slider', { name: 'Items over time' })).toBeTruthy();
    expect(screen.queryByText('when its peak is expected')).toBeNull();
    expect(screen.queryByText(/of about/)).toBeNull();
  });

  it('are dismissed with x, at once, and come back with undo', async () => {
    const versions: string[] = [];
    serve({
      'PATCH /trends/trend_1': ({ body, headers }) => {
        versions.push(headers.get('if-match') ?? '');
        return { ...whole(frost), version: versions.length + 2, dismissed_at: (body as { dismissed: boolean }).dismissed ? from(0) : null };
      },
    });
    open('trends', pages);
    const user = userEvent.setup();
    await screen.findByText('Frost on the glass');
    await user.keyboard('jx');
    await waitFor(() => expect(sent('PATCH', '/trends/trend_1').map((c) => c.body)).toEqual([{ dismissed: true }]));
    await waitFor(() => expect(toasts.get().at(-1)?.message).toContain('dismissed'));
    act(() => void undoLast());
    await waitFor(() => expect(sent('PATCH', '/trends/trend_1').map((c) => c.body)).toEqual([{ dismissed: true }, { dismissed: false }]));
    expect(versions).toEqual(['"2"', '"3"']);
  });

  it('become drafts: by the dialog of d, or of an angle by its number', async () => {
    serve({ 'POST /trends/trend_1/drafts': () => Response.json({ id: 'gen_1', targets: ['x.post'] }, { status: 202 }) });
    const { at } = open('trends?trend=trend_1', pages);
    const user = userEvent.setup();
    await screen.findByRole('heading', { name: 'Why for you' });
    await user.keyboard('d');
    const dialog = await screen.findByRole('dialog', { name: /^Drafts on/ });
    await user.click(within(dialog).getByRole('button', { name: 'Carousel' }));
    await user.click(within(dialog).getByRole('button', { name: 'Write drafts' }));
    await waitFor(() => expect(sent('POST', '/trends/trend_1/drafts').map((c) => c.body)).toEqual([{ formats: ['thread', 'post', 'carousel'], networks: ['x'] }]));
    await waitFor(() => expect(at()).toContain('/studio/gen_1'));
  });

  it('take one key for an angle', async () => {
    serve({ 'POST /trends/trend_1/drafts': () => Response.json({ id: 'gen_2', targets: ['x.post'] }, { status: 202 }) });
    const { at } = open('trends?trend=trend_1', pages);
    await screen.findByRole('heading', { name: 'Why for you' });
    await userEvent.keyboard('2');
    await waitFor(() => expect(sent('POST', '/trends/trend_1/drafts').map((c) => c.body)).toEqual([{ angle: 'number' }]));
    await waitFor(() => expect(at()).toContain('/studio/gen_2'));
  });

  it('show the newest item with o, and search what is typed', async () => {
    const opened = vi.spyOn(window, 'open').mockReturnValue(null);
    const { at } = open('trends', pages);
    const user = userEvent.setup();
    await screen.findByText('Frost on the glass');
    await user.keyboard('jo');
    await waitFor(() => expect(opened).toHaveBeenCalledWith('https://example.org/cold', '_blank', 'noopener,noreferrer'));
    await user.keyboard('/');
    await user.keyboard('frost');
    await waitFor(() => expect(at()).toContain('q=frost'));
    await waitFor(() => expect(sent('GET', '/trends').at(-1)?.query).toMatchObject({ q: 'frost' }));
  });

  it('teach where there are none', async () => {
    serve({ 'GET /trends': () => ({ items: [] }), 'GET /sources': () => ({ items: [] }) });
    open('trends', pages);
    expect(await screen.findByRole('heading', { name: 'Be early, for once' })).toBeTruthy();
    expect(screen.getByRole('link', { name: 'Add a source' })).toBeTruthy();
  });

  it('name what was chosen where none fits, and what is gone', async () => {
    serve({ 'GET /trends': ({ query }) => ({ items: query['category'] ? [] : [frost] }) });
    const { at } = open('trends?category=business&trend=trend_gone', pages);
    const user = userEvent.setup();
    expect(await screen.findByRole('heading', { name: 'This trend is not here' })).toBeTruthy();
    expect(screen.queryByRole('button', { name: 'Try again' })).toBeNull();
    await user.click(screen.getByRole('button', { name: 'Show the trends' }));
    expect(await screen.findByText('No trend in “Business” rises right now.')).toBeTruthy();
    await user.click(screen.getByRole('button', { name: 'Show all that rises now' }));
    expect(await screen.findByText('Frost on the glass')).toBeTruthy();
    expect(at()).not.toContain('category');
  });

  it('can be looked at, and no more, by whom they are only shown', async () => {
    open('trends?trend=trend_1', pages, ['brand.read']);
    await screen.findByRole('heading', { name: 'Why for you' });
    expect(screen.queryByRole('button', { name: /Make drafts|Draft it|Dismiss/ })).toBeNull();
    await userEvent.keyboard('xd1');
    expect([...sent('PATCH', '/trends/trend_1'), ...sent('POST', '/trends/trend_1/drafts')]).toEqual([]);
    expect(screen.queryByRole('dialog')).toBeNull();
  });
});
