import { isRefused } from '@/shared/api/problem';
import { useLeaving } from '@/shared/lib/deletion';
import { cn } from '@/shared/lib/cn';
import { useHotkeys } from '@/shared/lib/hotkeys';
import { useMay } from '@/shared/lib/use-may';
import { useMedia, wide } from '@/shared/lib/use-media';
import { useScope } from '@/shared/lib/use-scope';
import { useTitle } from '@/shared/lib/use-title';
import { Button, buttonClass, IconButton } from '@/shared/ui/button';
import { Empty, ErrorState, Loading, Skeleton, SkeletonText } from '@/shared/ui/states';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { ArrowLeft, Bookmark, CheckCheck, Newspaper, Pencil, Sparkles, X } from 'lucide-react';
import { useMemo, useRef, useState } from 'react';
import { feedItemsQuery, itemCountsQuery, itemsQuery, smartFeedsQuery, sourceNamesQuery } from '../api/queries';
import type { Item, SmartFeed } from '../api/types';
import { More } from '../more';
import { Tabs } from '../tabs';
import { Detail } from './detail';
import { FeedDialog } from './feed-dialog';
import { Filters } from './filters';
import { useMarks } from './marks';
import { useRepurpose } from './repurpose';
import { Row } from './row';
import { SearchBy } from './search-by';
import { filterOf, howMany, listedFeed, listedItems, markOf, readAllOf, someKeywords, step, type Listed, type ReaderView } from './view';

export interface ReaderProps { view: ReaderView; onView: (view: ReaderView, replace?: boolean) => void; toStudio: (item: Pick<Item, 'url'>) => void }

