import { useDebounced } from '@/shared/draft/check';
import { cn } from '@/shared/lib/cn';
import { useScope } from '@/shared/lib/use-scope';
import { Button, buttonClass } from '@/shared/ui/button';
import { Segmented } from '@/shared/ui/choice';
import { Dialog } from '@/shared/ui/dialog';
import { SearchInput } from '@/shared/ui/search-input';
import { Empty, ErrorState, Loading, Skeleton } from '@/shared/ui/states';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Check } from 'lucide-react';
import { useState } from 'react';
import { mediaQuery, type Media, type MediaKind } from './api';
import { Grid, More } from './grid';
import { kinds } from './words';

/** Chooses files of the library, in the order in which they are pressed; with `only` a single one of that kind. */
export function Picker({ there, only, title = 'Add media', onPick, onClose }: { there: string[]; only?: MediaKind; title?: string; onPick: (media: Media[]) => void; onClose: () => void }) {
  const { scope } = useScope();
  const [kind, setKind] = useState<MediaKind | 'all'>(only ?? 'all');
  const [q, setQ] = useState('');
  const [picked, setPicked] = useState<Media[]>([]);
  const settled = useDebounced(q.trim(), 200);
  const list = useInfiniteQuery(mediaQuery(scope, { ...(kind !== 'all' && { kind }), ...(settled && { q: settled }) }));
  const items = list.data?.pages.flatMap((p) => p.items).filter((m) => !there.includes(m.id)) ?? [];
  const filtered = (!only && kind !== 'all') || settled !== '';
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      size="xl"
      title={title}
      footer={<><Link to="/$org/$brand/media" params={scope} className={buttonClass('quiet', 'md', 'mr-auto')}>The library</Link><Button onClick={onClose}>Cancel</Button><Button variant="primary" disabled={picked.length === 0} onClick={() => {
        onPick(picked);
        onClose();
      }}>{only ? 'Choose' : picked.length > 1 ? `Add ${picked.length} files` : 'Add'}</Button></>}
    >
      <div className="grid gap-5">
        <div className="flex flex-wrap items-center gap-2">
          {!only && <Segmented label="Kind" value={kind} onChange={setKind} options={[{ value: 'all', label: 'All' }, ...kinds]} className="-ml-1 grow" />}
          <SearchInput label="Search files" value={q} onChange={setQ} className={only ? 'grow' : 'w-56 max-sm:grow'} />
        </div>
        {list.isPending ? <Loading what="the files"><div className="grid grid-cols-[repeat(auto-fill,minmax(7.5rem,1fr))] gap-4">{Array.from({ length: 10 }, (_, i) => <Skeleton key={i} className="aspect-square w-full rounded-lg" />)}</div></Loading>
          : list.isError ? <ErrorState error={list.error} retry={() => void list.refetch()} compact />
            : items.length === 0 ? <Empty title={filtered ? 'Nothing fits' : only ? 'Nothing to choose' : 'Nothing more to add'}>{filtered ? 'No file has that kind and these words.' : only ? 'Upload it in the library first.' : 'Upload files on the draft itself, or in the library.'}</Empty>
              : (
                <Grid narrow label="Files to choose from" items={items} busy={list.isPlaceholderData} wrap={(m, look, inside) => {
                  const at = picked.findIndex((p) => p.id === m.id);
                  return (
                    <button type="button" aria-pressed={at >= 0} onClick={() => setPicked((old) => (at >= 0 ? old.filter((p) => p.id !== m.id) : only ? [m] : [...old, m]))} className={cn(look, 'w-full text-left', at >= 0 && '[&>span:first-child]:border-brass [&>span:first-child]:ring-2 [&>span:first-child]:ring-brass')}>
                      {inside}
                      {at >= 0 && <span aria-hidden className="absolute top-2 right-2 flex size-6 items-center justify-center rounded-full bg-brass text-xs font-semibold text-on-brass">{picked.length > 1 ? at + 1 : <Check className="size-4" strokeWidth={3} />}</span>}
                    </button>
                  );
                }} />
              )}
        {list.hasNextPage && <More busy={list.isFetchingNextPage} load={() => void list.fetchNextPage()} />}
      </div>
    </Dialog>
  );
}
