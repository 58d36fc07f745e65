import { describe, expect, it } from 'vitest';
import { isFiltered, queryOf } from './view';

describe('what the list is asked for', () => {
  it('is what goes on or loses pace, the best first', () => {
    expect(queryOf({})).toEqual({ state: ['active', 'declining'] });
    expect(isFiltered({ sort: 'peak', trend: 'trend_1' })).toBe(false);
  });
  it('is what the address says', () => {
    expect(queryOf({ state: 'expired', category: 'science', sort: 'peak', q: 'frost', sure: '0.75' })).toEqual({ state: ['expired'], category: 'science', sort: 'peak', q: 'frost', min_confidence: 0.75 });
    expect(queryOf({ state: 'dismissed' })).toEqual({ state: ['active', 'declining', 'expired'], dismissed: true });
  });
  it('leaves out what nobody knows', () => expect(queryOf({ state: 'odd', sort: 'rank', sure: 'very' })).toEqual({ state: ['active', 'declining'] }));
});
