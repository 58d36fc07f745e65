/** The course of a trend as it is drawn: hours become steps of the same length, with those that brought nothing. */
import type { TrendCourse } from '../api/contract';

export interface Step { /** Milliseconds since 1970. */ from: number; to: number; items: number }

const hour = 3_600_000;
const lengths = [1, 2, 3, 4, 6, 8, 12, 24, 48, 72, 168];

/** From the first hour that brought something to `until`, in at most `most` steps. */
export function stepsOf(course: TrendCourse[], until: number, most: number): Step[] {
  const first = course[0];
  if (!first) return [];
  const begin = Math.floor(new Date(first.at).getTime() / hour) * hour;
  const last = course.reduce((latest, c) => Math.max(latest, new Date(c.at).getTime()), begin);
  const hours = Math.max(1, Math.ceil((Math.max(until, last + 1) - begin) / hour));
  const length = (lengths.find((n) => Math.ceil(hours / n) <= most) ?? Math.ceil(hours / most)) * hour;
  const steps: Step[] = Array.from({ length: Math.ceil((hours * hour) / length) }, (_, i) => ({ from: begin + i * length, to: begin + (i + 1) * length, items: 0 }));
  for (const { at, items } of course) {
    const step = steps[Math.floor((new Date(at).getTime() - begin) / length)];
    if (step) step.items += items;
  }
  return steps;
}

/** The height of a bar that stands for nothing: enough to see that time passed. */
export const emptyBar = 0.06;

/** The bars of a sparkline, in a room as wide as they are many and 1 high. */
export function sparkBars(values: number[]): { x: number; y: number; width: number; height: number }[] {
  const most = Math.max(1, ...values);
  const round = (n: number) => Math.round(n * 1000) / 1000;
  return values.map((value, i) => {
    // one item beside hundreds is still seen to be something
    const height = round(value === 0 ? emptyBar : Math.max(2 * emptyBar, value / most));
    return { x: i, y: round(1 - height), width: values.length > 1 ? 0.75 : 1, height };
  });
}

/** Where a moment lies between two others, as a share; held between 0 and 1. */
export const shareOf = (at: number, from: number, to: number) => (to <= from ? 0 : Math.min(1, Math.max(0, (at - from) / (to - from))));

/** The time that a chart of the course shows: to the end of its expected peak, but never so far that the past becomes a sliver. */
export function chartEnd(course: TrendCourse[], peakHigh: number, now: number, over: boolean): number {
  const first = course[0] ? new Date(course[0].at).getTime() : now;
  const last = course.reduce((latest, c) => Math.max(latest, new Date(c.at).getTime() + hour), first + hour);
  if (over) return last;
  const soFar = Math.max(now, last) - first;
  return Math.max(now, last, Math.min(peakHigh, first + 2 * soFar));
}
