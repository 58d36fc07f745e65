import { brandQuery } from '@/shared/api/queries';
import { cn } from '@/shared/lib/cn';
import { useHotkeys } from '@/shared/lib/hotkeys';
import { useMay } from '@/shared/lib/use-may';
import { useMedia, wide } from '@/shared/lib/use-media';
import { useScope } from '@/shared/lib/use-scope';
import { useTitle } from '@/shared/lib/use-title';
import { sayZone } from '@/shared/lib/zone';
import { Button, buttonClass } from '@/shared/ui/button';
import { NetworkGlyph } from '@/shared/ui/network-glyph';
import { Empty, ErrorState, Loading, Skeleton, SkeletonText } from '@/shared/ui/states';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { ArrowLeft, Plus, Repeat, Shuffle } from 'lucide-react';
import { connectionsQuery, recurrencesQuery } from '../api/queries';
import type { Recurrence } from '../api/types';
import { useNetworkName } from '../names';
import { KindIcon, RecurrenceMark, saying } from './look';
import { MakeDialog } from './make-dialog';
import { RecurrencePanel } from './panel';

export interface RecurringView { item?: string | undefined; make?: string | undefined; post?: string | undefined }
export interface RecurringProps { view: RecurringView; onView: (view: RecurringView, replace?: boolean) => void }
const over = (r: Recurrence) => r.status === 'stopped' || r.status === 'ended';

/** What goes out again and again: repetitions by a rule, and rotations of posts that stay good. */
export function Recurring({ view, onView }: RecurringProps) {
  useTitle('Recurring');
  const { scope } = useScope();
  const may = useMay('posts.publish');
  const isWide = useMedia(wide);
  const { data: brand } = useQuery(brandQuery(scope));
  const list = useQuery(recurrencesQuery(scope));
  const all = list.data?.items ?? [];
  const on = all.filter((r) => !over(r));
  const gone = all.filter(over);
  const open = (item: string | undefined) => onView({ item }, view.item !== undefined);
  const make = (kind: 'repetition' | 'rotation') => onView({ ...view, make: kind });
  const step = (by: number) => {
    const order = [...on, ...gone];
    const at = order.findIndex((r) => r.id === view.item);
    const next = order[at === -1 ? 0 : Math.min(order.length - 1, Math.max(0, at + by))];
    if (next) open(next.id);
  };
  useHotkeys({ j: () => step(1), k: () => step(-1), n: () => may && make('repetition'), escape: () => view.item && open(undefined) });
  return (
    <div className={cn('lg:grid lg:h-desk lg:overflow-hidden', view.item ? 'lg:grid-cols-[minmax(24rem,3fr)_minmax(0,2fr)]' : 'lg:grid-cols-1')}>
      {(isWide || !view.item) && (
        <section aria-label="Recurring" className="min-w-0 lg:h-desk lg:overflow-y-auto lg:scroll-thin">
          <div className={cn('mx-auto w-full max-w-290 px-8 pt-10 pb-24 max-sm:px-4 max-sm:pt-6', view.item && 'lg:px-6 lg:pt-8')}>
            <Link to="/$org/$brand/queue" params={scope} className="-ml-1 inline-flex items-center gap-1.5 rounded-sm px-1 text-sm text-ink-3 hover:text-ink max-lg:min-h-10"><ArrowLeft className="size-4" aria-hidden /> Queue</Link>
            <header className="mt-1 flex flex-wrap items-center gap-x-4 gap-y-3">
              <div className="min-w-0 grow basis-56">
                <h1 className={cn('font-serif text-3xl max-sm:text-2xl', view.item && 'lg:text-2xl')}>Recurring</h1>
                <p className="mt-1 text-xs text-ink-3">What goes out again and again.{brand && ` All times in ${sayZone(brand.time_zone)}.`}</p>
              </div>
              {may && all.length > 0 && (
                <div className="flex flex-wrap gap-2">
                  <Button onClick={() => make('rotation')}><Shuffle className="size-4" /> New rotation</Button>
                  <Button variant="primary" onClick={() => make('repetition')}><Plus className="size-4" /> Repeat a post</Button>
                </div>
              )}
            </header>
            {list.isPending ? <div className="mt-8"><Loading what="what recurs"><div className="grid gap-6">{Array.from({ length: 4 }, (_, i) => <div key={i} className="flex gap-4"><Skeleton className="size-5" /><SkeletonText lines={2} className="grow" /></div>)}</div></Loading></div>
              : list.isError ? <ErrorState error={list.error} retry={() => void list.refetch()} />
                : all.length === 0 ? <Nothing make={may ? make : undefined} />
                  : (
                    <div className="mt-8 grid gap-10">
                      <Group title="Goes on" items={on} none="Nothing goes on at present." active={view.item} />
                      {gone.length > 0 && <Group title="Over" items={gone} active={view.item} />}
                    </div>
                  )}
          </div>
        </section>
      )}
      {view.item && <div className="min-w-0 border-l max-lg:border-0 lg:h-desk lg:overflow-y-auto lg:bg-sheet lg:scroll-thin"><RecurrencePanel key={view.item} id={view.item} onClose={() => open(undefined)} /></div>}
      {may && brand && (view.make === 'repetition' || view.make === 'rotation') && (
        <MakeDialog kind={view.make} post={view.post} zone={brand.time_zone} onKind={(kind) => onView({ ...view, make: kind }, true)} onClose={() => onView({ item: view.item }, true)} onMade={(id) => onView({ item: id }, true)} />
      )}
    </div>
  );
}

