import { cn } from '@/shared/lib/cn';
import { dayNumber, sayDay, sayMonthShort, sayWeekday, timeOf, weeksOf } from '@/shared/lib/zone';
import { NetworkGlyph } from '@/shared/ui/network-glyph';
import { Plus } from 'lucide-react';
import { memo, useState, type KeyboardEvent } from 'react';
import type { CalendarItem, CalendarSlot } from '../api/types';
import { Card, useDesk } from './card';
import { shownOf } from './group';

const none: never[] = [];
/** Cards of a day; what is more is a number that opens the day. */
const most = 6;

export interface GridProps { date: string; days: ReadonlyMap<string, CalendarItem[]>; slots: ReadonlyMap<string, CalendarSlot[]>; held: string | undefined; active: string | undefined; onDay: (date: string) => void }

export function Month({ date, days, slots, held, active }: GridProps) {
  const weeks = weeksOf(date);
  const { today } = useDesk();
  const dates = weeks.flat();
  const month = date.slice(0, 7);
  const [reached, setReached] = useState<string | null>(null);
  const near = reached && dates.includes(reached) ? reached : dates.includes(today) ? today : `${month}-01`;
  // One day is reached by Tab; arrow keys walk from it to the others.
  const walk = (event: KeyboardEvent<HTMLElement>) => {
    const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 }[event.key];
    const from = (event.target as HTMLElement).dataset['plan'];
    if (step === undefined || from === undefined) return;
    event.preventDefault();
    const next = dates[dates.indexOf(from) + step];
    if (!next) return;
    setReached(next);
    event.currentTarget.querySelector<HTMLElement>(`[data-plan="${next}"]`)?.focus();
  };
  return (
    <div className="border-t border-l" onKeyDown={walk} onFocus={(e) => {
      const day = (e.target as HTMLElement).closest<HTMLElement>('[data-day]')?.dataset['day'];
      if (day && day !== near) setReached(day);
    }}>
      <div aria-hidden className="grid grid-cols-7">
        {weeks[0]?.map((d) => <div key={d} className="border-r border-b bg-sunk px-2.5 py-1.5 text-xs text-ink-3">{sayWeekday(d)}</div>)}
      </div>
      {weeks.map((week) => (
        <ul key={week[0]} className="grid grid-cols-7" aria-label={`Week of ${sayDay(week[0] ?? date)}`}>
          {week.map((d) => {
            const items = days.get(d) ?? none;
            const here = (id: string | undefined) => (id !== undefined && items.some((i) => i.id === id) ? id : undefined);
            return <Day key={d} date={d} items={items} slots={slots.get(d) ?? none} other={!d.startsWith(month)} isToday={d === today} past={d < today} reached={d === near} low={(week[6] ?? d) < today} held={here(held)} active={here(active)} />;
          })}
        </ul>
      ))}
    </div>
  );
}

interface DayProps { date: string; items: CalendarItem[]; slots: CalendarSlot[]; other: boolean; isToday: boolean; past: boolean; reached: boolean; /** In a week that is over: no taller than it must be. */ low: boolean; held: string | undefined; active: string | undefined }

const Day = memo(function Day({ date, items, slots, other, isToday, past, reached, low, held, active }: DayProps) {
  const { fill, may, showDay } = useDesk();
  const { shown, more } = shownOf(items, most, held);
  const free = past ? none : slots.slice(0, Math.max(0, Math.min(3, most - shown.length)));
  return (
    <li data-day={date} className={cn('group/day @container relative flex min-w-0 flex-col gap-0.5 border-r border-b px-1 pt-1 pb-2', low ? 'min-h-20' : 'min-h-32', other ? 'bg-sunk' : past ? 'bg-paper' : 'bg-sheet')}>
      {may && !past ? (
        <button type="button" data-plan={date} tabIndex={reached ? 0 : -1} aria-label={`Plan something on ${sayDay(date)}${items.length > 0 ? `, ${items.length} planned` : ''}`} onClick={() => fill(date)} className="absolute inset-0 rounded-sm focus-visible:-outline-offset-2" />
      ) : <span data-plan={date} tabIndex={reached ? 0 : -1} role="note" aria-label={`${sayDay(date)}, ${items.length === 0 ? 'nothing' : items.length}`} className="absolute inset-0 focus-visible:-outline-offset-2" />}
      <p className="pointer-events-none relative flex h-6 items-center gap-1.5 px-1.5 text-xs tabular-nums" aria-hidden>
        <span className={cn(isToday ? '-ml-1 flex size-6 shrink-0 items-center justify-center rounded-full bg-brass font-semibold text-on-brass' : other || past ? 'text-ink-3' : 'text-ink-2')}>{dayNumber(date)}</span>
        {date.endsWith('-01') && <span className="text-ink-3">{sayMonthShort(date)}</span>}
        {may && !past && <Plus className="ml-auto size-4 text-ink-3 opacity-0 group-hover/day:opacity-100" />}
      </p>
      {shown.map((item) => <Card key={item.id} item={item} held={item.id === held} active={item.id === active} reached={reached} />)}
      {more > 0 && <button type="button" tabIndex={reached ? 0 : -1} onClick={() => showDay(date)} className="relative z-10 w-fit rounded-sm px-2 py-0.5 text-xs text-ink-2 underline-offset-4 hover:underline max-sm:px-0.5">+{more} <span className="max-sm:sr-only">more</span><span className="sr-only"> on {sayDay(date)}</span></button>}
      {may && free.map((slot, i) => (
        <button key={`${slot.local_time} ${i}`} type="button" tabIndex={reached ? 0 : -1} onClick={() => fill(slot.local_time, slot.network)} aria-label={`Free queue time ${timeOf(slot.local_time)} on ${sayDay(date)}${slot.network ? ` for ${slot.network}` : ''}`} className="relative z-10 flex items-center gap-1 rounded-sm border border-dashed border-transparent px-2 py-0.5 text-left text-xs text-ink-3 hover:border-line-strong hover:bg-sheet hover:text-ink max-sm:hidden">
          <span className="tabular-nums">{timeOf(slot.local_time)}</span> {slot.network && <NetworkGlyph network={slot.network} className="size-3" />} free
        </button>
      ))}
    </li>
  );
});
