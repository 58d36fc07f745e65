import { isGone } from '@/shared/api/problem';
import { networksQuery, postQuery, postsQuery, type PostFilter } from '@/shared/api/queries';
import type { NetworkId, Post, PostStatus } from '@/shared/api/types';
import { usePostActions, type PostActions } from '@/shared/draft/actions';
import { useDebounced } from '@/shared/draft/check';
import { DraftCard } from '@/shared/draft/draft-card';
import { useDraftKeys } from '@/shared/draft/keys';
import { cn } from '@/shared/lib/cn';
import { useHotkeys } from '@/shared/lib/hotkeys';
import { useMedia, wide } from '@/shared/lib/use-media';
import { useRows } from '@/shared/lib/use-rows';
import { useScope } from '@/shared/lib/use-scope';
import { useTitle } from '@/shared/lib/use-title';
import { Button, buttonClass, IconButton } from '@/shared/ui/button';
import { Segmented } from '@/shared/ui/choice';
import { Menu, MenuRadio } from '@/shared/ui/menu';
import { NetworkGlyph } from '@/shared/ui/network-glyph';
import { SearchInput } from '@/shared/ui/search-input';
import { Empty, ErrorState, Loading, Skeleton, SkeletonText } from '@/shared/ui/states';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { ArrowLeft, ChevronDown, LibraryBig, X } from 'lucide-react';
import { useEffect, useMemo, useRef, useState, type ReactNode } from 'react';
import { BulkBar } from './bulk-bar';
import { Row, type RowProps } from './row';

export interface LibraryView extends PostFilter { post?: string | undefined }
export interface LibraryProps { view: LibraryView; onView: (view: LibraryView, replace?: boolean) => void }
interface PageProps extends LibraryProps { finish?: (post: Post) => ReactNode; media?: (post: Post) => ReactNode }

const statuses: { value: PostStatus | 'all'; label: string }[] = [
  { value: 'all', label: 'All' }, { value: 'pending', label: 'To review' }, { value: 'approved', label: 'Approved' }, { value: 'rejected', label: 'Rejected' }, { value: 'archived', label: 'Archived' },
];

