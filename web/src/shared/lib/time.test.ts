import { describe, expect, it } from 'vitest';
import { ago, partOfDay } from './time';

describe('times', () => {
  it('tells how long ago in few words', () => {
    const now = new Date('2026-11-21T12:00:00Z');
    expect(ago('2026-11-21T11:59:40Z', now)).toBe('just now');
    expect(ago('2026-11-21T11:20:00Z', now)).toBe('40 min ago');
    expect(ago('2026-11-21T07:00:00Z', now)).toBe('5 h ago');
    expect(ago('2026-11-20T07:00:00Z', now)).toBe('yesterday');
  });

  it('greets by the clock of the brand, not of the machine', () => {
    const at = new Date('2026-11-21T06:30:00Z');
    expect(partOfDay(at, 'Europe/Zurich')).toBe('morning');
    expect(partOfDay(at, 'Asia/Tokyo')).toBe('afternoon');
    expect(partOfDay(at, 'America/Los_Angeles')).toBe('evening');
    expect(() => partOfDay(at, 'Nowhere/Land')).not.toThrow();
  });
});
