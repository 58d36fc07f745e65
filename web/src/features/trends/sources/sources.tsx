import { isRefused } from '@/shared/api/problem';
import { useDebounced } from '@/shared/draft/check';
import { cn } from '@/shared/lib/cn';
import { useLeaving } from '@/shared/lib/deletion';
import { useHotkeys } from '@/shared/lib/hotkeys';
import { useMay } from '@/shared/lib/use-may';
import { useScope } from '@/shared/lib/use-scope';
import { useTitle } from '@/shared/lib/use-title';
import { Button, buttonClass } from '@/shared/ui/button';
import { Segmented } from '@/shared/ui/choice';
import { Menu, MenuItem, MenuRadio } from '@/shared/ui/menu';
import { SearchInput } from '@/shared/ui/search-input';
import { Empty, ErrorState, Loading, Skeleton, SkeletonText } from '@/shared/ui/states';
import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { ChevronDown, Download, Ellipsis, FileUp, Plus, Rss } from 'lucide-react';
import { Fragment, useEffect, useMemo, useRef, useState } from 'react';
import { exportAddress, sourceNamesQuery, sourceQuery, sourcesQuery, trendKeys, type SourceFilter } from '../api/queries';
import type { Source, SourceKind, SourceState } from '../api/types';
import { SourceGlyph } from '../glyph';
import { More } from '../more';
import { Tabs } from '../tabs';
import { kinds, looks, noneOf, summary } from '../words';
import { useSourceActions } from './actions';
import { AddDialog } from './add-dialog';
import { EditDialog } from './edit-dialog';
import { ImportDialog } from './import-dialog';
import { Row } from './row';

export interface SourcesView extends SourceFilter {
  /** The dialog that is open. */
  open?: 'add' | 'import' | undefined;
  /** The one source that is shown: a notice leads to it. */
  source?: string | undefined;
}
interface SourcesProps { view: SourcesView; onView: (view: SourcesView, replace?: boolean) => void }

const states: { value: SourceState | 'all'; label: string }[] = [
  { value: 'all', label: 'All' }, ...(['healthy', 'new', 'troubled', 'resting', 'unconnected', 'unsupported', 'paused'] as const).map((value) => ({ value, label: looks[value].label })),
];