function Group({ title, items, none, active }: { title: string; items: Recurrence[]; none?: string; active: string | undefined }) {
  return (
    <section aria-label={title}>
      <h2 className="flex items-baseline gap-2 border-b pb-2 text-sm font-semibold">{title} {items.length > 0 && <span className="text-xs font-normal text-ink-3 tabular-nums">{items.length}</span>}</h2>
      {items.length === 0 ? <p className="py-3 text-sm text-ink-3">{none}</p> : <ul className="divide-y">{items.map((r) => <Row key={r.id} recurrence={r} active={r.id === active} />)}</ul>}
    </section>
  );
}

function Row({ recurrence: r, active }: { recurrence: Recurrence; active: boolean }) {
  const { scope } = useScope();
  const network = useNetworkName();
  const { data } = useQuery(connectionsQuery(scope));
  const account = data?.items.find((c) => c.id === r.connection_id);
  return (
    <li className={cn('group/row relative flex gap-3.5 py-3.5', active && 'bg-sunk before:absolute before:inset-y-0 before:-left-3 before:w-0.5 before:bg-brass')}>
      <KindIcon kind={r.kind} className={cn('mt-1', over(r) ? 'text-ink-3' : 'text-brass-ink')} />
      <div className="grid min-w-0 grow gap-1">
        <div className="flex items-baseline gap-3">
          <Link to="/$org/$brand/recurring" params={scope} search={{ item: r.id }} replace={active} aria-current={active || undefined} className={cn('line-clamp-1 min-w-0 grow rounded-sm font-serif text-base after:absolute after:inset-0 group-hover/row:text-brass-ink', over(r) && 'text-ink-2')}>{r.name}</Link>
          <RecurrenceMark status={r.status} />
        </div>
        <p className="text-sm text-ink-2">{saying(r)}</p>
        <p className="flex flex-wrap items-center gap-x-2 text-xs text-ink-3"><NetworkGlyph network={r.network} className="size-3" /> <span className="truncate">{[network(r.network), account?.name].filter(Boolean).join(' · ')}</span></p>
        {r.words && r.status === 'active' && <p className="text-sm text-brass-ink wrap-anywhere">{r.words}</p>}
      </div>
    </li>
  );
}

function Nothing({ make }: { make: ((kind: 'repetition' | 'rotation') => void) | undefined }) {
  const { scope } = useScope();
  return (
    <Empty icon={Repeat} title="Nothing recurs yet" action={make ? <><Button variant="primary" onClick={() => make('repetition')}>Repeat a post</Button><Button onClick={() => make('rotation')}>Rotate several</Button></> : <Link to="/$org/$brand/queue" params={scope} className={buttonClass('line')}>To the queue</Link>}>
      <p><strong className="font-semibold text-ink">Repeat a post</strong> for what has its fixed time: opening hours every Friday, the stand-up on the first Monday.</p>
      <p className="mt-2"><strong className="font-semibold text-ink">Rotate several</strong> for what stays good: they take turns at free times of the queue, and each rests before it is said again.</p>
    </Empty>
  );
}
