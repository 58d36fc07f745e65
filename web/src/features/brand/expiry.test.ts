import { describe, expect, it } from 'vitest';
import { expiry } from './expiry';

describe('the last day of a snippet', () => {
  const now = new Date('2026-03-28T23:30:00Z');
  it('is over the day after, in the brand’s zone', () => {
    expect(expiry('2026-03-28', now, 'UTC')).toEqual({ state: 'soon', days: 0 });
    expect(expiry('2026-03-28', now, 'Europe/Berlin')).toEqual({ state: 'over', days: -1 });
  });
  it('is soon within two weeks, also over a change of the clocks', () => {
    expect(expiry('2026-04-11', now, 'UTC')).toEqual({ state: 'soon', days: 14 });
    expect(expiry('2026-04-12', now, 'UTC')).toEqual({ state: 'later', days: 15 });
  });
  it('is none without a date, and an unknown zone is the browser’s', () => {
    expect(expiry(null, now, 'UTC')).toBeNull();
    expect(expiry('2030-01-01', now, 'Moon/Sea')?.state).toBe('later');
  });
});
