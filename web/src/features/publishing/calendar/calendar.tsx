import { brandQuery } from '@/shared/api/queries';
import { cn } from '@/shared/lib/cn';
import { useHotkeys } from '@/shared/lib/hotkeys';
import { useMay } from '@/shared/lib/use-may';
import { useMedia, wide } from '@/shared/lib/use-media';
import { useScope } from '@/shared/lib/use-scope';
import { useTitle } from '@/shared/lib/use-title';
import { addDays, addMinutes, addMonths, dayNumber, dayOf, isDay, localAt, sayDate, sayDay, sayDayShort, sayMonth, sayZone, weekOf, weeksOf } from '@/shared/lib/zone';
import { Button, buttonClass, IconButton } from '@/shared/ui/button';
import { Segmented } from '@/shared/ui/choice';
import { Kbd } from '@/shared/ui/kbd';
import { Empty, ErrorState, Loading, Skeleton, SkeletonText } from '@/shared/ui/states';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { CalendarPlus, ChevronLeft, ChevronRight } from 'lucide-react';
import { useEffect, useMemo, useRef, useState } from 'react';
import { usePublicationActions } from '../actions';
import { calendarQuery, summaryQuery } from '../api/queries';
import { BulkBar } from '../bulk/bar';
import { Filters, type Filter } from '../filters';
import { PublicationPanel } from '../panel';
import { PlanMenu } from '../plan-menu';
import { movable } from '../repair';
import { Agenda } from './agenda';
import { DeskContext, type CalendarDesk } from './card';
import { FillDialog } from './fill-dialog';
import { agenda, byDay, slotsByDay, withMoved } from './group';
import { Month } from './month';
import type { CalendarKind } from './moves';
import { useMoving } from './use-moving';
import { Week } from './week';

export interface CalendarView extends Filter { view?: string | undefined; date?: string | undefined; item?: string | undefined }
export interface CalendarProps { view: CalendarView; onView: (view: CalendarView, replace?: boolean) => void }

const kinds: { value: CalendarKind; label: string }[] = [{ value: 'month', label: 'Month' }, { value: 'week', label: 'Week' }, { value: 'day', label: 'Day' }, { value: 'list', label: 'List' }];
const listed = 35;

function rangeOf(kind: CalendarKind, date: string): { from: string; to: string } {
  switch (kind) {
    case 'month': {
      const days = weeksOf(date).flat();
      return { from: days[0] ?? date, to: addDays(days.at(-1) ?? date, 1) };
    }
    case 'week': return { from: weekOf(date), to: addDays(weekOf(date), 7) };
    case 'day': return { from: date, to: addDays(date, 1) };
    case 'list': return { from: date, to: addDays(date, listed) };
  }
}
function titleOf(kind: CalendarKind, date: string): string {
  if (kind === 'month') return sayMonth(date);
  if (kind === 'day') return sayDay(date);
  const from = kind === 'week' ? weekOf(date) : date;
  const to = addDays(from, kind === 'week' ? 6 : listed - 1);
  return from.slice(0, 7) === to.slice(0, 7) ? `${sayDate(from)} – ${dayNumber(to)}` : `${sayDate(from)} – ${sayDate(to)}`;
}
function stepped(kind: CalendarKind, date: string, by: number): string {
  return kind === 'month' ? addMonths(date, by) : addDays(date, by * { week: 7, day: 1, list: listed }[kind]);
}

export function Calendar(props: CalendarProps) {
  const { scope } = useScope();
  useTitle('Calendar');
  const { data: brand, ...query } = useQuery(brandQuery(scope));
  if (query.isError) return <div className="px-8 pt-14 max-sm:px-4"><ErrorState error={query.error} retry={() => void query.refetch()} /></div>;
  if (!brand) return <div className="px-8 pt-14 max-sm:px-4 max-sm:pt-6"><Waiting kind="month" /></div>;
  return <Desk {...props} zone={brand.time_zone} />;
}

