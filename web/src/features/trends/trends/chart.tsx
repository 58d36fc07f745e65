import { cn } from '@/shared/lib/cn';
import { clockHours } from '@/shared/lib/time';
import { Disclosure } from '@/shared/ui/disclosure';
import { useMemo, useState, type KeyboardEvent, type PointerEvent } from 'react';
import type { TrendCourse, TrendRange, TrendState } from '../api/contract';
import { chartEnd, emptyBar, shareOf, sparkBars, stepsOf, type Step } from './course';
import { busiestWords, plural } from './words';

const day = new Intl.DateTimeFormat(undefined, { weekday: 'short', day: 'numeric', month: 'short' });
const moment = new Intl.DateTimeFormat(undefined, { weekday: 'short', day: 'numeric', month: 'short', ...clockHours });
const clock = new Intl.DateTimeFormat(undefined, clockHours);
const total = (course: TrendCourse[]) => course.reduce((sum, c) => sum + c.items, 0);
const busiest = (steps: Step[]) => steps.reduce<Step | undefined>((best, s) => (s.items > (best?.items ?? 0) ? s : best), undefined);

/** `Sun 22 Nov, 09:00 to 10:00`; a longer step names both its ends whole. */
function sayStep({ from, to }: Step): string {
  return to - from < 24 * 3_600_000 && day.format(from) === day.format(to - 1) ? `${moment.format(from)} to ${clock.format(to)}` : `${moment.format(from)} to ${moment.format(to)}`;
}

/** How it went so far, in little bars: its shape at a glance, its numbers for who rests on it or hears it. */
export function Sparkline({ course, now, over, className }: { course: TrendCourse[]; now: number; over: boolean; className?: string }) {
  const steps = useMemo(() => stepsOf(course, over ? 0 : now, 28), [course, now, over]);
  const most = busiest(steps);
  if (!most) return null;
  const words = `Since ${day.format(steps[0]?.from)}: ${busiestWords(total(course), most.items, sayStep(most))}`;
  return (
    <svg role="img" aria-label={words} viewBox={`0 0 ${steps.length} 1`} preserveAspectRatio="none" className={cn('block h-8 w-32', className)}>
      <title>{words}</title>
      {sparkBars(steps.map((s) => s.items)).map((bar) => <rect key={bar.x} {...bar} className={bar.height > emptyBar ? 'fill-brass' : 'fill-line-strong'} />)}
    </svg>
  );
}

