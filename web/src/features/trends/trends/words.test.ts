import { describe, expect, it } from 'vitest';
import type { TrendEvaluation } from '../api/contract';
import { busiestWords, countdown, countdownWords, hits, momentumWord, noneOf, outcome, peakingSoon, percent, signed, volume } from './words';

const now = new Date('2026-11-22T09:00:00Z');
const hour = 3_600_000;
const peak = (low: number, likely: number, high: number) => {
  const at = (hours: number) => new Date(now.getTime() + hours * hour).toISOString();
  return countdown({ low: at(low), likely: at(likely), high: at(high) }, now);
};
const said = (low: number, likely: number, high: number) => countdownWords(peak(low, likely, high));

describe('the countdown to a peak', () => {
  it('says about when, and between what', () => expect(said(2, 5, 9)).toBe('Peaks in about 5 h, between 2 and 9 h'));
  it('names both units where they differ', () => {
    expect(said(0.75, 5, 9)).toBe('Peaks in about 5 h, between 45 min and 9 h');
    expect(said(30, 60, 96)).toBe('Peaks in about 3 days, between 30 h and 4 days');
  });
  it('says at the latest when, once it may have begun', () => {
    expect(said(-1, 3, 9)).toBe('Peaks in about 3 h, at the latest in 9 h');
    expect(said(-3, -1, 4)).toBe('At its peak about now, or within 4 h');
  });
  it('names no minutes where it may come at any time', () => {
    expect(said(-0.5, 8 / 60, 14)).toBe('Peaks any time now, at the latest in 14 h');
    expect(peak(-0.5, 8 / 60, 14)).toMatchObject({ soon: true, past: false });
    expect(said(0.05, 8 / 60, 14), 'it has not begun').toBe('Peaks in about 8 min, between 3 min and 14 h');
  });
  it('tells of a peak that is past', () => {
    expect(said(-20, -6, -1)).toBe('Peaked about 6 h ago');
    expect(peak(-20, -6, -1)).toMatchObject({ past: true, soon: false, range: null });
  });
  it('does not say the same twice', () => expect(said(4.9, 5, 5.1)).toBe('Peaks in about 5 h'));
  it('calls soon what leaves half a day to write', () => expect([peak(2, 5, 9), peak(10, 12, 20), peak(10, 13, 20), peak(-2, -1, 1)].map((c) => c.soon)).toEqual([true, true, false, true]));
});

describe('what Today tells of trends', () => {
  const trend = (name: string, likely: number, more: object = {}) => {
    const at = (hours: number) => new Date(now.getTime() + hours * hour).toISOString();
    return { name, state: 'active' as const, relevance: 0.6, peak: { low: at(likely - 2), likely: at(likely), high: at(likely + 4) }, ...more };
  };
  const told = (...trends: ReturnType<typeof trend>[]) => peakingSoon(trends, now).map((t) => t.name);
  it('is the three best, the next peak first', () => expect(told(trend('a', 30), trend('b', 5), trend('c', 12), trend('d', 1))).toEqual(['b', 'c', 'a']));
  it('is nothing that is past, far away or foreign', () => {
    expect(told(trend('past', -6), trend('far', 80), trend('foreign', 5, { relevance: 0.1 }), trend('slow', 5, { state: 'declining' }))).toEqual([]);
    expect(told(trend('now', -1), trend('unknown', 5, { relevance: null }))).toEqual(['now', 'unknown']);
  });
});

describe('the numbers of a trend', () => {
  it('have a word for the pace', () => expect([1, 0.6, 0.3, 0, -0.14, -0.4, -1].map((m) => momentumWord(m).word)).toEqual(['Rising fast', 'Rising fast', 'Rising', 'Steady', 'Steady', 'Slowing', 'Fading']));
  it('have their sign', () => expect([0.724, -0.5, 0.001, 1].map(signed)).toEqual(['+0.72', '−0.50', '0', '+1.00']));
  it('are counted', () => {
    expect(volume({ item_count: 14, source_count: 6 })).toBe('14 items from 6 sources');
    expect(volume({ item_count: 1, source_count: 1 })).toBe('1 item from 1 source');
    expect([percent(0.825), hits(8, 10)]).toEqual(['83 %', '8 of 10']);
  });
});

describe('an empty list', () => {
  it('says what there is none of, by what was chosen', () => {
    expect(noneOf({ category: 'business' })).toBe('No trend in “Business” rises right now.');
    expect(noneOf({ category: 'business', state: 'active' })).toBe('No trend in “Business” is going on.');
    expect(noneOf({ state: 'expired' })).toBe('No trend is over.');
    expect(noneOf({ sure: '0.75' })).toBe('No trend is at least 75 % sure.');
    expect(noneOf({ q: 'frost', sure: '0.9', state: 'declining' })).toBe('No trend with “frost” in it is at least 90 % sure and losing pace.');
    expect(noneOf({ q: 'frost', state: 'dismissed' })).toBe('No trend with “frost” in it is dismissed.');
    expect(noneOf({ sure: 'very', category: 'food' }), 'what is no filter is not named').toBe('No trend in “Food” rises right now.');
  });
});

describe('the caption of the chart', () => {
  const when = 'Sun 22 Nov, 09:00 to 10:00';
  it('names the busiest time, and claims no majority for it', () => expect(busiestWords(1_041, 12, when)).toBe(`1,041 items, busiest ${when} with 12`));
  it('names none where none came with another', () => expect(busiestWords(9, 1, when)).toBe('9 items'));
  it('says so where all of it came at once', () => expect([busiestWords(3, 3, when), busiestWords(1, 1, when)]).toEqual([`3 items, all ${when}`, `1 item, ${when}`]));
});

describe('what came, against what was said', () => {
  const came = (part: Partial<TrendEvaluation>) => outcome({ peak_at: now.toISOString(), peak_hit: true, peak_late_hours: 0.2, items: 40, size_hit: true, size_ratio: 1.02, held: true, ...part });
  it('agrees', () => expect(came({})).toEqual({ peak: 'The peak came when it was predicted.', size: '40 items in the end, about as many as predicted.' }));
  it('or is off', () => {
    expect(came({ peak_late_hours: 6, size_ratio: 2.4 })).toEqual({ peak: 'The peak came 6 h later than predicted.', size: '40 items in the end, 2.4 times as many as predicted.' });
    expect(came({ peak_late_hours: -72, size_ratio: 0.4 })).toEqual({ peak: 'The peak came 3 days earlier than predicted.', size: '40 items in the end, 40 % of what was predicted.' });
  });
});