function Desk({ view, onView, zone }: CalendarProps & { zone: string }) {
  const { scope } = useScope();
  const may = useMay('posts.publish');
  const isWide = useMedia(wide);
  const actions = usePublicationActions();
  const today = dayOf(localAt(new Date(), zone));
  const kind = kinds.find((k) => k.value === view.view)?.value ?? (isWide ? 'month' : 'list');
  const date = isDay(view.date) ? view.date : today;
  const filter: Filter = { network: view.network, connection: view.connection, state: view.state };
  const range = rangeOf(kind, date);
  const query = useQuery(calendarQuery(scope, { ...range, ...filter }));
  const { data: summary } = useQuery(summaryQuery(scope));
  const [filling, setFilling] = useState<{ local: string; network: string | null } | null>(null);
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [selecting, setSelecting] = useState(false);
  const scroller = useRef<HTMLElement>(null);
  const grid = useRef<HTMLDivElement>(null);

  const items = useMemo(() => query.data?.items ?? [], [query.data]);
  const days = useMemo(() => byDay(items), [items]);
  const slots = useMemo(() => slotsByDay(query.data?.slots ?? []), [query.data]);
  const go = (next: Partial<CalendarView>, replace = false) => onView({ ...view, view: kind, ...next }, replace);
  const { moving, said, bind } = useMoving({
    items, kind, zone, may, grid,
    commit: (item, to) => actions.move(item, to),
    reveal: (day) => (day < range.from || day >= range.to) && go({ date: day }, true),
  });
  const shown = useMemo(() => (moving ? withMoved(days, moving.item, moving.to) : days), [days, moving]);
  const needs = useMemo(() => new Map(summary?.needs_you.map((p) => [p.id, p])), [summary]);

  // Kept the same from one drawing to the next, so that hundreds of cards are not drawn again for a word in the panel.
  const latest = useRef({ go, today, zone, slots });
  useEffect(() => {
    latest.current = { go, today, zone, slots };
  });
  const accounts = useMemo(() => new Map(query.data?.connections.map((c) => [c.id, c])), [query.data]);
  const desk = useMemo((): CalendarDesk => ({
    zone, today, may, accounts,
    open: (item) => latest.current.go({ item }),
    fill: (place, network) => setFilling({ local: place.length > 10 ? place : timeFor(place, latest.current), network: network ?? null }),
    showDay: (day) => latest.current.go({ view: 'day', date: day, item: undefined }),
  }), [zone, today, may, accounts]);

  const deselect = () => {
    setSelected(new Set());
    setSelecting(false);
  };
  useHotkeys({
    m: () => go({ view: 'month' }), w: () => go({ view: 'week' }), d: () => go({ view: 'day' }), l: () => go({ view: 'list' }),
    t: () => go({ date: today }), j: () => go({ date: stepped(kind, date, 1) }), k: () => go({ date: stepped(kind, date, -1) }),
    n: () => may && setFilling({ local: timeFor(date < today ? today : date, latest.current), network: null }),
    escape: () => (selected.size > 0 || selecting ? deselect() : view.item ? go({ item: undefined }) : undefined),
  });

  const dates = useMemo(() => Array.from({ length: kind === 'day' ? 1 : listed }, (_, i) => addDays(range.from, i)), [kind, range.from]);
  const rows = useMemo(() => (kind === 'day' || kind === 'list' ? agenda(dates, shown, slots, kind === 'day') : []), [kind, dates, shown, slots]);
  const held = moving?.item.id;
  const flat = kind === 'day' || kind === 'list';
  const filtered = Boolean(view.network ?? view.connection ?? view.state);
  // Only what is in sight is selected: another week, another filter, and the rest is let go of.
  const changeable = useMemo(() => (flat ? items.filter((i) => movable(i.state)) : []), [flat, items]);
  const chosen = useMemo(() => changeable.filter((i) => selected.has(i.id)).map((i) => ({ ...i, network: accounts.get(i.connection_id)?.network ?? i.network })), [changeable, selected, accounts]);
  const toggle = (id: string, on: boolean) => setSelected((old) => new Set(on ? [...old, id] : [...old].filter((x) => x !== id)));

  return (
    <div className={cn('lg:grid lg:h-desk lg:overflow-hidden', view.item ? 'lg:grid-cols-[minmax(0,1fr)_25rem]' : 'lg:grid-cols-1')}>
      {(isWide || !view.item) && (
        <section ref={scroller} aria-label="Calendar" className="min-w-0 lg:h-desk lg:overflow-y-auto lg:scroll-thin">
          <div className={cn('px-8 pt-10 pb-16 max-sm:px-4 max-sm:pt-6', flat && 'mx-auto max-w-290')}>
            <header className="grid gap-3">
              <div className="flex items-center gap-x-2">
                <div className="min-w-0 grow">
                  <h1 className="font-serif text-3xl max-sm:text-lg"><span className="sr-only">Calendar, </span>{titleOf(kind, date)}</h1>
                  <p className="mt-0.5 text-xs text-ink-3">All times in {sayZone(zone, new Date(`${date}T12:00Z`))}</p>
                </div>
                <div className="flex items-center gap-1 max-sm:-mr-2 max-sm:gap-0">
                  <IconButton label="Back" keys="k" onClick={() => go({ date: stepped(kind, date, -1) })}><ChevronLeft /></IconButton>
                  <Button size="sm" className="max-sm:px-2" onClick={() => go({ date: today })} aria-current={date === today ? 'date' : undefined}>Today</Button>
                  <IconButton label="Forward" keys="j" onClick={() => go({ date: stepped(kind, date, 1) })}><ChevronRight /></IconButton>
                  <PlanMenu filter={filter} from={range.from} to={addDays(range.to, -1)} zone={zone} onSelect={may && flat && changeable.length > 0 ? () => setSelecting(true) : undefined} />
                </div>
              </div>
              <div className="flex flex-wrap items-center gap-x-1 gap-y-2 max-sm:-mx-4 max-sm:flex-nowrap max-sm:overflow-x-auto max-sm:px-4 max-sm:scroll-none">
                <Segmented label="View" value={kind} onChange={(v) => go({ view: v })} options={kinds} className="-ml-1 grow max-sm:flex-nowrap" />
                <div className="flex flex-wrap gap-1 max-sm:flex-nowrap"><Filters filter={filter} onFilter={(f) => go(f)} /></div>
              </div>
            </header>
            <p role="status" aria-live="assertive" className="sr-only">{said}</p>
            {moving && (
              <p aria-hidden className="fixed bottom-6 left-1/2 z-50 flex -translate-x-1/2 items-center gap-3 rounded-lg bg-ink px-4 py-2.5 text-sm text-paper shadow-float max-lg:bottom-20">
                <span className="tabular-nums">{sayDayShort(moving.to)}, {moving.to.slice(11)}</span>{moving.by === 'keys' && <span className="flex items-center gap-1.5 text-xs opacity-80"><Kbd keys="enter" inverse /> keeps <Kbd keys="esc" inverse /> puts back</span>}
              </p>
            )}
            {selecting && flat && chosen.length === 0 && <div className="mt-4 flex items-center gap-3 rounded-lg bg-sunk px-4 py-2 text-sm text-ink-2"><p className="grow">Choose what to move.</p><Button size="sm" variant="quiet" onClick={deselect}>Done</Button></div>}
            <DeskContext value={desk}>
              <div ref={grid} {...bind} className={cn('mt-4', query.isPlaceholderData && 'opacity-60')} aria-busy={query.isPlaceholderData || undefined}>
                {query.isPending ? <Waiting kind={kind} />
                  : query.isError ? <ErrorState error={query.error} retry={() => void query.refetch()} />
                    : kind === 'month' ? <Month date={date} days={shown} slots={slots} held={held} active={view.item} onDay={desk.showDay} />
                      : kind === 'week' ? <Week key={weekOf(date)} date={date} days={shown} slots={slots} held={held} active={view.item} onDay={desk.showDay} />
                        : rows.length > 0 ? <Agenda rows={rows} held={held} active={view.item} needs={needs} actions={actions} scroller={scroller} inner={isWide} selection={may ? { ids: new Set(chosen.map((c) => c.id)), asked: selecting, toggle } : undefined} />
                          : <Nothing filtered={filtered} reset={() => onView({ view: kind, date })} fill={may ? () => setFilling({ local: timeFor(today, latest.current), network: null }) : undefined} />}
              </div>
              {query.data?.truncated && <p role="status" className="mt-4 text-sm text-ink-2">These are the first {items.length.toLocaleString()} of still more. A shorter view, a network or an account shows the others.</p>}
              {query.isSuccess && !flat && items.length === 0 && !query.isPlaceholderData && <p className="mt-4 text-sm text-ink-2">{filtered ? 'Nothing here fits the filters.' : <>Nothing is planned here yet. Press a day to plan something{slots.size === 0 && <>, or <Link to="/$org/$brand/brand/$section" params={{ ...scope, section: 'queue-times' }} className="underline underline-offset-4 hover:text-ink">set queue times</Link> and let drafts find their own</>}.</>}</p>}
            </DeskContext>
            {filling && <FillDialog local={filling.local} network={filling.network} zone={zone} onClose={() => setFilling(null)} />}
          </div>
          {chosen.length > 0 && <BulkBar rows={chosen} zone={zone} all={chosen.length === changeable.length} onAll={() => setSelected(new Set(changeable.map((i) => i.id)))} actions={actions} clear={deselect} />}
        </section>
      )}
      {view.item && <div className="min-w-0 border-l max-lg:border-0 lg:h-desk lg:overflow-y-auto lg:bg-sheet lg:scroll-thin"><PublicationPanel key={view.item} id={view.item} back="Calendar" onClose={() => go({ item: undefined }, true)} /></div>}
    </div>
  );
}

