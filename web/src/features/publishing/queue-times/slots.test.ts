import { describe, expect, it } from 'vitest';
import type { QueueSlot } from '../api/types';
import { comingSlots, faultOf, perWeek } from './slots';

const weekdaysAt = (time: string, network: QueueSlot['network'] = null): QueueSlot => ({ days: ['mon', 'tue', 'wed', 'thu', 'fri'], time, network });

describe('the next times', () => {
  it('are after now on the clock of the zone, over the weekend', () => {
    // Friday 27 March 2026, 09:30 in Berlin
    const found = comingSlots([weekdaysAt('09:00'), weekdaysAt('17:00', 'x')], 'Europe/Berlin', new Date('2026-03-27T08:30:00Z'), 4);
    expect(found.map((s) => `${s.local} ${s.network ?? ''}`.trim())).toEqual(['2026-03-27T17:00 x', '2026-03-30T09:00', '2026-03-30T17:00 x', '2026-03-31T09:00']);
  });
  it('are ten even of a slot that comes once a week', () => {
    const found = comingSlots([{ days: ['sun'], time: '02:30', network: null }], 'Europe/Berlin', new Date('2026-03-20T12:00:00Z'), 10);
    expect(found).toHaveLength(10);
    // on the night that the clock goes forward there is no 02:30
    expect(found.slice(0, 3).map((s) => s.local)).toEqual(['2026-03-22T02:30', '2026-03-29T03:30', '2026-04-05T02:30']);
  });
  it('begin with the day that it is there, not here', () => {
    expect(comingSlots([{ days: ['sat'], time: '08:00', network: null }], 'Pacific/Auckland', new Date('2026-05-01T19:00:00Z'), 1)[0]?.local).toBe('2026-05-02T08:00');
  });
  it('are none without slots, and leave out what has no time', () => {
    expect(comingSlots([], 'UTC', new Date(0), 10)).toEqual([]);
    expect(comingSlots([weekdaysAt('')], 'UTC', new Date(0), 10)).toEqual([]);
  });
});

it('a row says what is wrong with it', () => {
  const nine = weekdaysAt('09:00');
  const twin: QueueSlot = { days: ['fri', 'sat'], time: '09:00', network: null };
  expect(faultOf(nine, [nine])).toBeNull();
  expect(faultOf({ ...nine, days: [] }, [])).toMatch(/day/);
  expect(faultOf({ ...nine, time: '' }, [])).toMatch(/time/);
  expect(faultOf(twin, [nine, twin])).toMatch(/twice/);
  expect(faultOf({ ...twin, network: 'x' }, [nine])).toBeNull();
  expect(perWeek([nine, twin])).toBe(7);
});