export function Library({ view, onView, finish, media }: PageProps) {
  useTitle('Library');
  const { scope, author } = useScope();
  const filter = { status: view.status, network: view.network, q: view.q };
  const list = useInfiniteQuery(postsQuery(scope, filter));
  const posts = useMemo(() => list.data?.pages.flatMap((p) => p.items) ?? [], [list.data]);
  const all = usePostActions(scope);
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [selecting, setSelecting] = useState(false);
  const chosen = posts.filter((p) => selected.has(p.id));
  const search = useRef<HTMLInputElement>(null);
  const isWide = useMedia(wide);
  const scroller = useRef<HTMLElement>(null);
  const open = (id: string | undefined) => {
    const { post: _, ...rest } = view;
    // Looking through a list should not fill the history; opening from none should be gone back from.
    onView(id ? { ...rest, post: id } : rest, view.post !== undefined);
  };
  const actions: PostActions = {
    ...all,
    move: (moved, verb, reason) => {
      const at = posts.findIndex((p) => p.id === view.post);
      if (verb === 'delete' && moved.some((p) => p.id === view.post)) {
        // What is gone is nothing to look at: the next one is, as in any list of letters; on a phone the list.
        const stays = (p: Post) => !moved.some((m) => m.id === p.id);
        const next = isWide && at >= 0 ? posts.slice(at).find(stays) ?? posts.slice(0, at).reverse().find(stays) : undefined;
        open(next?.id);
      }
      all.move(moved, verb, reason);
    },
  };
  const handle = useDraftKeys({ posts, active: view.post, setActive: open, actions, selected: chosen });
  const toggle = (id: string, on?: boolean) => setSelected((old) => {
    const next = new Set(old);
    if (on ?? !next.has(id)) next.add(id);
    else next.delete(id);
    return next;
  });
  useHotkeys({
    '/': () => search.current?.focus(),
    s: () => view.post && toggle(view.post),
    o: () => posts[0] && !view.post && open(posts[0].id),
    escape: () => (selected.size > 0 ? setSelected(new Set()) : open(undefined)),
  });
  const act = (verb: Parameters<typeof actions.move>[1]) => {
    actions.move(chosen, verb);
    setSelected(new Set());
  };
  const showList = isWide || !view.post;
  const filtered = Boolean(view.status ?? view.network ?? view.q);

  return (
    <div className={cn('lg:grid lg:h-desk lg:overflow-hidden', view.post ? 'lg:grid-cols-[minmax(20rem,2fr)_minmax(0,3fr)]' : 'lg:grid-cols-1')}>
      {showList && (
        <section ref={scroller} aria-label="Drafts" className="flex min-w-0 flex-col lg:h-desk lg:overflow-y-auto lg:scroll-thin">
          <div className={cn('mx-auto w-full px-8 pt-14 max-sm:px-4 max-sm:pt-6', view.post ? 'lg:px-6 lg:pt-8' : 'max-w-290')}>
            <div className="flex items-center">
              <h1 className={cn('grow font-serif text-3xl max-sm:text-2xl', view.post && 'lg:text-2xl')}>Library</h1>
              {/* Where nothing hovers, the boxes need a way to be called. */}
              {posts.length > 0 && <Button variant="quiet" size="sm" className="lg:hidden" aria-pressed={selecting} onClick={() => {
                setSelecting(!selecting);
                setSelected(new Set());
              }}>{selecting ? 'Done' : 'Select'}</Button>}
            </div>
            <Filters view={view} onView={onView} search={search} narrow={Boolean(view.post)} />
          </div>
          <div className={cn('mx-auto w-full grow px-8 pb-24 max-sm:px-4', view.post ? 'lg:px-0' : 'max-w-290')}>
            {list.isPending ? <Waiting />
              : list.isError ? <ErrorState error={list.error} retry={() => void list.refetch()} />
                : posts.length === 0 ? <Nothing filtered={filtered} status={view.status} reset={() => onView({})} />
                  : (
                    <Rows
                      posts={posts}
                      view={view}
                      scroller={scroller}
                      inner={isWide}
                      more={list.hasNextPage}
                      busy={list.isPlaceholderData}
                      row={(post) => ({ tight: Boolean(view.post) && isWide, selected: selected.has(post.id), selecting: selecting || selected.size > 0, onSelect: (on) => toggle(post.id, on) })}
                    />
                  )}
            {list.hasNextPage && <More busy={list.isFetchingNextPage} load={() => void list.fetchNextPage()} />}
          </div>
          {selected.size > 0 && (
            <BulkBar count={chosen.length} all={chosen.length === posts.length} onAll={() => setSelected(new Set(posts.map((p) => p.id)))} act={act} clear={() => setSelected(new Set())} />
          )}
        </section>
      )}
      {view.post && (
        <section aria-label="Draft" className="min-w-0 border-l max-lg:border-0 lg:h-desk lg:overflow-y-auto lg:scroll-thin">
          <div className="mx-auto w-full max-w-176 px-8 pt-6 pb-24 max-sm:px-4">
            <div className="mb-4 flex items-center">
              {isWide ? <span className="grow" /> : (
                <button type="button" onClick={() => open(undefined)} className="inline-flex h-10 grow items-center gap-2 rounded-sm text-sm text-ink-3"><ArrowLeft className="size-4" aria-hidden /> Library</button>
              )}
              {isWide && <IconButton label="Close" keys="esc" onClick={() => open(undefined)}><X /></IconButton>}
            </div>
            <Detail key={view.post} id={view.post} listed={posts.find((p) => p.id === view.post)}>
              {(post) => (
                <DraftCard
                  scope={scope}
                  post={post}
                  author={author}
                  actions={actions}
                  handle={handle}
                  headingLevel={isWide ? 2 : 1}
                  finish={finish?.(post)} media={media?.(post)}
                  after={post.generation_id && (
                    <p className="border-t px-5 py-3 text-xs text-ink-3">
                      From <Link to="/$org/$brand/studio/$generation" params={{ ...scope, generation: post.generation_id }} search={{ post: post.id }} className="text-ink-2 underline underline-offset-4 hover:text-ink">{post.source.title ?? 'its source'}</Link>
                    </p>
                  )}
                />
              )}
            </Detail>
          </div>
        </section>
      )}
    </div>
  );
}

type RowState = Pick<RowProps, 'tight' | 'selected' | 'selecting' | 'onSelect'>;

/** The drafts, as many as are in sight. */
function Rows({ posts, view, scroller, inner, more, busy, row }: {
  posts: Post[]; view: LibraryView; scroller: React.RefObject<HTMLElement | null>; inner: boolean; more: boolean; busy: boolean; row: (post: Post) => RowState;
}) {
  const list = useRef<HTMLUListElement>(null);
  const rows = useRows({ count: posts.length, height: 104, list, scroller, inner, keyOf: (i) => posts[i]?.id ?? String(i) });
  const at = posts.findIndex((p) => p.id === view.post);
  const { show } = rows;
  const latest = useRef(show);
  useEffect(() => {
    latest.current = show;
  });
  useEffect(() => {
    if (at >= 0 && inner) latest.current(at);
  }, [at, inner]);
  return (
    <ul ref={list} className="relative" style={{ height: rows.height }} aria-label="Drafts" aria-busy={busy || undefined}>
      {rows.items.map((item) => {
        const post = posts[item.index];
        return post && (
          <Row
            key={item.key}
            ref={rows.measure}
            index={item.index}
            of={more ? -1 : posts.length}
            top={item.start - rows.offset}
            post={post}
            view={view}
            active={post.id === view.post}
            {...row(post)}
          />
        );
      })}
    </ul>
  );
}

