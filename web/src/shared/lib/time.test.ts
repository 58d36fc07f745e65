import { describe, expect, it } from 'vitest';
import { ago, fullTime, partOfDay, shortDate } from './time';

describe('times', () => {
  it('tells how long ago in few words', () => {
    const now = new Date('2026-11-21T12:00:00Z');
    expect(ago('2026-11-21T11:59:40Z', now)).toBe('just now');
    expect(ago('2026-11-21T11:20:00Z', now)).toBe('40 min ago');
    expect(ago('2026-11-21T07:00:00Z', now)).toBe('5 h ago');
    expect(ago('2026-11-20T07:00:00Z', now)).toBe('yesterday');
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
