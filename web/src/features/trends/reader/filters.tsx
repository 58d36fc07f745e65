import { useDebounced } from '@/shared/draft/check';
import { cn } from '@/shared/lib/cn';
import { inSight } from '@/shared/lib/in-sight';
import { useScope } from '@/shared/lib/use-scope';
import { buttonClass } from '@/shared/ui/button';
import { Menu, MenuRadio } from '@/shared/ui/menu';
import { SearchInput } from '@/shared/ui/search-input';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { ChevronDown, Plus } from 'lucide-react';
import { useEffect, useState } from 'react';
import { itemCountsQuery, sourceNamesQuery } from '../api/queries';
import type { SmartFeed } from '../api/types';
import { SourcePicker } from './source-picker';
import { howMany, isSince, markOf, sinces, type ReaderView } from './view';

interface FiltersProps { view: ReaderView; onView: (view: ReaderView, replace?: boolean) => void; feeds: SmartFeed[]; may: boolean; search: React.RefObject<HTMLInputElement | null>; tight: boolean }

const tab = (on: boolean) => cn('flex h-8 shrink-0 items-center gap-1.5 rounded-md px-3 text-sm whitespace-nowrap transition-colors max-lg:h-10', on ? 'bg-brass-soft font-semibold text-brass-ink' : 'text-ink-2 hover:bg-sunk hover:text-ink');

/** Which list: all, a smart feed, a source; and in it which items. */
export function Filters({ view, onView, feeds, may, search, tight }: FiltersProps) {
  const { scope } = useScope();
  const { data: names } = useQuery(sourceNamesQuery(scope));
  const { data: counts } = useQuery(itemCountsQuery(scope));
  const show = markOf(view.show) ?? '';
  const shows = [
    { value: '', label: 'Read and unread' },
    { value: 'unread', label: `Unread${counts ? ` · ${howMany(counts.unread)}` : ''}` },
    { value: 'saved', label: `Saved${counts ? ` · ${counts.saved}` : ''}` },
  ];
  const since = isSince(view.since) ? view.since : '';
  const [q, setQ] = useState(view.q ?? '');
  const settled = useDebounced(q, 250);
  useEffect(() => {
    if ((view.q ?? '') !== settled) onView({ ...view, q: settled || undefined }, true);
    // Only what is typed moves the URL.
  }, [settled]); // eslint-disable-line react-hooks/exhaustive-deps
  useEffect(() => {
    // Back and forward move the field, and so does a phrase that is pressed.
    setQ((old) => (old === settled ? (view.q ?? '') : old));
  }, [view.q]); // eslint-disable-line react-hooks/exhaustive-deps
  return (
    <div className="mt-5 grid gap-2">
      <nav aria-label="Lists" className="-ml-1 flex gap-1 max-lg:-mr-8 max-lg:overflow-x-auto max-lg:pr-8 max-lg:scroll-none max-sm:-mr-4 max-sm:pr-4 lg:flex-wrap">
        <Link to="/$org/$brand/reader" params={scope} search={{ since: view.since, show: view.show }} aria-current={!view.feed && !view.source ? 'page' : undefined} className={tab(!view.feed && !view.source)}>All</Link>
        {feeds.map((f) => <Link key={f.id} ref={f.id === view.feed ? inSight : undefined} to="/$org/$brand/reader" params={scope} search={{ feed: f.id, show: view.show }} aria-current={f.id === view.feed ? 'page' : undefined} className={tab(f.id === view.feed)}>{f.name}</Link>)}
        {may && !tight && <button type="button" onClick={() => onView({ ...view, edit: 'new' }, true)} className={tab(false)}><Plus className="size-3.5" aria-hidden /> Smart feed</button>}
      </nav>
      <div className="flex flex-wrap items-center gap-2 max-sm:gap-x-0">
        <SourcePicker sources={names?.items ?? []} value={view.source} fed={Boolean(view.feed)} onChange={(source) => onView({ q: view.q, since: view.since, show: view.show, source })} />
        <Menu align="start" trigger={<button type="button" className={buttonClass('quiet', 'sm', 'grow-0')}>{shows.find((s) => s.value === show)?.label} <ChevronDown className="size-3.5 text-ink-3" /></button>}>
          <MenuRadio value={show} onChange={(s) => onView({ ...view, show: s || undefined, item: undefined })} options={shows} />
        </Menu>
        {!view.feed && (
          <Menu align="start" trigger={<button type="button" className={buttonClass('quiet', 'sm', 'grow-0')}>{sinces.find((s) => s.value === since)?.label} <ChevronDown className="size-3.5 text-ink-3" /></button>}>
            <MenuRadio value={since} onChange={(s) => onView({ ...view, since: s || undefined, item: undefined })} options={sinces} />
          </Menu>
        )}
        <SearchInput ref={search} label={view.feed ? 'Search this smart feed' : 'Search items'} value={q} onChange={setQ} className={cn('ml-auto max-sm:w-full', tight ? 'w-44 grow' : 'w-64')} />
      </div>
    </div>
  );
}
