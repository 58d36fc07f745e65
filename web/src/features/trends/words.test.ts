import { describe, expect, it } from 'vitest';
import type { Health, Source } from './api/types';
import { canCheck, noneOf, pace, numbers, readingTime, rhythm, searchWords, shownUrl, summary, trouble, until, whyWords } from './words';

const now = new Date('2026-05-12T10:00:00Z');
const health = (part: Partial<Health> = {}): Health => ({ words: null, last_success_at: '2026-05-12T09:48:00Z', last_checked_at: '2026-05-12T09:48:00Z', next_check_at: '2026-05-12T10:48:00Z', failures: 0, every_minutes: 60, ...part });
const source = (part: Partial<Source> = {}) => ({ kind: 'feed', state: 'healthy', active: true, per_week: 3, health: health(), ...part }) as Source;

describe('how a source is', () => {
  it('says when it was looked at, and when it will be again', () => {
    expect(rhythm(source(), now)).toBe('Looked at 12 min ago, again in 48 min');
    expect(rhythm(source({ state: 'new', health: health({ last_checked_at: null }) }), now)).toBe('Looked at for the first time in a moment');
    expect(rhythm(source({ state: 'paused', active: false }), now)).toBe('Looked at 12 min ago, not again until it is resumed');
    expect(rhythm(source({ state: 'unsupported' }), now)).toBe('Kept; nothing is read');
    expect(rhythm(source({ state: 'unconnected' }), now)).toBe('Read as soon as an account is connected');
    expect([until('2026-05-12T09:00:00Z', now), until('2026-05-12T13:10:00Z', now), until('2026-05-13T15:00:00Z', now)]).toEqual(['at once', 'in 3 h', 'tomorrow']);
  });
  it('tells its trouble in the server’s words, and what comes of it', () => {
    expect(trouble(source(), now)).toBeNull();
    expect(trouble(source({ state: 'troubled', health: health({ words: 'The server answered 503.', last_success_at: '2026-05-11T06:00:00Z', next_check_at: '2026-05-12T14:00:00Z' }) }), now))
      .toEqual({ words: 'The server answered 503.', then: 'It last answered well yesterday. The next try is in 4 h.' });
    expect(trouble(source({ state: 'resting', health: health({ last_success_at: null, next_check_at: null }) }), now)?.then).toBe('It has never answered well.');
    expect(trouble(source({ state: 'unsupported', kind: 'x' }), now)?.words).toContain('X shows this to no program');
    expect(trouble(source({ state: 'unconnected', kind: 'x', health: health({ words: 'Connect @ada again under Connections.' }) }), now)).toEqual({ words: 'Connect @ada again under Connections.', then: null });
  });
  it('says how often something comes of it', () => {
    expect([null, 0, 0.5, 1, 6.2, 70].map((per_week) => pace({ items: 12, per_week }))).toEqual([null, 'seldom anything new', 'about 2 a month', 'about one a week', 'about 6 a week', 'about 10 a day']);
    expect([1, 3, 4].map((items) => pace({ items, per_week: 1 })), 'a few are no rhythm').toEqual([null, null, 'about one a week']);
  });
  it('sums up', () => {
    const unconnected = source({ state: 'unconnected', per_week: null });
    expect(summary([unconnected])).toEqual([{ text: '1 source' }, { text: '1 needs an account', state: 'unconnected' }]);
    expect(summary([source()])).toEqual([{ text: '1 source' }, { text: 'about 3 items a week' }]);
    expect(summary([source({ per_week: 20.4 }), source({ state: 'resting', per_week: null }), unconnected, unconnected, source({ state: 'troubled', per_week: null }), source({ state: 'paused', per_week: 90 })]).map((s) => s.text))
      .toEqual(['6 sources', '1 in trouble', '1 resting', '2 need an account', 'about 20 items a week']);
  });
  it('is looked at now only where that can be', () => {
    expect([source(), source({ active: false, state: 'paused' }), source({ state: 'unsupported' }), source({ demo: true })].map(canCheck)).toEqual([true, false, false, false]);
  });
  it('says what there is none of, by what was chosen', () => {
    expect(noneOf({ state: 'paused' })).toBe('No source is paused.');
    expect(noneOf({ state: 'new', kind: 'feed' })).toBe('No feed is new.');
    expect(noneOf({ state: 'unconnected', kind: 'x' })).toBe('No X source needs an account.');
    expect(noneOf({ state: 'unsupported' })).toBe('No source is unreadable.');
    expect(noneOf({ kind: 'youtube' })).toBe('There is no YouTube source.');
    expect(noneOf({ q: 'soil' })).toBe('No source has “soil” in its name or address.');
    expect(noneOf({ q: 'soil', kind: 'page', state: 'resting' })).toBe('No page with “soil” in its name or address is resting.');
  });
});

describe('an item', () => {
  it('says why it stands where it does', () => {
    expect(whyWords({ relevance: 0.82, freshness: 0.9, authority: 0.8, words: ['cold frame', 'frost', 'seedlings', 'glass'], sentences: [] }))
      .toBe('Very close to your topics: “cold frame”, “frost”, and “seedlings” · fresh · from a source that weighs much');
    expect(whyWords({ relevance: 0.2, freshness: 0.1, authority: 0.5, words: [], sentences: [] })).toBe('Touches your topics · older');
  });
  it('says how long it takes, unless it is a glance', () => {
    expect([12, 230, 1150].map(readingTime)).toEqual([null, '1 min to read', '5 min to read']);
    expect([numbers({ comments: 3, score: 'high' }), numbers(null), numbers('7')]).toEqual([[['comments', 3]], [], []]);
    expect(shownUrl('https://www.example.org/blog/')).toBe('example.org/blog');
  });
});

describe('the search', () => {
  const known = (part: object) => searchWords({ model: 'small', dimensions: 384, items: 200, embedded: 200, pending: 0, state: 'ready', reason: null, ...part });
  it('says that it knows what is meant', () => expect(known({})).toEqual({ by: 'Found by words and by meaning', why: null }));
  it('says how far it has come', () => expect(known({ state: 'working', embedded: 90, pending: 110 }).why).toBe('45 % of the items are known by their meaning; the others are still being read.'));
  it('says why by words only', () => {
    expect(known({ state: 'off', model: null, reason: 'No model is set up.' })).toEqual({ by: 'Found by words only', why: 'No model is set up.' });
    expect(known({ state: 'off', model: null }).why).toContain('no model');
  });
});