/** Where ideas come from: what a brand reads, and how each of it does. */
export function Sources({ view, onView }: SourcesProps) {
  useTitle('Sources');
  const { scope } = useScope();
  const client = useQueryClient();
  const may = useMay('brand.update');
  const { open, source: wanted, ...filter } = view;
  const list = useInfiniteQuery(sourcesQuery(scope, filter));
  const leaving = useLeaving();
  const sources = useMemo(() => (list.data?.pages.flatMap((p) => p.items) ?? []).filter((s) => !leaving.has(s.id)), [list.data, leaving]);
  const [editing, setEditing] = useState<string | null>(null);
  const [start, setStart] = useState('');
  const search = useRef<HTMLInputElement>(null);
  const actions = useSourceActions();
  const one = useQuery({ ...sourceQuery(scope, wanted ?? ''), enabled: wanted !== undefined });
  const alone = one.data && !leaving.has(one.data.id) ? one.data : undefined;
  const edited = (alone?.id === editing ? alone : undefined) ?? sources.find((s) => s.id === editing);
  const filtered = Boolean(filter.kind ?? filter.state ?? filter.q);
  const none = list.isSuccess && sources.length === 0 && !filtered;
  // What is summed up is all of them, so that no one who needs a look is left out by a filter or a next page.
  const whole = list.isSuccess && !list.isPlaceholderData && !filtered && !list.hasNextPage;
  const { data: names } = useQuery({ ...sourceNamesQuery(scope), enabled: list.isSuccess && !whole, refetchInterval: 60_000 });
  const all = whole ? sources : names?.items.filter((s) => !leaving.has(s.id));
  const show = (dialog: SourcesView['open'], text = '') => {
    setStart(text);
    onView({ ...filter, open: dialog }, true);
  };
  useHotkeys({ n: () => may && show('add'), '/': () => search.current?.focus() });
  return (
    <div className="mx-auto w-full max-w-290 px-8 pt-8 pb-24 max-sm:px-4 max-sm:pt-4">
      <Tabs here="Sources" />
      <header className="flex flex-wrap items-start gap-x-3 gap-y-3">
        <div className="min-w-32 flex-1">
          <h1 className="font-serif text-3xl max-sm:text-2xl">Sources</h1>
          {!none && <p className="mt-1 min-h-4 text-xs text-ink-3">{all && all.length > 0 && <Summary of={all} />}</p>}
        </div>
        {may && !none && <Button variant="primary" onClick={() => show('add')}><Plus className="size-4" /> Add a source</Button>}
        {!none && (
          <Menu trigger={<button type="button" aria-label="More" className="inline-flex size-9 items-center justify-center rounded-md text-ink-2 hover:bg-sunk hover:text-ink max-lg:size-11"><Ellipsis className="size-4.5" /></button>}>
            {may && <MenuItem icon={FileUp} onSelect={() => show('import')}>Import OPML</MenuItem>}
            <MenuItem icon={Download} onSelect={() => save(exportAddress(scope))}>Export as OPML</MenuItem>
          </Menu>
        )}
      </header>
      {!none && <Filters view={filter} onView={onView} search={search} />}
      <div className={none ? undefined : 'mt-4'}>
        {wanted !== undefined ? (
          one.isPending ? <Waiting />
            : !alone ? (one.data || isRefused(one.error) ? <Empty title="This source is not here" action={<Button onClick={() => onView({})}>Show all sources</Button>}>It was removed, or the address is not whole.</Empty> : <ErrorState error={one.error} retry={() => void one.refetch()} />)
              : (
                <>
                  <ul className="divide-y border-y" aria-label="Sources"><Row source={alone} may={may} actions={actions} edit={() => setEditing(alone.id)} /></ul>
                  <Button className="mt-4" onClick={() => onView({})}>Show all sources</Button>
                </>
              )
        ) : list.isPending ? <Waiting />
          : list.isError && filtered && isRefused(list.error) ? <Empty title="No source can be like that" action={<Button onClick={() => onView({})}>Show all sources</Button>}>The address asks for a kind or state that there isn’t.</Empty>
          : list.isError ? <ErrorState error={list.error} retry={() => void list.refetch()} />
            : none ? <First may={may} add={(text) => show('add', text)} bring={() => show('import')} />
              : sources.length === 0 ? <Empty title="Nothing fits" action={<Button onClick={() => onView({})}>Show all sources</Button>}>{noneOf(filter)}</Empty>
                : (
                  <ul className="divide-y border-y" aria-label="Sources" aria-busy={list.isPlaceholderData || undefined}>
                    {sources.map((s) => <Row key={s.id} source={s} may={may} actions={actions} edit={() => setEditing(s.id)} />)}
                  </ul>
                )}
        {wanted === undefined && list.hasNextPage && <More busy={list.isFetchingNextPage} load={() => void list.fetchNextPage()} />}
      </div>
      {may && open === 'add' && <AddDialog start={start} onClose={() => show(undefined)} />}
      {may && open === 'import' && <ImportDialog onClose={() => show(undefined)} />}
      {edited && <EditDialog key={edited.id} source={edited} refresh={() => client.invalidateQueries({ queryKey: trendKeys.sources(scope) })} onClose={() => setEditing(null)} />}
    </div>
  );
}

/** How many there are, and where somebody should look. */
function Summary({ of }: { of: Source[] }) {
  const { scope } = useScope();
  return summary(of).map(({ text, state }, i) => (
    <Fragment key={text}>
      {i > 0 && ' · '}
      {state ? <Link to="/$org/$brand/sources" params={scope} search={{ state }} className={cn('rounded-sm whitespace-nowrap underline underline-offset-4', looks[state].text)}>{text}</Link> : text}
    </Fragment>
  ));
}

/** Lets the browser keep what an address gives as a file. */
function save(address: string): void {
  const link = document.createElement('a');
  link.href = address;
  link.download = '';
  link.click();
}

