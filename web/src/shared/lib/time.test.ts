import { describe, expect, it } from 'vitest';
import { ago, ahead, fullTime, partOfDay, shortDate, span } from './time';

describe('times', () => {
  it('tells how long ago in few words', () => {
    const now = new Date('2026-11-21T12:00:00Z');
    expect(ago('2026-11-21T11:59:40Z', now)).toBe('just now');
    expect(ago('2026-11-21T11:20:00Z', now)).toBe('40 min ago');
    expect(ago('2026-11-21T07:00:00Z', now)).toBe('5 h ago');
    expect(ago('2026-11-20T07:00:00Z', now)).toBe('yesterday');
    expect(ago('2026-11-19T12:00:00Z', now), 'not every other day is yesterday').toBe(shortDate('2026-11-19T12:00:00Z', undefined, now));
  });

  it('tells what is to come as that, but for clocks that go a little wrong', () => {
    const now = new Date('2026-11-21T12:00:00Z');
    const from = (seconds: number) => new Date(now.getTime() + seconds * 1000).toISOString();
    expect([from(5), from(60)].map((at) => ago(at, now))).toEqual(['just now', 'just now']);
    expect([from(90), from(40 * 60), from(59.8 * 60), from(20 * 3600 - 1), from(23.4 * 3600)].map((at) => ago(at, now))).toEqual(['in 2 min', 'in 40 min', 'in 1 h', 'in 20 h', 'in 23 h']);
    expect(ago(from(25 * 3600), now)).toBe('tomorrow');
    expect(ago(from(47 * 3600), now), 'the day after').toBe(shortDate(from(47 * 3600), undefined, now));
    expect(ago('2099-01-05T12:00:00Z', now)).toContain('2099');
    expect(ahead(from(3 * 3600), now)).toBe('in 3 h');
  });

  it('goes over from minutes to hours at one hour, wherever it is said', () => {
    const now = new Date('2026-11-21T12:00:00Z');
    expect([30_000, 44 * 60_000, 59.6 * 60_000, 73 * 60_000, 47 * 3_600_000, 48 * 3_600_000, 30 * 24 * 3_600_000].map(span)).toEqual(['1 min', '44 min', '1 h', '1 h', '47 h', '2 days', '30 days']);
    expect([ago('2026-11-21T10:47:00Z', now), ahead('2026-11-21T13:13:00Z', now)]).toEqual(['1 h ago', 'in 1 h']);
  });

  it('names the year of another year only', () => {
    const now = new Date('2026-11-21T12:00:00Z');
    expect(shortDate('2026-08-31T12:00:00Z', 'UTC', now)).not.toContain('2026');
    expect(shortDate('2025-08-31T12:00:00Z', 'UTC', now)).toContain('2025');
    expect(shortDate('2026-12-31T23:30:00Z', 'Europe/Berlin', now), 'a year begins where one lives').toContain('2027');
  });

  it('tells the time by 24 hours, as the calendar does', () => {
    expect(fullTime('2026-11-21T22:05:00Z', 'UTC')).toMatch(/22:05/);
    expect(fullTime('2026-11-21T00:05:00Z', 'UTC')).toMatch(/00:05/);
  });

  it('greets by the clock of the brand, not of the machine', () => {
    const at = new Date('2026-11-21T06:30:00Z');
    expect(partOfDay(at, 'Europe/Zurich')).toBe('morning');
    expect(partOfDay(at, 'Asia/Tokyo')).toBe('afternoon');
    expect(partOfDay(at, 'America/Los_Angeles')).toBe('evening');
    expect(() => partOfDay(at, 'Nowhere/Land')).not.toThrow();
  });
});
