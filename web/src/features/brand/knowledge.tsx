import { api } from '@/shared/api/client';
import { brandPath, brandQuery } from '@/shared/api/queries';
import type { Knowledge as Snippet, KnowledgeKind } from '@/shared/api/types';
import { useDebounced } from '@/shared/draft/check';
import { cn } from '@/shared/lib/cn';
import { deleteLater, useLeaving } from '@/shared/lib/deletion';
import { shortDate } from '@/shared/lib/time';
import { useMay } from '@/shared/lib/use-may';
import { useScope } from '@/shared/lib/use-scope';
import { Button, IconButton } from '@/shared/ui/button';
import { Checkbox } from '@/shared/ui/choice';
import { SelectField } from '@/shared/ui/field';
import { SearchInput } from '@/shared/ui/search-input';
import { Section } from '@/shared/ui/section';
import { Empty, ErrorState, Loading, SkeletonText } from '@/shared/ui/states';
import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import { BookOpen, ExternalLink, Pencil, Plus, Trash2 } from 'lucide-react';
import { useEffect, useState } from 'react';
import { expiry } from './expiry';
import { KnowledgeDialog } from './knowledge-dialog';
import { brandKey, knowledgeQuery, type KnowledgeFilter } from './queries';
import { knowledgeKinds, pairs } from './words';

