import { describe, expect, it } from 'vitest';
import { chartEnd, emptyBar, shareOf, sparkBars, stepsOf } from './course';

const at = (time: string) => Date.parse(`2026-11-22T${time}:00Z`);
const hours = (...pairs: [string, number][]) => pairs.map(([time, items]) => ({ at: new Date(at(time)).toISOString(), items }));
const hour = 3_600_000;

describe('the course of a trend', () => {
  it('has a step for each hour, also for those that brought nothing', () => {
    const steps = stepsOf(hours(['06:00', 2], ['09:00', 5]), at('10:20'), 24);
    expect(steps.map((s) => s.items)).toEqual([2, 0, 0, 5, 0]);
    expect(steps[0]).toMatchObject({ from: at('06:00'), to: at('07:00') });
  });
  it('takes longer steps where there would be too many, and loses no item by that', () => {
    const course = Array.from({ length: 100 }, (_, i) => ({ at: new Date(at('00:00') + i * hour).toISOString(), items: i % 3 }));
    const steps = stepsOf(course, 0, 28);
    expect(steps.length).toBeLessThanOrEqual(28);
    expect((steps[0]?.to ?? 0) - (steps[0]?.from ?? 0)).toBe(4 * hour);
    expect(steps.reduce((sum, s) => sum + s.items, 0)).toBe(course.reduce((sum, c) => sum + c.items, 0));
  });
  it('takes in the last hour even when the clock here is behind', () => {
    expect(stepsOf(hours(['06:00', 1], ['08:00', 3]), at('05:00'), 24).map((s) => s.items)).toEqual([1, 0, 3]);
    expect(stepsOf([], at('05:00'), 24)).toEqual([]);
    expect(stepsOf(hours(['06:00', 4]), at('06:00'), 24).map((s) => s.items)).toEqual([4]);
  });
});

describe('a sparkline', () => {
  it('has a bar for each step, the highest where most came, and a stump where nothing did', () => {
    expect(sparkBars([0, 2, 4, 1])).toEqual([
      { x: 0, y: 0.94, width: 0.75, height: emptyBar },
      { x: 1, y: 0.5, width: 0.75, height: 0.5 },
      { x: 2, y: 0, width: 0.75, height: 1 },
      { x: 3, y: 0.75, width: 0.75, height: 0.25 },
    ]);
  });
  it('tells little from nothing', () => {
    const [none, one] = sparkBars([0, 1, 1_000]);
    expect(none?.height).toBe(emptyBar);
    expect(one?.height).toBeGreaterThan(emptyBar);
  });
  it('stays in its box whatever the values', () => {
    for (const values of [[7], [0, 0, 0], [1_000_000, 1], []]) {
      const bars = sparkBars(values);
      expect(bars).toHaveLength(values.length);
      for (const { x, y, width, height } of bars) {
        expect(x + width).toBeLessThanOrEqual(values.length);
        expect(Math.min(x, y)).toBeGreaterThanOrEqual(0);
        expect(y + height).toBeCloseTo(1);
      }
    }
  });
});

describe('the time that is shown', () => {
  const course = hours(['06:00', 2], ['09:00', 5]);
  it('goes to the end of the expected peak', () => expect(chartEnd(course, at('12:00'), at('10:00'), false)).toBe(at('12:00')));
  it('but never makes the past a sliver', () => expect(chartEnd(course, at('06:00') + 90 * hour, at('10:00'), false)).toBe(at('14:00')));
  it('ends with the last hour of what is over', () => expect(chartEnd(course, at('12:00'), at('23:00'), true)).toBe(at('10:00')));
  it('puts a moment where it belongs', () => expect([shareOf(5, 0, 10), shareOf(-3, 0, 10), shareOf(30, 0, 10), shareOf(4, 4, 4)]).toEqual([0.5, 0, 1, 0]));
});
