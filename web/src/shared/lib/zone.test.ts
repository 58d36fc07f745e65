import { describe, expect, it } from 'vitest';
import { addDays, addMinutes, addMonths, atMinutes, daysBetween, instantOf, isDay, localAt, minutesOf, sayZone, settled, weekOf, weeksOf } from './zone';

const berlin = 'Europe/Berlin';
const at = (local: string, zone: string) => {
  const { at: when, kind } = instantOf(local, zone);
  return [when.toISOString().slice(0, 16), kind];
};

describe('steps on the clock', () => {
  it('go over months, years and leap days', () => {
    expect(addDays('2026-12-31', 1)).toBe('2027-01-01');
    expect(addDays('2028-02-28T09:15', 1)).toBe('2028-02-29T09:15');
    expect(addMinutes('2026-03-01T00:05', -15)).toBe('2026-02-28T23:50');
    expect(addMonths('2026-01-31', 1)).toBe('2026-02-01');
    expect(addMonths('2026-01-01', -1)).toBe('2025-12-01');
    expect(daysBetween('2026-03-28', '2026-04-01T23:00')).toBe(4);
    expect(minutesOf('2026-03-29T14:45')).toBe(885);
    expect(atMinutes('2026-03-29', 885)).toBe('2026-03-29T14:45');
  });

  it('keep the time of day over a night in which the clock changes', () => {
    expect(addDays('2026-03-28T09:00', 1)).toBe('2026-03-29T09:00');
    const [before, after] = [instantOf('2026-03-28T09:00', berlin).at, instantOf('2026-03-29T09:00', berlin).at];
    expect((after.getTime() - before.getTime()) / 3_600_000).toBe(23);
  });

  it('know weeks from Monday and the weeks of a month', () => {
    expect(weekOf('2026-03-29')).toBe('2026-03-23');
    expect(weekOf('2026-03-23')).toBe('2026-03-23');
    expect(weeksOf('2026-03-15').map((w) => [w[0], w[6]])).toEqual([['2026-02-23', '2026-03-01'], ['2026-03-02', '2026-03-08'], ['2026-03-09', '2026-03-15'], ['2026-03-16', '2026-03-22'], ['2026-03-23', '2026-03-29'], ['2026-03-30', '2026-04-05']]);
    // 28 days that begin on a Monday
    expect(weeksOf('2027-02-10')).toHaveLength(4);
  });

  it('take no day that the calendar has not', () => {
    expect(isDay('2026-02-29')).toBe(false);
    expect(isDay('2028-02-29')).toBe(true);
    expect(isDay('tomorrow')).toBe(false);
    expect(isDay(undefined)).toBe(false);
  });
});

describe('a reading of the clock', () => {
  it('is one moment on a usual day', () => {
    expect(at('2026-01-15T09:00', berlin)).toEqual(['2026-01-15T08:00', 'exact']);
    expect(at('2026-07-15T09:00', berlin)).toEqual(['2026-07-15T07:00', 'exact']);
    expect(at('2026-07-15T09:00', 'Asia/Kathmandu')).toEqual(['2026-07-15T03:15', 'exact']);
    expect(at('2026-07-15T00:30', 'Pacific/Kiritimati')).toEqual(['2026-07-14T10:30', 'exact']);
  });

  it('that is skipped means as long after the gap', () => {
    expect(at('2026-03-29T02:30', berlin)).toEqual(['2026-03-29T01:30', 'skipped']);
    expect(settled('2026-03-29T02:30', berlin)).toBe('2026-03-29T03:30');
    expect(settled('2026-03-29T02:30', berlin, true)).toBe('2026-03-29T01:45');
    expect(at('2026-03-29T03:00', berlin)).toEqual(['2026-03-29T01:00', 'exact']);
    // New York's gap, and Lord Howe's of half an hour
    expect(settled('2026-03-08T02:00', 'America/New_York')).toBe('2026-03-08T03:00');
    expect(settled('2026-10-04T02:15', 'Australia/Lord_Howe')).toBe('2026-10-04T02:45');
    // Samoa had no 30 December 2011
    expect(settled('2011-12-30T12:00', 'Pacific/Apia')).toBe('2011-12-31T12:00');
  });

  it('that comes twice means the first', () => {
    expect(at('2026-10-25T02:30', berlin)).toEqual(['2026-10-25T00:30', 'twice']);
    expect(at('2026-10-25T03:00', berlin)).toEqual(['2026-10-25T02:00', 'exact']);
    expect(at('2026-11-01T01:30', 'America/New_York')).toEqual(['2026-11-01T05:30', 'twice']);
    expect(settled('2026-10-25T02:30', berlin)).toBe('2026-10-25T02:30');
  });

  it('comes back from its moment, everywhere and all year', () => {
    for (const zone of [berlin, 'America/New_York', 'Australia/Lord_Howe', 'America/St_Johns', 'Pacific/Chatham', 'Asia/Tokyo', 'UTC']) {
      for (let hours = 0; hours < 366 * 24; hours += 7) {
        const local = addMinutes('2026-01-01T00:00', hours * 60 + 10);
        const { at: when, kind } = instantOf(local, zone);
        if (kind !== 'skipped') expect(localAt(when, zone), `${local} ${zone}`).toBe(local);
      }
    }
  });
});

it('a zone is named by its place and offset', () => {
  expect(sayZone(berlin, new Date('2026-07-01T00:00Z'))).toBe('Berlin (GMT+2)');
  expect(sayZone('America/New_York', new Date('2026-01-01T00:00Z'))).toBe('New York (GMT-5)');
  expect(sayZone('Nowhere/At_All')).toBe('At All');
});
