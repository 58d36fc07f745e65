import { describe, expect, it } from 'vitest';
import { authorOf, byDay, isUndecided, progress, type ReviewItem } from './model';

const item = (part: Partial<ReviewItem> = {}): ReviewItem => ({
  post_id: 'post_1', publication_id: 'pub_1', target: 'x.post', network: 'x', state: 'in_review', local_time: '2026-11-24T09:00', seal: 'a', media: [], comments: [],
  content: { shape: 'post', post: 'Hello', opening_hook: 'Hello', cta: null, hashtags: [], mentions: [], media_prompt: null }, ...part,
});

describe('a page that a client reviews', () => {
  it('goes by days, and what has no time comes last', () => {
    const days = byDay([item({ local_time: null }), item({ local_time: '2026-11-25T08:00' }), item(), item({ local_time: '2026-11-24T18:00' })]);
    expect(days.map((d) => [d.day, d.items.length])).toEqual([['2026-11-24', 2], ['2026-11-25', 1], [null, 1]]);
  });

  it('asks for no decision on what is out', () => {
    expect([item(), item({ state: null }), item({ state: 'held' })].every(isUndecided)).toBe(true);
    expect([item({ state: 'published' }), item({ state: 'sending' }), item({ decision: 'approved' })].some(isUndecided)).toBe(false);
  });

  it('says where the reader stands', () => {
    expect(progress([], true)).toBe('');
    expect(progress([item(), item()], true)).toBe('2 posts to read and decide on.');
    expect(progress([item(), item({ decision: 'approved' })], true)).toBe('1 of 2 posts waits for your word.');
    expect(progress([item({ decision: 'approved' })], true)).toBe('1 post, and each has your word. Thank you.');
    expect(progress([item()], false)).toBe('1 post to read. Say what you think of each; somebody else approves.');
  });

  it('names the account as its network does', () => {
    expect(authorOf(item({ account: 'Bell Rock', handle: '@bell@example.social' }), 'Bell')).toEqual({ name: 'Bell Rock', handle: 'bell@example.social', address: '@bell@example.social' });
    expect(authorOf(item({ account: 'Bell Rock', handle: 'bellrock' }), 'Bell').address).toBe('@bellrock');
    expect(authorOf(item(), 'Bell Rock')).toEqual({ name: 'Bell Rock', handle: 'bell_rock' });
  });
});
