import { cn } from '@/shared/lib/cn';
import { addDays, atMinutes, dayNumber, dayOf, localAt, minutesOf, sayDay, sayWeekday, timeOf, weekOf } from '@/shared/lib/zone';
import { NetworkGlyph } from '@/shared/ui/network-glyph';
import { memo, useEffect, useLayoutEffect, useRef, useState } from 'react';
import type { CalendarItem, CalendarSlot } from '../api/types';
import { Card, useDesk } from './card';
import { half, placed } from './group';
import type { GridProps } from './month';

const none: never[] = [];
/** Of one hour, in pixels: half of it holds one line. */
const hour = 60;
const px = (minutes: number) => (minutes / 60) * hour;
const hours = Array.from({ length: 24 }, (_, i) => i);

export function Week({ date, days, slots, held, active, onDay }: GridProps) {
  const { zone, today } = useDesk();
  const week = Array.from({ length: 7 }, (_, i) => addDays(weekOf(date), i));
  const scroller = useRef<HTMLDivElement>(null);
  const [now, setNow] = useState(() => localAt(new Date(), zone));
  useEffect(() => {
    const timer = setInterval(() => setNow(localAt(new Date(), zone)), 30_000);
    return () => clearInterval(timer);
  }, [zone]);
  // The working day, or in this week what is around now.
  const first = useRef(week.includes(today) ? Math.max(0, Math.min(7 * 60, minutesOf(now) - 120), minutesOf(now) - 6 * 60) - 20 : 7 * 60 - 20);
  useLayoutEffect(() => {
    const box = scroller.current;
    if (!box) return;
    box.scrollTop = px(first.current);
    // On a phone the week is wider than the page: today begins in sight.
    const column = box.querySelector<HTMLElement>(`[data-day="${today}"]`);
    if (column) box.scrollLeft = column.offsetLeft - 60;
  }, [today]);
  return (
    <div ref={scroller} tabIndex={-1} className="relative max-h-[max(28rem,calc(100dvh-var(--above,0px)-15rem))] overflow-auto border scroll-thin">
      <div className="grid min-w-180 grid-cols-[3.25rem_repeat(7,minmax(0,1fr))]">
        <div aria-hidden className="sticky top-0 left-0 z-40 border-r border-b bg-sunk" />
        {week.map((d) => (
          <div key={d} className="sticky top-0 z-30 border-r border-b bg-sunk last:border-r-0">
            <button type="button" onClick={() => onDay(d)} aria-label={`${sayDay(d)}: show the day`} className="flex h-9 w-full items-center gap-1.5 px-2.5 text-left text-xs text-ink-2 hover:text-ink focus-visible:-outline-offset-2">
              {sayWeekday(d)} <span className={cn('tabular-nums', d === today && 'flex size-6 items-center justify-center rounded-full bg-brass font-semibold text-on-brass')}>{dayNumber(d)}</span>
            </button>
          </div>
        ))}
        <div aria-hidden className="sticky left-0 z-30 border-r bg-paper" style={{ height: px(24 * 60) }}>
          {hours.slice(1).map((h) => <span key={h} className="absolute right-2 -translate-y-1/2 text-xs text-ink-3 tabular-nums" style={{ top: px(h * 60) }}>{String(h).padStart(2, '0')}:00</span>)}
        </div>
        {week.map((d) => {
          const items = days.get(d) ?? none;
          const here = (id: string | undefined) => (id !== undefined && items.some((i) => i.id === id) ? id : undefined);
          return <Column key={d} date={d} items={items} slots={slots.get(d) ?? none} now={d === dayOf(now) ? minutesOf(now) : d < today ? 24 * 60 : 0} held={here(held)} active={here(active)} />;
        })}
      </div>
    </div>
  );
}

interface ColumnProps { date: string; items: CalendarItem[]; slots: CalendarSlot[]; now: number; held: string | undefined; active: string | undefined }

const Column = memo(function Column({ date, items, slots, now, held, active }: ColumnProps) {
  const { fill, may, showDay } = useDesk();
  const taken = new Set(items.map((i) => Math.floor(minutesOf(i.local_time) / half)));
  const free = slots.filter((s) => minutesOf(s.local_time) > now && !taken.has(Math.floor(minutesOf(s.local_time) / half)));
  const { cards, heaps } = placed(items, 3, held, free.map((s) => minutesOf(s.local_time)));
  const where = (top: number, height: number, lane: number, lanes: number) => ({ top: px(top) + 1, height: px(height) - 2, left: `calc(${(lane / lanes) * 100}% + 2px)`, width: `calc(${100 / lanes}% - 4px)` });
  return (
    <div
      data-day={date}
      data-hours
      role="group"
      aria-label={sayDay(date)}
      onClick={(e) => {
        if (!may || e.target !== e.currentTarget) return;
        const box = e.currentTarget.getBoundingClientRect();
        const minutes = Math.floor((((e.clientY - box.top) / box.height) * 24 * 60) / half) * half;
        if (minutes > now) fill(atMinutes(date, minutes));
      }}
      className={cn('relative border-r bg-[repeating-linear-gradient(to_bottom,transparent_0,transparent_59px,var(--line)_59px,var(--line)_60px)] last:border-r-0', now >= 24 * 60 ? 'bg-paper' : 'bg-sheet', may && now < 24 * 60 && 'cursor-cell')}
    >
      {now > 0 && now < 24 * 60 && <div aria-hidden className="pointer-events-none absolute inset-x-0 top-0 bg-sunk opacity-60" style={{ height: px(now) }} />}
      {now > 0 && now < 24 * 60 && <div aria-hidden className="pointer-events-none absolute inset-x-0 z-20 border-t-2 border-brass" style={{ top: px(now) }}><span className="absolute -top-1.25 -left-1 size-2 rounded-full bg-brass" /></div>}
      {may && free.map((s, i) => (
        <button key={`${s.local_time} ${i}`} type="button" onClick={() => fill(s.local_time, s.network)} aria-label={`Free queue time ${timeOf(s.local_time)} on ${sayDay(date)}${s.network ? ` for ${s.network}` : ''}`} style={where(minutesOf(s.local_time), half, 0, 1)} className="absolute flex items-center gap-1.5 rounded-sm border border-dashed border-line-strong px-2 text-xs text-ink-3 hover:bg-sunk hover:text-ink">
          <span className="tabular-nums">{timeOf(s.local_time)}</span> {s.network && <NetworkGlyph network={s.network} className="size-3" />} free
        </button>
      ))}
      {cards.map(({ item, top, height, lane, lanes }) => (
        <Card key={item.id} item={item} held={item.id === held} active={item.id === active} reached narrow={lanes > 2} tall={height >= 55 ? 'two' : height >= 38 ? 'one' : undefined} style={where(top, height, lane, lanes)} />
      ))}
      {heaps.map((h) => (
        <button key={h.top} type="button" onClick={() => showDay(date)} style={where(h.top, half, h.lane, h.lanes)} className="absolute z-10 rounded-sm bg-sunk px-1 text-xs text-ink-2 hover:bg-line">+{h.count}<span className="sr-only"> more at {timeOf(h.at)} on {sayDay(date)}</span></button>
      ))}
    </div>
  );
});