function Filters({ view, onView, search }: { view: SourceFilter; onView: SourcesProps['onView']; search: React.RefObject<HTMLInputElement | null> }) {
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
  return (
    <div className="mt-4 grid gap-2">
      <Segmented label="State" value={view.state ?? 'all'} onChange={(s) => onView({ ...view, state: s === 'all' ? undefined : s })} options={states} className="-ml-1 max-lg:-mr-8 max-lg:flex-nowrap max-lg:overflow-x-auto max-lg:pr-8 max-lg:scroll-none max-sm:-mr-4 max-sm:pr-4" />
      <div className="flex flex-wrap items-center gap-2">
        <Menu align="start" trigger={<button type="button" className={buttonClass('quiet', 'sm', '-ml-3')}>{view.kind && view.kind in kinds ? <><SourceGlyph kind={view.kind} className="size-3.5" /> {kinds[view.kind]}</> : 'All kinds'} <ChevronDown className="size-3.5 text-ink-3" /></button>}>
          <MenuRadio
            value={view.kind ?? ''}
            onChange={(k) => onView({ ...view, kind: (k || undefined) as SourceKind | undefined })}
            options={[{ value: '', label: 'All kinds' }, ...(Object.entries(kinds) as [SourceKind, string][]).map(([value, label]) => ({ value, label: <><SourceGlyph kind={value} className="text-ink-3" /> {label}</> }))]}
          />
        </Menu>
        <SearchInput ref={search} label="Search sources" value={q} onChange={setQ} className="ml-auto w-56 max-sm:w-40 max-sm:grow" />
      </div>
    </div>
  );
}

const ways: { kind: SourceKind; name: string; hint: string; text: string }[] = [
  { kind: 'feed', name: 'A blog or newsletter', hint: 'its address is enough', text: '' },
  { kind: 'youtube', name: 'A channel', hint: 'youtube.com/@name', text: 'https://www.youtube.com/' },
  { kind: 'x', name: 'An account or hashtag of X', hint: 'through your account', text: 'https://x.com/' },
  { kind: 'reddit', name: 'A subreddit', hint: 'r/name', text: 'r/' },
  { kind: 'hacker_news', name: 'Hacker News', hint: 'its front page', text: 'Hacker News' },
  { kind: 'page', name: 'A page without a feed', hint: 'watched for changes', text: '' },
];

/** Nothing is read yet: what it is good for, and the ways to begin. */
function First({ may, add, bring }: { may: boolean; add: (text: string) => void; bring: () => void }) {
  return (
    <Empty
      icon={Rss}
      title="Ideas come to those who read"
      action={may && (
        <>
          <Button variant="primary" onClick={() => add('')}><Plus className="size-4" /> Add the first source</Button>
          <Button onClick={bring}><FileUp className="size-4" /> Import from another reader</Button>
        </>
      )}
    >
      <p>Name what your readers read: blogs, newsletters, channels, subreddits. Bellwether reads them for you, politely and as often as they post, and keeps what is new in one place. From there it is one key to a draft.</p>
      {!may && <p className="mt-2">Whoever may change this brand can add sources.</p>}
      {may && (
        <ul className="mt-5 grid w-fit gap-2 max-sm:flex max-sm:w-auto max-sm:flex-wrap" aria-label="Begin with">
          {ways.map((w) => (
            <li key={w.name}>
              <button type="button" onClick={() => add(w.text)} className="flex w-full items-center gap-2.5 rounded-full border border-line bg-sheet py-1.5 pr-4 pl-3 text-sm text-ink transition-colors hover:border-brass max-lg:min-h-11">
                <SourceGlyph kind={w.kind} className="text-brass-ink" /> {w.name} <span className="ml-auto pl-4 text-xs text-ink-3 max-sm:hidden">{w.hint}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </Empty>
  );
}

function Waiting() {
  return (
    <Loading what="sources">
      <div className="divide-y border-y">
        {Array.from({ length: 5 }, (_, i) => <div key={i} className="flex gap-3.5 py-5"><Skeleton className="size-10 rounded-full" /><SkeletonText lines={2} className="grow" /></div>)}
      </div>
    </Loading>
  );
}
