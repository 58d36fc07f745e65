import { api, take } from '@/shared/api/client';
import { asProblem } from '@/shared/api/problem';
import { generationPath, generationsQuery, keys, type GenerationFilter } from '@/shared/api/queries';
import type { GenerationStatus, GenerationSummary } from '@/shared/api/types';
import { useDebounced } from '@/shared/draft/check';
import { SearchInput } from '@/shared/ui/search-input';
import { ago, fullTime } from '@/shared/lib/time';
import { toast } from '@/shared/lib/toast';
import { useScope } from '@/shared/lib/use-scope';
import { Button, IconButton } from '@/shared/ui/button';
import { Segmented } from '@/shared/ui/choice';
import { NetworkGlyph } from '@/shared/ui/network-glyph';
import { Empty, ErrorState, Loading, Skeleton } from '@/shared/ui/states';
import { Status } from '@/shared/ui/status';
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Files, Trash2 } from 'lucide-react';
import { useEffect, useState } from 'react';

const states: { value: GenerationStatus | 'all'; label: string }[] = [
  { value: 'all', label: 'All' }, { value: 'running', label: 'Writing' }, { value: 'completed', label: 'Done' }, { value: 'partial', label: 'Partly done' }, { value: 'failed', label: 'Failed' },
];

export function useDeleteGeneration(): (generation: { id: string }) => void {
  const { scope } = useScope();
  const client = useQueryClient();
  const refresh = () => void client.invalidateQueries({ queryKey: keys.brand(scope) });
  const restore = useMutation({
    mutationFn: (id: string) => take(api.POST(`${generationPath}/restore`, { params: { path: { ...scope, generation: id } } })),
    onSuccess: () => toast('Brought back'),
    onError: (error) => toast('It could not be brought back', { kind: 'error', detail: asProblem(error).message }),
    onSettled: refresh,
  });
  const remove = useMutation({
    mutationFn: (id: string) => take(api.DELETE(generationPath, { params: { path: { ...scope, generation: id } } })),
    onSuccess: (_, id) => toast('Deleted', { undo: () => restore.mutate(id) }),
    onError: (error) => toast('It could not be deleted', { kind: 'error', detail: asProblem(error).message }),
    onSettled: refresh,
  });
  return ({ id }) => remove.mutate(id);
}

export function History({ filter, onFilter }: { filter: GenerationFilter; onFilter: (filter: GenerationFilter) => void }) {
  const { scope } = useScope();
  const list = useInfiniteQuery(generationsQuery(scope, filter));
  const remove = useDeleteGeneration();
  const [q, setQ] = useState(filter.q ?? '');
  const settled = useDebounced(q, 250);
  useEffect(() => {
    if ((filter.q ?? '') !== settled) onFilter({ ...filter, q: settled || undefined });
    // Only what is typed moves the filter; the filter itself comes from the URL.
  }, [settled]); // eslint-disable-line react-hooks/exhaustive-deps
  const items = list.data?.pages.flatMap((p) => p.items) ?? [];
  const filtered = Boolean(filter.status ?? filter.q);
  if (list.isSuccess && items.length === 0 && !filtered) return null;
  return (
    <section aria-labelledby="history" className="grid gap-3">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <h2 id="history" className="grow font-serif text-xl">Earlier</h2>
        <SearchInput label="Search earlier texts" value={q} onChange={setQ} className="w-56 max-sm:w-full" />
      </div>
      <Segmented label="State" value={filter.status ?? 'all'} onChange={(s) => onFilter({ ...filter, status: s === 'all' ? undefined : s })} options={states} />
      {list.isPending ? <Loading what="earlier texts"><Rows /></Loading>
        : list.isError ? <ErrorState error={list.error} retry={() => void list.refetch()} compact />
          : items.length === 0 ? (
            <Empty title="Nothing fits" action={<Button size="sm" onClick={() => {
              setQ('');
              onFilter({});
            }}>Show all</Button>}>No earlier text has that state or those words.</Empty>
          ) : (
            <ul className="divide-y border-y">
              {items.map((g) => <Row key={g.id} generation={g} remove={() => remove(g)} />)}
            </ul>
          )}
      {list.hasNextPage && <Button variant="quiet" size="sm" className="justify-self-start" busy={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>Show more</Button>}
    </section>
  );
}

export function networksOf(targets: string[]): string[] {
  return [...new Set(targets.map((t) => t.split('.')[0] ?? t))];
}

export function titleOf(input: GenerationSummary['input']): string {
  return input.title ?? input.file_name ?? input.url ?? (input.excerpt.slice(0, 90) || 'Untitled');
}

function Row({ generation: g, remove }: { generation: GenerationSummary; remove: () => void }) {
  const { scope } = useScope();
  return (
    <li className="group/row relative flex items-center gap-4 py-3 [contain-intrinsic-size:auto_4.5rem] [content-visibility:auto]">
      <div className="min-w-0 grow">
        <Link to="/$org/$brand/studio/$generation" params={{ ...scope, generation: g.id }} className="block truncate rounded-sm font-serif text-lg after:absolute after:inset-0 hover:text-brass-ink">
          {titleOf(g.input)}
        </Link>
        <p className="mt-0.5 flex flex-wrap items-center gap-x-3 gap-y-1 text-xs text-ink-3">
          <Status status={g.status === 'pending' ? 'running' : g.status} />
          <time dateTime={g.created_at} title={fullTime(g.created_at)}>{ago(g.created_at)}</time>
          {g.input.words > 0 && <span>{g.input.words.toLocaleString()} words</span>}
          <span className="flex gap-1.5">
            <span className="sr-only">{g.targets.length} drafts</span>
            {networksOf(g.targets).map((n) => <NetworkGlyph key={n} network={n} className="size-3.5" />)}
          </span>
        </p>
      </div>
      <IconButton label={`Delete ${titleOf(g.input)}`} className="relative opacity-0 group-focus-within/row:opacity-100 group-hover/row:opacity-100 max-lg:opacity-100" onClick={remove}><Trash2 /></IconButton>
    </li>
  );
}

function Rows() {
  return (
    <div className="divide-y border-y">
      {Array.from({ length: 3 }, (_, i) => (
        <div key={i} className="grid gap-2 py-4"><Skeleton className="h-4 w-2/3" /><Skeleton className="h-3 w-1/3" /></div>
      ))}
    </div>
  );
}

export function FirstTime() {
  return (
    <Empty icon={Files} title="How it goes">
      <ol className="grid list-decimal gap-1 pl-5 marker:text-ink-3">
        <li>Give one piece of writing: a post, an article, a talk’s transcript.</li>
        <li>Every network gets a draft in its own form and within its own rules.</li>
        <li>Read, mend and approve with <strong>j</strong>, <strong>e</strong>, <strong>a</strong>. Nothing is published by itself.</li>
      </ol>
    </Empty>
  );
}
