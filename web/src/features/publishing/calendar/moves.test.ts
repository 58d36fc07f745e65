import { describe, expect, it } from 'vitest';
import { movedBy, timeAt } from './moves';

const berlin = 'Europe/Berlin';

describe('arrow keys', () => {
  it('move by days and weeks in a month, keeping the time', () => {
    expect(movedBy('2026-03-31T09:10', 'ArrowRight', 'month', berlin)).toBe('2026-04-01T09:10');
    expect(movedBy('2026-03-01T09:10', 'ArrowLeft', 'month', berlin)).toBe('2026-02-28T09:10');
    expect(movedBy('2026-03-25T09:10', 'ArrowDown', 'month', berlin)).toBe('2026-04-01T09:10');
    expect(movedBy('2026-03-25T09:10', 'ArrowUp', 'month', berlin)).toBe('2026-03-18T09:10');
  });

  it('move by quarters in a week, from an odd minute to the next quarter', () => {
    expect(movedBy('2026-05-01T09:00', 'ArrowDown', 'week', berlin)).toBe('2026-05-01T09:15');
    expect(movedBy('2026-05-01T09:07', 'ArrowDown', 'week', berlin)).toBe('2026-05-01T09:15');
    expect(movedBy('2026-05-01T09:07', 'ArrowUp', 'week', berlin)).toBe('2026-05-01T09:00');
    expect(movedBy('2026-05-01T00:00', 'ArrowUp', 'day', berlin)).toBe('2026-04-30T23:45');
    expect(movedBy('2026-05-01T23:50', 'ArrowDown', 'day', berlin)).toBe('2026-05-02T00:00');
    expect(movedBy('2026-05-01T09:20', 'ArrowDown', 'week', berlin, true)).toBe('2026-05-01T10:00');
    expect(movedBy('2026-05-01T09:00', 'ArrowLeft', 'week', berlin)).toBe('2026-04-30T09:00');
  });

  it('step over an hour that the clock skips, either way', () => {
    expect(movedBy('2026-03-29T01:45', 'ArrowDown', 'week', berlin)).toBe('2026-03-29T03:00');
    expect(movedBy('2026-03-29T03:00', 'ArrowUp', 'week', berlin)).toBe('2026-03-29T01:45');
    expect(movedBy('2026-03-28T02:30', 'ArrowRight', 'month', berlin)).toBe('2026-03-29T03:30');
    expect(movedBy('2026-10-25T02:45', 'ArrowDown', 'week', berlin)).toBe('2026-10-25T03:00');
  });

  it('mean nothing where there is nowhere to go', () => {
    expect(movedBy('2026-05-01T09:00', 'ArrowDown', 'list', berlin)).toBeNull();
    expect(movedBy('2026-05-01T09:00', 'Enter', 'week', berlin)).toBeNull();
  });
});

it('a point among the hours is a quarter of an hour that exists', () => {
  expect(timeAt('2026-05-01', 0.5, berlin)).toBe('2026-05-01T12:00');
  expect(timeAt('2026-05-01', -1, berlin)).toBe('2026-05-01T00:00');
  expect(timeAt('2026-05-01', 2, berlin)).toBe('2026-05-01T23:45');
  expect(timeAt('2026-03-29', 2.5 / 24, berlin)).toBe('2026-03-29T03:30');
});
