import { cn } from '@/shared/lib/cn';
import { useHotkeys } from '@/shared/lib/hotkeys';
import { useMay } from '@/shared/lib/use-may';
import { useMedia, wide } from '@/shared/lib/use-media';
import { useNow } from '@/shared/lib/use-now';
import { useScope } from '@/shared/lib/use-scope';
import { useTitle } from '@/shared/lib/use-title';
import { Button, buttonClass, IconButton } from '@/shared/ui/button';
import { Empty, ErrorState, Loading, Skeleton, SkeletonText } from '@/shared/ui/states';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { ArrowLeft, TrendingUp, X } from 'lucide-react';
import { useEffect, useMemo, useRef, useState } from 'react';
import { sourceNamesQuery } from '../api/queries';
import type { Trend } from '../api/contract';
import { trendQuery, trendsQuery } from '../api/trends';
import { More } from '../more';
import { step } from '../reader/view';
import { Tabs } from '../tabs';
import { Accuracy } from './accuracy';
import { useTrendActions } from './actions';
import { Detail } from './detail';
import { DraftDialog } from './draft-dialog';
import { Filters } from './filters';
import { Row } from './row';
import { isFiltered, queryOf, showOf, sortOf, type TrendsView } from './view';
import { noneOf, plural } from './words';

interface TrendsProps { view: TrendsView; onView: (view: TrendsView, replace?: boolean) => void }
interface Asked { trend: Pick<Trend, 'id' | 'name'>; angle: string | undefined }

/** What rises in all that the sources say, and what a brand can make of it before everybody has. */
export function Trends({ view, onView }: TrendsProps) {
  const { scope } = useScope();
  const isWide = useMedia(wide);
  const now = useNow();
  const list = useInfiniteQuery(trendsQuery(scope, queryOf(view)));
  const trends = useMemo(() => list.data?.pages.flatMap((p) => p.items) ?? [], [list.data]);
  const detail = useQuery({ ...trendQuery(scope, view.trend ?? ''), enabled: view.trend !== undefined }).data;
  const actions = useTrendActions();
  const search = useRef<HTMLInputElement>(null);
  const rows = useRef<HTMLUListElement>(null);
  const [focused, setFocused] = useState<string | undefined>();
  const [asked, setAsked] = useState<Asked | null>(null);
  useEffect(() => {
    // One that turned out to be part of another answers with that one.
    if (detail && view.trend !== undefined && detail.id !== view.trend) onView({ ...view, trend: detail.id }, true);
  }, [detail?.id, view.trend]); // eslint-disable-line react-hooks/exhaustive-deps
  useTitle(view.trend && detail ? detail.name : 'Trends');

  const open = (id: string | undefined) => onView({ ...view, trend: id }, view.trend !== undefined);
  const ids = trends.map((t) => t.id);
  const here = view.trend ?? focused;
  const current = trends.find((t) => t.id === here) ?? (view.trend ? detail : undefined);
  const go = (by: 1 | -1) => {
    const next = step(ids, here, by);
    if (next === undefined) return;
    setFocused(next);
    // What is open follows; else only the eye moves, and Enter opens.
    if (view.trend !== undefined) open(next);
    const row = [...(rows.current?.querySelectorAll<HTMLElement>('[data-trend]') ?? [])].find((r) => r.dataset['trend'] === next);
    row?.querySelector('a')?.focus({ preventScroll: true });
    row?.scrollIntoView({ block: 'nearest' });
  };
  const dismiss = () => {
    if (!current) return;
    // The eye goes to the one after it, so that a row of them goes by one key.
    const at = ids.indexOf(current.id);
    const next = ids[at + 1] ?? ids[at - 1];
    actions.dismiss(current, !current.dismissed_at);
    if (!actions.mayChange || at === -1) return;
    setFocused(next);
    if (view.trend !== undefined) open(next);
  };
  const byAngle = (n: number) => {
    const angle = detail?.id === view.trend ? detail?.angles[n - 1] : undefined;
    if (detail && angle) actions.draft(detail, { angle: angle.id });
  };
  useHotkeys({
    j: () => go(1),
    k: () => go(-1),
    d: () => current && actions.mayDraft && setAsked({ trend: current, angle: undefined }),
    x: dismiss,
    o: () => current && actions.newest(current),
    1: () => byAngle(1),
    2: () => byAngle(2),
    3: () => byAngle(3),
    '/': () => search.current?.focus(),
    escape: () => view.trend && open(undefined),
  });
  const tight = Boolean(view.trend) && isWide;
  const categories = trends.flatMap((t) => (t.category ? [t.category] : []));
  const ranked = sortOf(view) === '';
  return (
    <div className={cn('lg:grid lg:h-desk lg:overflow-hidden', view.trend ? 'lg:grid-cols-[minmax(20rem,2fr)_minmax(0,3fr)]' : 'lg:grid-cols-1')}>
      {(isWide || !view.trend) && (
        <section aria-label="Trends" className="flex min-w-0 flex-col lg:relative lg:h-desk lg:overflow-y-auto lg:scroll-thin">
          <div className={cn('mx-auto grid w-full gap-x-16 gap-y-12 px-8 pt-8 pb-24 max-sm:px-4 max-sm:pt-4', tight ? 'lg:px-0 lg:pt-4' : 'max-w-290 xl:grid-cols-[minmax(0,1fr)_17rem]')}>
            <div className="min-w-0">
              <div className={cn(tight && 'lg:px-6')}>
                <Tabs here="Trends" tight={tight} />
                <h1 className={cn('font-serif text-3xl max-sm:text-2xl', tight && 'lg:text-2xl')}>Trends</h1>
                <Filters view={view} onView={onView} categories={categories} search={search} tight={tight} />
                <p className="sr-only" role="status">{list.isSuccess && !list.isPlaceholderData ? `${plural(trends.length, 'trend')}${list.hasNextPage ? ' and more' : ''}` : ''}</p>
              </div>
              <div className="mt-3">
                {list.isPending ? <Waiting />
                  : list.isError ? <div className={cn(tight && 'lg:px-6')}><ErrorState error={list.error} retry={() => void list.refetch()} /></div>
                    : trends.length === 0 ? <div className={cn(tight && 'lg:px-6')}><Nothing view={view} reset={() => onView({})} /></div>
                      : (
                        <ul ref={rows} aria-label="Trends" aria-busy={list.isPlaceholderData || undefined} className={cn('border-t', !tight && '-mx-4')}>
                          {trends.map((t, i) => <Row key={t.id} trend={t} place={ranked ? i + 1 : null} view={view} tight={tight} active={t.id === here} now={now} onFocus={setFocused} onOpen={open} />)}
                        </ul>
                      )}
                {list.hasNextPage && <div className={cn(tight && 'lg:px-6')}><More busy={list.isFetchingNextPage} load={() => void list.fetchNextPage()} /></div>}
              </div>
            </div>
            {!tight && <aside className="xl:pt-16"><Accuracy /></aside>}
          </div>
        </section>
      )}
      {view.trend && (
        <section aria-label="Trend" className="min-w-0 border-l max-lg:border-0 lg:relative lg:h-desk lg:overflow-y-auto lg:scroll-thin">
          <div className="mx-auto w-full max-w-176 px-8 pt-6 pb-24 max-sm:px-4">
            <div className="mb-4 flex items-center">
              {isWide ? <span className="grow" /> : <button type="button" onClick={() => open(undefined)} className="inline-flex h-10 grow items-center gap-2 rounded-sm text-sm text-ink-3"><ArrowLeft className="size-4" aria-hidden /> Trends</button>}
              {isWide && <IconButton label="Close" keys="esc" onClick={() => open(undefined)}><X /></IconButton>}
            </div>
            <Detail key={view.trend} id={view.trend} headingLevel={isWide ? 2 : 1} actions={actions} now={now} onClose={() => open(undefined)} toDraft={(angle) => detail && setAsked({ trend: detail, angle })} />
          </div>
        </section>
      )}
      {asked && <DraftDialog key={asked.trend.id} trend={asked.trend} angle={asked.angle} actions={actions} onClose={() => setAsked(null)} />}
    </div>
  );
}