/** All that the sources say, by the newest, by source, or by a smart feed the best first. */
export function Reader({ view, onView, toStudio }: ReaderProps) {
  const { scope } = useScope();
  const may = useMay('brand.update');
  const isWide = useMedia(wide);
  const leaving = useLeaving();
  const saved = useQuery(smartFeedsQuery(scope));
  const feeds = useMemo(() => (saved.data?.items ?? []).filter((f) => !leaving.has(f.id)), [saved.data, leaving]);
  const feed = feeds.find((f) => f.id === view.feed);
  const { list, listed, more } = useListed(view);
  const repurpose = useRepurpose();
  const marks = useMarks();
  const { data: counts } = useQuery(itemCountsQuery(scope));
  const search = useRef<HTMLInputElement>(null);
  const rows = useRef<HTMLUListElement>(null);
  const [focused, setFocused] = useState<string | undefined>();
  useTitle(feed ? feed.name : 'Reader');

  const open = (id: string | undefined) => {
    if (id === undefined && markOf(view.show)) marks.settle();
    onView({ ...view, edit: undefined, item: id }, view.item !== undefined);
  };
  const ids = listed.map((l) => l.item.id);
  const here = view.item ?? focused;
  const current = listed.find((l) => l.item.id === here);
  const go = (by: 1 | -1) => {
    const next = step(ids, here, by);
    if (next === undefined) return;
    setFocused(next);
    // What is open follows; else only the eye moves, and Enter opens.
    if (view.item !== undefined) open(next);
    const row = [...(rows.current?.querySelectorAll<HTMLElement>('[data-item]') ?? [])].find((r) => r.dataset['item'] === next);
    row?.querySelector('a')?.focus({ preventScroll: true });
    row?.scrollIntoView({ block: 'nearest' });
  };
  useHotkeys({
    j: () => go(1),
    k: () => go(-1),
    o: () => current && window.open(current.item.url, '_blank', 'noopener,noreferrer'),
    r: () => current && repurpose.run(current.item),
    m: () => current && marks.toggleRead(current.item),
    s: () => current && marks.toggleSaved(current.item),
    '/': () => search.current?.focus(),
    escape: () => view.item && open(undefined),
  });
  const tight = Boolean(view.item) && isWide;
  const only = (source: string) => onView({ source });
  const unread = list.isPlaceholderData ? undefined : readAllOf(view, listed);
  return (
    <div className={cn('lg:grid lg:h-desk lg:overflow-hidden', view.item ? 'lg:grid-cols-[minmax(20rem,2fr)_minmax(0,3fr)]' : 'lg:grid-cols-1')}>
      {(isWide || !view.item) && (
        <section aria-label="Items" className="flex min-w-0 flex-col lg:relative lg:h-desk lg:overflow-y-auto lg:scroll-thin">
          <div className={cn('mx-auto w-full px-8 pt-8 max-sm:px-4 max-sm:pt-4', tight ? 'lg:px-6 lg:pt-4' : 'max-w-290')}>
            <Tabs here="Reader" tight={tight} />
            <div className="flex min-h-10 items-center gap-2">
              <h1 className={cn('grow font-serif text-3xl max-sm:text-2xl', tight && 'lg:text-2xl')}>Reader</h1>
              {counts && counts.unread > 0 && view.show !== 'unread' && <Link to="/$org/$brand/reader" params={scope} search={{ show: 'unread' }} className="rounded-sm py-2 text-sm text-ink-2 underline-offset-4 hover:text-ink hover:underline">{howMany(counts.unread)} unread</Link>}
              {unread && <IconButton label="Mark all as read" className="-mr-1.5" onClick={() => marks.readAll(unread)}><CheckCheck /></IconButton>}
            </div>
            <Filters view={view} onView={onView} feeds={feeds} may={may} search={search} tight={tight} />
            {view.q && <SearchBy />}
            {feed && <About key={feed.id} feed={feed} may={may} edit={() => onView({ ...view, edit: feed.id }, true)} />}
          </div>
          <div className={cn('mx-auto mt-2 w-full grow px-8 pb-24 max-sm:px-4', tight ? 'lg:px-0' : 'max-w-290')}>
            {list.isPending ? <Waiting />
              : list.isError && isRefused(list.error) && (view.feed ?? view.source) ? <Gone of={view.feed ? 'smart feed' : 'source'} reset={() => onView({})} />
              : list.isError ? <ErrorState error={list.error} retry={() => void list.refetch()} />
                : listed.length === 0 ? <Nothing view={view} reset={() => onView({})} />
                  : (
                    <ul ref={rows} aria-label="Items" aria-busy={list.isPlaceholderData || undefined} className={cn('border-t', !tight && '-mx-4')}>
                      {listed.map((l) => <Row key={l.item.id} listed={l} view={view} tight={tight} active={l.item.id === here} onFocus={setFocused} />)}
                    </ul>
                  )}
            {more && <div className={cn(tight && 'lg:px-6')}><More {...more} /></div>}
          </div>
        </section>
      )}
      {view.item && (
        <section aria-label="Item" className="min-w-0 border-l max-lg:border-0 lg:relative lg:h-desk lg:overflow-y-auto lg:scroll-thin">
          <div className="mx-auto w-full max-w-176 px-8 pt-6 pb-24 max-sm:px-4">
            <div className="mb-4 flex items-center">
              {isWide ? <span className="grow" /> : <button type="button" onClick={() => open(undefined)} className="inline-flex h-10 grow items-center gap-2 rounded-sm text-sm text-ink-3"><ArrowLeft className="size-4" aria-hidden /> {feed?.name ?? 'Reader'}</button>}
              {isWide && <IconButton label="Close" keys="esc" onClick={() => open(undefined)}><X /></IconButton>}
            </div>
            <Detail key={view.item} id={view.item} why={current?.why ?? null} headingLevel={isWide ? 2 : 1} repurpose={repurpose} marks={marks} toStudio={toStudio} only={only} onClose={() => open(undefined)} />
          </div>
        </section>
      )}
      {may && view.edit === 'new' && <FeedDialog onMade={(made) => onView({ feed: made.id })} onGone={() => onView({})} onClose={() => onView({ ...view, edit: undefined }, true)} />}
      {may && feed && view.edit === feed.id && <FeedDialog key={feed.id} feed={feed} onMade={() => onView({ ...view, edit: undefined }, true)} onGone={() => onView({})} onClose={() => onView({ ...view, edit: undefined }, true)} />}
    </div>
  );
}

/** The list that is looked at: a smart feed brings its reasons along. */
function useListed(view: ReaderView) {
  const { scope } = useScope();
  const leaving = useLeaving();
  const items = useInfiniteQuery({ ...itemsQuery(scope, filterOf(view, new Date())), enabled: !view.feed });
  const fed = useQuery({ ...feedItemsQuery(scope, view.feed ?? '', { q: view.q, mark: markOf(view.show) }), enabled: Boolean(view.feed) });
  const listed = useMemo<Listed[]>(() => {
    const all = view.feed ? listedFeed(fed.data?.items ?? []) : listedItems(items.data?.pages.flatMap((p) => p.items) ?? []);
    // A source that is about to be removed takes its items along.
    return all.filter((l) => !leaving.has(l.item.source.id));
  }, [view.feed, fed.data, items.data, leaving]);
  const more = !view.feed && items.hasNextPage ? { busy: items.isFetchingNextPage, load: () => void items.fetchNextPage() } : null;
  return { list: view.feed ? fed : items, listed, more };
}

