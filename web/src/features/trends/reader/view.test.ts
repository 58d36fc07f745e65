import { describe, expect, it } from 'vitest';
import type { Item } from '../api/types';
import { filterOf, listedItems, markOf, paragraphs, readAllOf, someKeywords, step } from './view';

const seen = (id: string, read: boolean, at: string) => ({ id, read, seen_at: at }) as Item;

describe('the reader', () => {
  it('goes from one item to the next, and stays at the ends', () => {
    const ids = ['a', 'b', 'c'];
    expect([step(ids, undefined, 1), step(ids, 'a', 1), step(ids, 'c', 1), step(ids, 'a', -1), step(ids, 'gone', -1), step([], 'a', 1)]).toEqual(['a', 'b', 'c', 'a', 'a', undefined]);
  });
  it('asks the same all day, however often', () => {
    const morning = filterOf({ since: 'week', q: 'frost' }, new Date(2026, 4, 12, 8, 3, 4));
    expect(morning).toEqual(filterOf({ since: 'week', q: 'frost' }, new Date(2026, 4, 12, 23, 59)));
    expect(morning.since).toBe(new Date(2026, 4, 5).toISOString());
    expect(filterOf({ since: 'ever', source: 'source_1' }, new Date())).toEqual({ source: 'source_1', q: undefined, mark: undefined });
    expect(filterOf({ show: 'saved' }, new Date()).mark).toBe('saved');
    expect(markOf('everything')).toBeUndefined();
  });
  it('reads a text by its empty lines, or else by its lines', () => {
    expect(paragraphs('One\nstill one.\n\nTwo. \n\n\n')).toEqual(['One\nstill one.', 'Two.']);
    expect(paragraphs('So:\n\nif (a) {\n  b();\n\n  c();\n}')).toEqual(['So:', 'if (a) {\n  b();', '  c();\n}']);
    expect(paragraphs('One.\nTwo.\n')).toEqual(['One.', 'Two.']);
    expect(paragraphs('  ')).toEqual([]);
  });
  it('shows some words of each topic, in their order', () => {
    const topics = ['Slow work', 'Prices', 'Wood'].map((topic) => ({ topic }));
    const keywords = ['slow work', 'slow', 'work', 'hours', 'rest', 'weeks', 'days', 'pace', 'prices', 'hourly rate', 'wood', 'oak', 'ash', 'elm'];
    expect(someKeywords({ topics, keywords })).toEqual(['slow work', 'slow', 'work', 'hours', 'prices', 'hourly rate', 'wood', 'oak', 'ash']);
    expect(someKeywords({ topics: topics.slice(0, 1), keywords: keywords.slice(0, 3) })).toEqual(['slow work', 'slow', 'work']);
    // the second topic is told by a word of the first
    expect(someKeywords({ topics: [{ topic: 'Slow work' }, { topic: 'Gone' }], keywords }, 2)).toEqual(['slow work', 'slow']);
    expect(someKeywords({ topics, keywords: [] })).toEqual([]);
  });
  it('marks as read what is looked at, and not what came since', () => {
    const listed = listedItems([seen('a', false, '2026-05-12T08:00:00Z'), seen('b', true, '2026-05-12T09:30:00.5Z'), seen('c', false, '2026-05-11T08:00:00Z')]);
    expect(readAllOf({}, listed)).toEqual({ until: '2026-05-12T09:30:00.5Z' });
    expect(readAllOf({ source: 'source_1', show: 'unread' }, listed)).toEqual({ source: 'source_1', until: '2026-05-12T09:30:00.5Z' });
    expect(readAllOf({ feed: 'feed_1' }, listed)).toEqual({ items: ['a', 'c'] });
    expect(readAllOf({ q: 'frost', source: 'source_1' }, listed)).toEqual({ items: ['a', 'c'] });
    // more than is looked at would be read; nothing is left to read; what is saved stays as it is
    expect([readAllOf({ since: 'week' }, listed), readAllOf({}, listed.slice(1, 2)), readAllOf({ show: 'saved' }, listed)]).toEqual([undefined, undefined, undefined]);
  });
});