/** A time for a day that was pressed: its first free queue time, else nine, and never one that has passed. */
function timeFor(day: string, { slots, today, zone }: { slots: ReadonlyMap<string, { local_time: string }[]>; today: string; zone: string }): string {
  const free = slots.get(day)?.[0];
  if (free) return free.local_time;
  const now = localAt(new Date(), zone);
  const soon = addMinutes(`${now.slice(0, 13)}:00`, 60);
  return day === today && soon > `${day}T09:00` ? soon : `${day}T09:00`;
}

function Nothing({ filtered, reset, fill }: { filtered: boolean; reset: () => void; fill: (() => void) | undefined }) {
  const { scope } = useScope();
  if (filtered) return <Empty title="Nothing fits" action={<Button onClick={reset}>Show all</Button>}>Nothing in these weeks matches these filters.</Empty>;
  return (
    <Empty icon={CalendarPlus} title="Nothing is planned" action={<>{fill && <Button variant="primary" onClick={fill}>Plan something</Button>}<Link to="/$org/$brand/brand/$section" params={{ ...scope, section: 'queue-times' }} className={buttonClass('line')}>Set queue times</Link></>}>
      Here lies what goes out when. Give a draft a time, or add it to the queue: it takes the next free of the times that you set once.
    </Empty>
  );
}

function Waiting({ kind }: { kind: CalendarKind }) {
  return (
    <Loading what="the calendar">
      {kind === 'month' || kind === 'week' ? (
        <div className="grid grid-cols-7 border-t border-l">{Array.from({ length: 35 }, (_, i) => <div key={i} className="grid h-32 content-start gap-2 border-r border-b p-2"><Skeleton className="h-3 w-5" />{i % 3 === 0 && <Skeleton className="h-5" />}{i % 4 === 1 && <Skeleton className="h-5" />}</div>)}</div>
      ) : <div className="grid gap-6">{Array.from({ length: 5 }, (_, i) => <SkeletonText key={i} lines={2} />)}</div>}
    </Loading>
  );
}