/** Its course by the hour, with when the peak is expected: to be hovered, gone through by arrow keys, or read as a table. */
export function CourseChart({ course, peak, now, state }: { course: TrendCourse[]; peak: TrendRange; now: number; state: TrendState }) {
  const over = state === 'expired';
  // Nobody expects a peak of what loses pace.
  const past = state !== 'active';
  // A second more moves no bar: the steps are drawn anew by the minute.
  const minute = Math.floor(now / 60_000) * 60_000;
  const [low, likely, high] = [peak.low, peak.likely, peak.high].map((at) => new Date(at).getTime()) as [number, number, number];
  const end = chartEnd(course, past ? minute : high, minute, over);
  const steps = useMemo(() => stepsOf(course, end, 56), [course, end]);
  const [at, setAt] = useState<number | null>(null);
  const [first, last] = [steps[0], steps.at(-1)];
  const most = busiest(steps);
  if (!first || !last || !most) return null;
  const index = at === null ? null : Math.min(at, steps.length - 1);
  const chosen = index === null ? null : (steps[index] ?? null);
  const share = (time: number) => shareOf(time, first.from, last.to) * 100;
  const future = (step: Step) => step.from > minute;
  const say = (step: Step) => (future(step) ? `${sayStep(step)}: still to come` : `${sayStep(step)}: ${plural(step.items, 'item')}`);
  const onPointer = (event: PointerEvent<HTMLDivElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    setAt(Math.max(0, Math.min(steps.length - 1, Math.floor(((event.clientX - box.left) / box.width) * steps.length))));
  };
  const onKey = (event: KeyboardEvent) => {
    const peakStep = steps.indexOf(most);
    const places: Record<string, number> = { ArrowLeft: (index ?? peakStep + 1) - 1, ArrowRight: (index ?? peakStep - 1) + 1, Home: 0, End: steps.length - 1 };
    const to = places[event.key];
    if (to === undefined) return;
    event.preventDefault();
    setAt(Math.max(0, Math.min(steps.length - 1, to)));
  };
  const expected = high > first.from && low < last.to;
  return (
    <figure className="grid gap-1.5">
      <figcaption className="flex min-h-4 flex-wrap items-baseline justify-between gap-x-4 text-xs text-ink-3">
        <span>{chosen ? say(chosen) : busiestWords(total(course), most.items, sayStep(most))}</span>
        {expected && <span className="flex items-center gap-1.5"><svg aria-hidden width="14" height="10"><rect width="14" height="10" rx="1" className="fill-brass/25" /></svg>{past ? 'when its peak was expected' : 'when its peak is expected'}</span>}
      </figcaption>
      <div
        role="slider"
        tabIndex={0}
        aria-label="Items over time"
        aria-valuemin={0}
        aria-valuemax={steps.length - 1}
        aria-valuenow={index ?? steps.indexOf(most)}
        aria-valuetext={say(chosen ?? most)}
        onPointerMove={onPointer}
        onPointerDown={onPointer}
        onPointerLeave={() => setAt(null)}
        onBlur={() => setAt(null)}
        onKeyDown={onKey}
        className="rounded-sm border-b border-line-strong"
      >
        <svg aria-hidden width="100%" height="104" className="block overflow-visible">
          {expected && <rect x={`${share(low)}%`} width={`${Math.max(0.4, share(high) - share(low))}%`} y="0" height="104" className="fill-brass/15" />}
          {expected && likely > first.from && likely < last.to && <line x1={`${share(likely)}%`} x2={`${share(likely)}%`} y1="0" y2="104" strokeDasharray="3 3" className="stroke-brass-ink" />}
          {index !== null && <rect x={`${(index / steps.length) * 100}%`} width={`${100 / steps.length}%`} y="0" height="104" className="fill-ink/6" />}
          {steps.map((step, i) => step.items > 0 && (
            <rect key={step.from} x={`${((i + 0.12) / steps.length) * 100}%`} width={`${76 / steps.length}%`} y={100 - (step.items / most.items) * 94} height={(step.items / most.items) * 94 + 4} rx="1" className={i === index ? 'fill-brass-ink' : 'fill-brass'} />
          ))}
          {!over && share(minute) < 99.5 && <line x1={`${share(minute)}%`} x2={`${share(minute)}%`} y1="0" y2="104" className="stroke-ink-3" />}
        </svg>
      </div>
      <div className="relative h-4 text-xs text-ink-3 tabular-nums" aria-hidden>
        <span className="absolute left-0">{moment.format(first.from)}</span>
        {!over && share(minute) > 42 && share(minute) < 84 && <span className="absolute -translate-x-1/2" style={{ left: `${share(minute)}%` }}>now</span>}
        <span className="absolute right-0">{!over && share(minute) >= 99.5 ? 'now' : day.format(last.to)}</span>
      </div>
      <Disclosure label="As a table" quiet className="text-xs">
        <table className="mt-2 w-full text-left text-sm">
          <caption className="sr-only">Items over time</caption>
          <thead className="text-xs text-ink-3"><tr className="border-b"><th scope="col" className="py-1.5 font-normal">When</th><th scope="col" className="py-1.5 text-right font-normal">Items</th></tr></thead>
          <tbody>
            {steps.filter((s) => s.items > 0).map((s) => <tr key={s.from} className="border-b"><th scope="row" className="py-1.5 font-normal text-ink-2">{sayStep(s)}</th><td className="py-1.5 text-right tabular-nums">{s.items}</td></tr>)}
          </tbody>
        </table>
      </Disclosure>
    </figure>
  );
}