function Detail({ id, listed, children }: { id: string; listed: Post | undefined; children: (post: Post) => React.ReactNode }) {
  const { scope } = useScope();
  const one = useQuery({ ...postQuery(scope, id), ...(listed && { initialData: listed }), enabled: !listed });
  const gone = !listed && one.isError && isGone(one.error);
  const post = listed ?? one.data;
  if (post && !gone) return children(post);
  if (one.isError) return <ErrorState error={one.error} {...(isGone(one.error) ? { title: 'This draft is not here' } : { retry: () => void one.refetch() })} />;
  return <Loading what="the draft"><SkeletonText lines={8} /></Loading>;
}

function Filters({ view, onView, search, narrow }: LibraryProps & { search: React.RefObject<HTMLInputElement | null>; narrow: boolean }) {
  const { data } = useQuery(networksQuery);
  const [q, setQ] = useState(view.q ?? '');
  const settled = useDebounced(q, 250);
  useEffect(() => {
    if ((view.q ?? '') !== settled) onView({ ...view, q: settled || undefined }, true);
    // Only what is typed moves the URL.
  }, [settled]); // eslint-disable-line react-hooks/exhaustive-deps
  useEffect(() => {
    // Back and forward move the field.
    if (view.q === undefined) setQ((old) => (old === settled ? '' : old));
  }, [view.q]); // eslint-disable-line react-hooks/exhaustive-deps
  const network = data?.networks.find((n) => n.id === view.network);
  const without = (name: 'status' | 'network') => {
    const { [name]: _, ...rest } = view;
    return rest;
  };
  return (
    <div className="mt-6 mb-2 flex flex-wrap items-center gap-x-2 gap-y-2">
      <Segmented label="State" value={view.status ?? 'all'} onChange={(s) => onView(s === 'all' ? without('status') : { ...view, status: s })} options={statuses} className="-ml-1 grow max-sm:-mr-4 max-sm:flex-nowrap max-sm:overflow-x-auto max-sm:scroll-none" />
      <Menu
        align="end"
        trigger={
          <button type="button" className={buttonClass('quiet', 'sm')}>
            {network ? <><NetworkGlyph network={network.id} className="size-3.5" /> {network.name}</> : 'All networks'} <ChevronDown className="size-3.5 text-ink-3" />
          </button>
        }
      >
        <MenuRadio
          value={view.network ?? ''}
          onChange={(n) => onView(n ? { ...view, network: n as NetworkId } : without('network'))}
          options={[{ value: '', label: 'All networks' }, ...(data?.networks ?? []).map((n) => ({ value: n.id, label: <><NetworkGlyph network={n.id} className="text-ink-3" /> {n.name}</> }))]}
        />
      </Menu>
      <SearchInput ref={search} label="Search drafts" value={q} onChange={setQ} className={cn('max-sm:grow', narrow ? 'grow' : 'w-56')} />
    </div>
  );
}

/** Loads the next page when it comes near; the button is for those without scrolling. */
function More({ busy, load }: { busy: boolean; load: () => void }) {
  const mark = useRef<HTMLDivElement>(null);
  const latest = useRef(load);
  useEffect(() => {
    latest.current = load;
  });
  useEffect(() => {
    const element = mark.current;
    if (!element || busy) return;
    const watcher = new IntersectionObserver(([entry]) => entry?.isIntersecting && latest.current(), { rootMargin: '400px' });
    watcher.observe(element);
    return () => watcher.disconnect();
  }, [busy]);
  return <div ref={mark} className="pt-4"><Button variant="quiet" size="sm" busy={busy} onClick={load}>Show more</Button></div>;
}

function Nothing({ filtered, status, reset }: { filtered: boolean; status: string | undefined; reset: () => void }) {
  const { scope } = useScope();
  if (!filtered) {
    return (
      <Empty icon={LibraryBig} title="No drafts yet" action={<Link to="/$org/$brand/studio" params={scope} className={buttonClass('primary')}>Make the first ones</Link>}>
        Every draft that the Studio writes is kept here: to review, approved, rejected. You find it again by its words or its network.
      </Empty>
    );
  }
  return (
    <Empty title={status === 'pending' ? 'Nothing left to review' : 'Nothing fits'} action={<Button onClick={reset}>Show all drafts</Button>}>
      {status === 'pending' ? 'Every draft has its decision.' : 'No draft has that state, network and words.'}
    </Empty>
  );
}

function Waiting() {
  return (
    <Loading what="drafts">
      <div className="divide-y">
        {Array.from({ length: 6 }, (_, i) => <div key={i} className="flex gap-4 py-5"><Skeleton className="size-5" /><SkeletonText lines={2} className="grow" /></div>)}
      </div>
    </Loading>
  );
}