/** What a smart feed looks for. */
function About({ feed, may, edit }: { feed: SmartFeed; may: boolean; edit: () => void }) {
  const [whole, setWhole] = useState(false);
  const some = someKeywords(feed);
  const left = feed.keywords.length - some.length;
  return (
    <div className="mt-3 flex items-start gap-3 rounded-md bg-sunk px-4 py-2.5 text-sm text-ink-2">
      <Sparkles className="mt-0.5 size-4 shrink-0 text-brass-ink" aria-hidden />
      <p className="min-w-0 grow wrap-anywhere">
        {feed.topics.map((t) => t.topic).join(', ')}
        {feed.keywords.length > 0 && <span className="text-ink-3"> · looks for {whole ? feed.keywords.join(', ') : `${some.join(', ')}${left > 0 ? '…' : ''}`}</span>}
        {left > 0 && <> <button type="button" aria-expanded={whole} onClick={() => setWhole(!whole)} className="rounded-sm whitespace-nowrap text-ink-3 underline underline-offset-4 hover:text-ink">{whole ? 'fewer' : `${left} more`}</button></>}
      </p>
      {may && <IconButton label={`Edit ${feed.name}`} className="-my-1.5 -mr-2" onClick={edit}><Pencil /></IconButton>}
    </div>
  );
}

/** A bookmark outlives what it leads to. */
function Gone({ of, reset }: { of: 'smart feed' | 'source'; reset: () => void }) {
  return <Empty icon={of === 'source' ? Newspaper : Sparkles} title={`This ${of} is not here any more`} action={<Button onClick={reset}>Show all items</Button>}>{of === 'source' ? 'It was removed with its items, or the link is of another brand.' : 'It was deleted, or the link is of another brand. Sources and items are still there.'}</Empty>;
}

function Nothing({ view, reset }: { view: ReaderView; reset: () => void }) {
  const { scope } = useScope();
  const may = useMay('brand.update');
  const { data: names, isFetching } = useQuery(sourceNamesQuery(scope));
  // One that was added just now is not among the names of a moment ago.
  if (view.source && names && !isFetching && !names.items.some((s) => s.id === view.source)) return <Gone of="source" reset={reset} />;
  const everything = <Button onClick={reset}>Show all items</Button>;
  if (view.show === 'unread' && !view.q) return <Empty icon={CheckCheck} title="All is read" action={everything}>{view.since ? 'Nothing unread came in that time.' : 'You have read what the last 30 days brought. What comes in appears here by itself.'}</Empty>;
  if (view.show === 'saved' && !view.q) return <Empty icon={Bookmark} title="Nothing saved" action={everything}>Save an item<span className="max-lg:hidden"> with s</span> to find it here again. What is saved stays, however old it gets.</Empty>;
  if (view.feed && !view.q) return <Empty icon={Sparkles} title="Nothing fits yet" action={<Button onClick={reset}>Show all items</Button>}>None of your sources has said anything of these topics lately. What comes in is matched at once; wider words in the descriptions match more.</Empty>;
  if (view.q ?? view.since) return <Empty title="Nothing fits" action={<Button onClick={reset}>Show all items</Button>}>{view.q ? `No item says “${view.q}”${view.feed ? ' in this smart feed' : view.source ? ' in this source' : ''}${view.since ? ' lately' : ''}.` : 'Nothing new has come in that time.'}</Empty>;
  if (view.source ?? (names && names.items.length > 0)) return <Empty icon={Newspaper} title="Nothing read yet" action={<Link to="/$org/$brand/sources" params={scope} className={buttonClass('line')}>How the sources do</Link>}>A new source is looked at within a minute. What it says appears here by itself.</Empty>;
  return (
    <Empty icon={Newspaper} title="Nothing to read yet" action={<Link to="/$org/$brand/sources" params={scope} search={may ? { open: 'add' } : {}} className={buttonClass('primary')}>{may ? 'Add a source' : 'See the sources'}</Link>}>
      What your sources say stands here, the newest first.<span className="max-lg:hidden"> With j and k you go through it, o opens the original, s saves it for later, and r makes drafts of it.</span>
    </Empty>
  );
}

function Waiting() {
  return (
    <Loading what="items">
      <div className="divide-y border-t">
        {Array.from({ length: 6 }, (_, i) => <div key={i} className="grid gap-2.5 py-5"><Skeleton className="h-3 w-40" /><SkeletonText lines={2} /></div>)}
      </div>
    </Loading>
  );
}
