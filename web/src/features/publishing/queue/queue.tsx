import { brandQuery } from '@/shared/api/queries';
import type { NetworkId } from '@/shared/api/types';
import { cn } from '@/shared/lib/cn';
import { useHotkeys } from '@/shared/lib/hotkeys';
import { useMay } from '@/shared/lib/use-may';
import { useMedia, wide } from '@/shared/lib/use-media';
import { useScope } from '@/shared/lib/use-scope';
import { useTitle } from '@/shared/lib/use-title';
import { addDays, dayOf, localAt, sayDayShort, sayZone } from '@/shared/lib/zone';
import { Button, buttonClass } from '@/shared/ui/button';
import { Empty, ErrorState, Loading, Skeleton, SkeletonText } from '@/shared/ui/states';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { CalendarClock, CircleCheck } from 'lucide-react';
import { useMemo, useState, type ReactNode } from 'react';
import { usePublicationActions } from '../actions';
import { calendarQuery, publicationsQuery } from '../api/queries';
import { BulkBar } from '../bulk/bar';
import { Filters, type Filter } from '../filters';
import { PublicationPanel } from '../panel';
import { PlanMenu } from '../plan-menu';
import { PauseSwitch } from '../pauses/switch';
import { coming, nearDay, ofPublication, type QueueRow } from './group';
import { Row } from './row';

export interface QueueView { network?: NetworkId | undefined; connection?: string | undefined; item?: string | undefined; pauses?: boolean | undefined }
export interface QueueProps { view: QueueView; onView: (view: QueueView, replace?: boolean) => void }
/** More than this of what is to come is for the calendar. */
const most = 100;

export function Queue({ view, onView }: QueueProps) {
  useTitle('Queue');
  const { scope } = useScope();
  const { data: brand } = useQuery(brandQuery(scope));
  if (!brand) return <div className="mx-auto max-w-290 px-8 pt-14 max-sm:px-4"><Waiting /></div>;
  return <Board view={view} onView={onView} zone={brand.time_zone} />;
}