/** What a brand knows and writers may cite. */
export function Knowledge({ filter, onFilter }: { filter: KnowledgeFilter; onFilter: (filter: KnowledgeFilter) => void }) {
  const { scope } = useScope();
  const client = useQueryClient();
  const may = useMay('brand.update');
  const list = useInfiniteQuery(knowledgeQuery(scope, filter));
  const { data: brand } = useQuery(brandQuery(scope));
  const leaving = useLeaving();
  const [open, setOpen] = useState<string | null>(null);
  const all = list.data?.pages.flatMap((p) => p.items) ?? [];
  const items = all.filter((k) => !leaving.has(k.id));
  const edited = all.find((k) => k.id === open);
  const refresh = () => client.invalidateQueries({ queryKey: brandKey(scope, 'knowledge') });
  const filtered = Boolean(filter.q ?? filter.kind ?? filter.valid);
  const none = list.isSuccess && items.length === 0 && !filtered;
  const add = may && <Button variant="primary" onClick={() => setOpen('new')}><Plus className="size-4" /> New snippet</Button>;
  const remove = (k: Snippet) => deleteLater(k.id, {
    said: 'The snippet is deleted',
    remove: (keepalive) => api.DELETE(`${brandPath}/knowledge/{knowledge}`, { params: { path: { ...scope, knowledge: k.id } }, keepalive }),
    settled: refresh,
  });
  return (
    <Section title="Knowledge" lead="Facts, numbers, quotations and stories that writers may cite, with where they are from. What has expired is cited no more." action={!none && add}>
      {!none && !list.isError && <Filters filter={filter} onFilter={onFilter} />}
      {list.isPending ? <Loading what="knowledge"><SkeletonText lines={6} /></Loading>
        : list.isError ? <ErrorState error={list.error} retry={() => void list.refetch()} compact />
          : items.length === 0 ? (filtered
            ? <Empty title="Nothing fits" action={<Button size="sm" onClick={() => onFilter({})}>Show all snippets</Button>}>No snippet matches these filters.</Empty>
            : <Empty icon={BookOpen} title="Nothing kept yet" action={add}>Keep what you would look up before you write: a number from your last survey, a sentence of a customer, the answer to the question everybody asks.</Empty>)
            : (
              <ul className="divide-y border-y" aria-label="Knowledge" aria-busy={list.isPlaceholderData || undefined}>
                {items.map((k) => <Row key={k.id} snippet={k} zone={brand?.time_zone} may={may} edit={() => setOpen(k.id)} remove={() => remove(k)} />)}
              </ul>
            )}
      {list.hasNextPage && <div><Button variant="quiet" size="sm" busy={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>Show more</Button></div>}
      {open === 'new' && <KnowledgeDialog refresh={refresh} onClose={() => setOpen(null)} />}
      {edited && <KnowledgeDialog key={edited.id} snippet={edited} refresh={refresh} onClose={() => setOpen(null)} />}
    </Section>
  );
}

function Filters({ filter, onFilter }: { filter: KnowledgeFilter; onFilter: (filter: KnowledgeFilter) => void }) {
  const [q, setQ] = useState(filter.q ?? '');
  const settled = useDebounced(q, 250);
  useEffect(() => {
    if ((filter.q ?? '') !== settled) onFilter({ ...filter, q: settled || undefined });
    // Only what is typed moves the filter; the filter itself comes from the URL.
  }, [settled]); // eslint-disable-line react-hooks/exhaustive-deps
  // “Show all” empties the address; the field follows it.
  useEffect(() => {
    if (filter.q === undefined) setQ('');
  }, [filter.q]);
  return (
    <div className="grid items-end gap-4 sm:grid-cols-[minmax(0,1fr)_12rem]">
      <SearchInput label="Search knowledge" value={q} onChange={setQ} />
      <SelectField label="Kind" value={filter.kind ?? ''} onChange={(e) => onFilter({ ...filter, kind: (e.target.value || undefined) as KnowledgeKind | undefined })}>
        <option value="">All kinds</option>
        {pairs(knowledgeKinds).map(([id, label]) => <option key={id} value={id}>{label}</option>)}
      </SelectField>
      <label className="flex min-h-6 items-center gap-3 text-sm sm:col-span-2"><Checkbox label="Only what may be cited today" checked={filter.valid === true} onChange={(on) => onFilter({ ...filter, valid: on || undefined })} /><span>Only what may be cited today</span></label>
    </div>
  );
}

function Row({ snippet: k, zone, may, edit, remove }: { snippet: Snippet; zone: string | undefined; may: boolean; edit: () => void; remove: () => void }) {
  const short = k.content.length > 40 ? `${k.content.slice(0, 40)}…` : k.content;
  const ends = expiry(k.valid_until, new Date(), zone);
  const from = k.source ?? (k.url ? k.url.replace(/^https?:\/\/(www\.)?/, '').replace(/\/.*$/, '') : null);
  return (
    <li className="flex items-start gap-3 py-5">
      <div className="grid min-w-0 grow gap-2">
        <p className={cn('max-w-prose whitespace-pre-line wrap-anywhere', k.kind === 'quotation' ? 'border-l-2 border-brass pl-4 font-serif text-lg italic' : 'font-serif text-lg', ends?.state === 'over' && 'text-ink-3')}>{k.content}</p>
        <p className="flex flex-wrap gap-x-3 gap-y-1 text-xs text-ink-3">
          <span>{knowledgeKinds[k.kind]}</span>
          {from && (k.url
            ? <a href={k.url} target="_blank" rel="noreferrer noopener" className="inline-flex min-w-0 items-center gap-1 text-ink-2 underline-offset-4 hover:text-ink hover:underline"><span className="truncate">{from}</span><ExternalLink className="size-3 shrink-0" aria-hidden /></a>
            : <span className="text-ink-2">{from}</span>)}
          {ends && <span className={cn(ends.state === 'over' && 'font-semibold text-bad', ends.state === 'soon' && 'font-semibold text-brass-ink')}>{ends.state === 'over' ? `Expired ${shortDate(k.valid_until ?? '')}` : ends.days === 0 ? 'Valid until tonight' : ends.state === 'soon' ? `Valid ${ends.days === 1 ? 'one more day' : `${ends.days} more days`}` : `Valid until ${shortDate(k.valid_until ?? '')}`}</span>}
        </p>
      </div>
      {may && (
        <div className="flex shrink-0 max-sm:-mr-2">
          <IconButton label={`Edit “${short}”`} onClick={edit}><Pencil /></IconButton>
          <IconButton label={`Delete “${short}”`} onClick={remove}><Trash2 /></IconButton>
        </div>
      )}
    </li>
  );
}
