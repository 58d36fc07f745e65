import { useDebounced } from '@/shared/draft/check';
import { useScope } from '@/shared/lib/use-scope';
import { buttonClass } from '@/shared/ui/button';
import { Segmented } from '@/shared/ui/choice';
import { Menu, MenuRadio } from '@/shared/ui/menu';
import { SearchInput } from '@/shared/ui/search-input';
import { useQuery } from '@tanstack/react-query';
import { ChevronDown, Folder, FolderOpen, X } from 'lucide-react';
import { useEffect, useState, type Ref } from 'react';
import { foldersQuery, type MediaKind } from './api';
import type { MediaView } from './library';
import { folderDepth, folderName, kinds } from './words';

const indents = ['', 'pl-3', 'pl-6', 'pl-9'];
const shows = [{ value: '', label: 'All files' }, { value: 'used', label: 'In posts' }, { value: 'unused', label: 'In no post' }, { value: 'deleted', label: 'Deleted lately' }];

export function Filters({ view, onView, search, narrow }: { view: MediaView; onView: (view: MediaView, replace?: boolean) => void; search: Ref<HTMLInputElement>; narrow: boolean }) {
  const { scope } = useScope();
  const { data: folders } = useQuery(foldersQuery(scope));
  const [q, setQ] = useState(view.q ?? '');
  const settled = useDebounced(q, 250);
  useEffect(() => {
    if ((view.q ?? '') !== settled) onView({ ...view, q: settled || undefined }, true);
    // only what is typed moves the address
  }, [settled]); // eslint-disable-line react-hooks/exhaustive-deps
  useEffect(() => {
    if (view.q === undefined) setQ((old) => (old === settled ? '' : old));
  }, [view.q]); // eslint-disable-line react-hooks/exhaustive-deps
  const named = folders?.items.filter((f) => f.folder !== '') ?? [];
  return (
    <div className="mt-6 mb-4 grid gap-2">
      <div className="flex flex-wrap items-center gap-x-2 gap-y-2">
        <Segmented label="Kind" value={view.kind ?? 'all'} onChange={(k) => onView({ ...view, kind: k === 'all' ? undefined : (k as MediaKind) })} options={[{ value: 'all', label: 'All' }, ...kinds]} className="-ml-1 grow max-sm:-mr-4 max-sm:flex-nowrap max-sm:overflow-x-auto max-sm:scroll-none" />
        {(named.length > 0 || view.folder !== undefined) && (
          <Menu align="end" trigger={<button type="button" className={buttonClass('quiet', 'sm', 'max-w-48')}><Folder className="size-3.5 shrink-0 text-ink-3" aria-hidden /> <span className="truncate">{view.folder === undefined ? 'All folders' : folderName(view.folder)}</span> <ChevronDown className="size-3.5 shrink-0 text-ink-3" aria-hidden /></button>}>
            <MenuRadio
              value={view.folder ?? ''}
              onChange={(folder) => onView({ ...view, folder: folder || undefined })}
              options={[{ value: '', label: 'All folders' }, ...named.map((f) => ({ value: f.folder, label: <span className={`flex min-w-0 grow items-center gap-2.5 ${indents[Math.min(3, folderDepth(f.folder))] ?? ''}`}><FolderOpen className="text-ink-3" aria-hidden /><span className="min-w-0 grow truncate">{folderName(f.folder)}</span><span className="text-xs text-ink-3 tabular-nums">{f.files}</span></span> }))]}
            />
          </Menu>
        )}
        <Menu align="end" trigger={<button type="button" className={buttonClass('quiet', 'sm')}>{shows.find((s) => s.value === (view.show ?? ''))?.label ?? 'All files'} <ChevronDown className="size-3.5 text-ink-3" aria-hidden /></button>}>
          <MenuRadio value={view.show ?? ''} onChange={(show) => onView({ ...view, show: (show || undefined) as MediaView['show'] })} options={shows} />
        </Menu>
        <SearchInput ref={search} label="Search files" value={q} onChange={setQ} className={narrow ? 'grow' : 'w-56 max-sm:grow'} />
      </div>
      {view.tag && (
        <p className="flex items-center gap-2 text-sm text-ink-2">With the tag
          <button type="button" aria-label={`Without the tag ${view.tag}`} onClick={() => onView({ ...view, tag: undefined })} className="inline-flex h-7 items-center gap-1.5 rounded-full bg-brass-soft pr-2 pl-3 text-brass-ink max-lg:h-9">{view.tag} <X className="size-3.5" aria-hidden /></button>
        </p>
      )}
    </div>
  );
}