function Board({ view, onView, zone }: QueueProps & { zone: string }) {
  const { scope } = useScope();
  const may = useMay('posts.publish');
  const isWide = useMedia(wide);
  const actions = usePublicationActions();
  const today = dayOf(localAt(new Date(), zone));
  const filter: Filter = { network: view.network, connection: view.connection };
  const needing = useInfiniteQuery(publicationsQuery(scope, { ...filter, state: 'failed,unclear,held' }));
  const published = useInfiniteQuery(publicationsQuery(scope, { ...filter, state: 'published' }, 20));
  const calendar = useQuery(calendarQuery(scope, { from: today, to: addDays(today, 60), ...filter }));
  const soon = useMemo(() => coming(calendar.data, today), [calendar.data, today]);
  const stuck = useMemo(() => needing.data?.pages.flatMap((p) => p.items).map(ofPublication) ?? [], [needing.data]);
  const out = useMemo(() => published.data?.pages.flatMap((p) => p.items).map(ofPublication) ?? [], [published.data]);
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [selecting, setSelecting] = useState(false);

  const upcoming = soon.days.reduce((sum, [, rows]) => sum + rows.length, 0);
  const shownDays = useMemo(() => {
    let left = most;
    return soon.days.flatMap(([day, rows]): [string, QueueRow[]][] => {
      const some = rows.slice(0, left);
      left -= some.length;
      return some.length > 0 ? [[day, some]] : [];
    });
  }, [soon.days]);
  const changeable = [...stuck, ...soon.today.filter((r) => r.state !== 'published' && r.state !== 'sending'), ...shownDays.flatMap(([, rows]) => rows)];
  const chosen = changeable.filter((r) => selected.has(r.id));
  const order = [...stuck, ...soon.today, ...shownDays.flatMap(([, rows]) => rows), ...out];
  const open = (item: string | undefined) => onView({ ...view, item, pauses: undefined }, view.item !== undefined);
  const step = (by: number) => {
    const at = order.findIndex((r) => r.id === view.item);
    const next = order[at === -1 ? 0 : Math.min(order.length - 1, Math.max(0, at + by))];
    if (next) open(next.id);
  };
  const toggle = (id: string, on?: boolean) => setSelected((old) => {
    const next = new Set(old);
    if (on ?? !next.has(id)) next.add(id);
    else next.delete(id);
    return next;
  });
  useHotkeys({
    j: () => step(1),
    k: () => step(-1),
    s: () => view.item && may && changeable.some((r) => r.id === view.item) && toggle(view.item),
    escape: () => (selected.size > 0 ? setSelected(new Set()) : view.item ? open(undefined) : undefined),
  });

  const queries = [needing, published, calendar];
  const broken = queries.find((q) => q.isError);
  const pending = queries.some((q) => q.isPending);
  const row = (r: QueueRow, selectable: boolean) => (
    <Row key={r.id} row={r} view={view} today={today} active={r.id === view.item} selected={selected.has(r.id)} selecting={selecting || selected.size > 0} {...(selectable && may && { onSelect: (on: boolean) => toggle(r.id, on) })} actions={actions} open={open} />
  );
  const empty = stuck.length + soon.today.length + upcoming + out.length === 0;
  const filtered = Boolean(view.network ?? view.connection);

  return (
    <div className={cn('lg:grid lg:h-desk lg:overflow-hidden', view.item ? 'lg:grid-cols-[minmax(24rem,3fr)_minmax(0,2fr)]' : 'lg:grid-cols-1')}>
      {(isWide || !view.item) && (
        <section aria-label="Queue" className="min-w-0 lg:h-desk lg:overflow-y-auto lg:scroll-thin">
          <div className={cn('mx-auto w-full max-w-290 px-8 pt-14 pb-24 max-sm:px-4 max-sm:pt-6', view.item && 'lg:px-6 lg:pt-8')}>
            <header className="flex flex-wrap items-center gap-x-4 gap-y-3 max-sm:gap-x-1.5">
              <div className="min-w-24 flex-1">
                <h1 className={cn('font-serif text-3xl max-sm:text-2xl', view.item && 'lg:text-2xl')}>Queue</h1>
                <p className="mt-1 text-xs text-ink-3">All times in {sayZone(zone)}</p>
              </div>
              {may && changeable.length > 0 && <Button variant="quiet" size="sm" className="lg:hidden" aria-pressed={selecting} onClick={() => {
                setSelecting(!selecting);
                setSelected(new Set());
              }}>{selecting ? 'Done' : 'Select'}</Button>}
              <PlanMenu filter={filter} from={today} to={addDays(today, 60)} zone={zone} />
              <PauseSwitch open={view.pauses === true} onOpen={(pauses) => onView({ ...view, pauses: pauses || undefined }, true)} />
            </header>
            <div className="mt-4 -ml-3 flex flex-wrap gap-1"><Filters filter={filter} onFilter={(f) => onView({ ...view, ...f, item: undefined })} states={false} /></div>
            {pending ? <div className="mt-8"><Waiting /></div>
              : broken ? <ErrorState error={broken.error} retry={() => queries.forEach((q) => q.isError && void q.refetch())} />
                : empty ? <Nothing filtered={filtered} reset={() => onView({})} />
                  : (
                    <div className="mt-6 grid gap-10">
                      {stuck.length > 0 ? (
                        <Group title="Needs you" count={stuck.length} urgent more={needing.hasNextPage && <Button variant="quiet" size="sm" busy={needing.isFetchingNextPage} onClick={() => void needing.fetchNextPage()}>Show more</Button>}>{stuck.map((r) => row(r, true))}</Group>
                      ) : <p className="flex items-center gap-2 text-sm text-ink-2"><CircleCheck className="size-4.5 text-good" aria-hidden /> Nothing needs you: no failure, no doubt, nothing held.</p>}
                      <Group title="Today" count={soon.today.length} none="Nothing more is planned for today.">{soon.today.map((r) => row(r, r.state !== 'published' && r.state !== 'sending'))}</Group>
                      <Group title="Upcoming" count={upcoming} none="Nothing is planned after today." more={upcoming > most && <Link to="/$org/$brand/calendar" params={scope} search={{ view: 'list', ...filter }} className={buttonClass('quiet', 'sm')}>All {upcoming} in the calendar</Link>}>
                        {shownDays.map(([day, rows]) => (
                          <li key={day}>
                            <h3 className="border-b pt-4 pb-1.5 text-xs text-ink-3">{nearDay(day, today) ?? sayDayShort(day)}</h3>
                            <ul className="divide-y">{rows.map((r) => row(r, true))}</ul>
                          </li>
                        ))}
                      </Group>
                      <Group title="Published" none="What goes out is kept here, with everything that was tried." count={out.length} uncounted more={published.hasNextPage && <Button variant="quiet" size="sm" busy={published.isFetchingNextPage} onClick={() => void published.fetchNextPage()}>Show more</Button>}>{out.map((r) => row(r, false))}</Group>
                    </div>
                  )}
          </div>
          {chosen.length > 0 && <BulkBar rows={chosen} zone={zone} all={chosen.length === changeable.length} onAll={() => setSelected(new Set(changeable.map((r) => r.id)))} actions={actions} clear={() => setSelected(new Set())} />}
        </section>
      )}
      {view.item && <div className="min-w-0 border-l max-lg:border-0 lg:h-desk lg:overflow-y-auto lg:bg-sheet lg:scroll-thin"><PublicationPanel key={view.item} id={view.item} back="Queue" onClose={() => open(undefined)} /></div>}
    </div>
  );
}

function Group({ title, count, urgent, uncounted, none, more, children }: { title: string; count: number; urgent?: boolean; uncounted?: boolean; none?: string; more?: ReactNode; children: ReactNode }) {
  return (
    <section aria-label={title}>
      <h2 className="flex items-baseline gap-2 border-b pb-2 text-sm font-semibold">
        {urgent && <span aria-hidden className="size-2 self-center rounded-full bg-bad" />}{title} {count > 0 && !uncounted && <span className="text-xs font-normal text-ink-3 tabular-nums">{count}</span>}
      </h2>
      {count === 0 ? <p className="py-3 text-sm text-ink-3">{none}</p> : <ul className="divide-y">{children}</ul>}
      {more && <div className="pt-3">{more}</div>}
    </section>
  );
}

function Nothing({ filtered, reset }: { filtered: boolean; reset: () => void }) {
  const { scope } = useScope();
  if (filtered) return <Empty title="Nothing fits" action={<Button onClick={reset}>Show all</Button>}>Nothing is planned or published there.</Empty>;
  return (
    <Empty icon={CalendarClock} title="Nothing is queued" action={<><Link to="/$org/$brand/library" params={scope} search={{ status: 'approved' }} className={buttonClass('primary')}>Choose an approved draft</Link><Link to="/$org/$brand/brand/$section" params={{ ...scope, section: 'queue-times' }} className={buttonClass('line')}>Set queue times</Link></>}>
      Open a draft and press “Add to queue”: it takes the next free of your queue times. Here you see what goes out when, what went out, and what needs you.
    </Empty>
  );
}

function Waiting() {
  return (
    <Loading what="the queue">
      <div className="grid gap-8">{Array.from({ length: 3 }, (_, i) => <div key={i} className="grid gap-4"><Skeleton className="h-4 w-32" /><SkeletonText lines={3} /></div>)}</div>
    </Loading>
  );
}
