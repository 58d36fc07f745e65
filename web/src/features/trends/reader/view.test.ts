import { describe, expect, it } from 'vitest';
import { filterOf, paragraphs, step } from './view';

describe('the reader', () => {
  it('goes from one item to the next, and stays at the ends', () => {
    const ids = ['a', 'b', 'c'];
    expect([step(ids, undefined, 1), step(ids, 'a', 1), step(ids, 'c', 1), step(ids, 'a', -1), step(ids, 'gone', -1), step([], 'a', 1)]).toEqual(['a', 'b', 'c', 'a', 'a', undefined]);
  });
  it('asks the same all day, however often', () => {
    const morning = filterOf({ since: 'week', q: 'frost' }, new Date(2026, 4, 12, 8, 3, 4));
    expect(morning).toEqual(filterOf({ since: 'week', q: 'frost' }, new Date(2026, 4, 12, 23, 59)));
    expect(morning.since).toBe(new Date(2026, 4, 5).toISOString());
    expect(filterOf({ since: 'ever', source: 'source_1' }, new Date())).toEqual({ source: 'source_1', q: undefined });
  });
  it('reads a text by its empty lines, or else by its lines', () => {
    expect(paragraphs('One\nstill one.\n\n Two. \n\n\n')).toEqual(['One\nstill one.', 'Two.']);
    expect(paragraphs('One.\nTwo.\n')).toEqual(['One.', 'Two.']);
    expect(paragraphs('  ')).toEqual([]);
  });
});