function Nothing({ view, reset }: { view: TrendsView; reset: () => void }) {
  const { scope } = useScope();
  const may = useMay('brand.update');
  const { data: names } = useQuery(sourceNamesQuery(scope));
  const show = showOf(view);
  if (show === 'dismissed' && !view.q && !view.category && !view.sure) return <Empty title="Nothing is dismissed" action={<Button onClick={reset}>Show what rises now</Button>}>What you dismiss is still watched, but you are not told of it. You can bring it back from here.</Empty>;
  if (isFiltered(view)) return <Empty title="Nothing fits" action={<Button onClick={reset}>Show all that rises now</Button>}>{noneOf(view)}</Empty>;
  if (names && names.items.length > 0) {
    return (
      <Empty icon={TrendingUp} title="Nothing rises right now" action={<Link to="/$org/$brand/reader" params={scope} className={buttonClass('line')}>Read what is new</Link>}>
        <p>A trend is something that several of your sources say, clearly more often than usual. It takes at least three items from different sources, so with few sources it takes patience.</p>
        <p className="mt-2">{plural(names.items.length, 'source')} {names.items.length === 1 ? 'is' : 'are'} watched. <Link to="/$org/$brand/sources" params={scope} search={may ? { open: 'add' } : {}} className="rounded-sm text-link underline underline-offset-4">More sources find more, and earlier.</Link></p>
      </Empty>
    );
  }
  return (
    <Empty icon={TrendingUp} title="Be early, for once" action={<Link to="/$org/$brand/sources" params={scope} search={may ? { open: 'add' } : {}} className={buttonClass('primary')}>{may ? 'Add a source' : 'See the sources'}</Link>}>
      <p>Bellwether compares what your sources say with what they usually say. When something rises in several of them at once it stands here: why it is a trend, why it concerns you, when it will peak, and three angles to write about it before everybody has.</p>
      <p className="mt-2">It begins with a few sources that your readers read too.</p>
    </Empty>
  );
}

function Waiting() {
  return (
    <Loading what="trends">
      <div className="divide-y border-t">
        {Array.from({ length: 5 }, (_, i) => <div key={i} className="flex gap-5 py-5"><Skeleton className="size-6 shrink-0 max-sm:hidden" /><div className="grid grow gap-3"><Skeleton className="h-5 w-1/2" /><SkeletonText lines={2} /></div><Skeleton className="h-8 w-32 shrink-0 max-sm:hidden" /></div>)}
      </div>
    </Loading>
  );
}
