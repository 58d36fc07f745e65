import { samplesQuery, voiceKey, voicePath, type SampleFilter, type SampleSource, type VoiceSample, type Whose } from '@/shared/voice/api';
import { sourceWords } from '@/shared/voice/words';
import { api, seen, take } from '@/shared/api/client';
import { asProblem } from '@/shared/api/problem';
import { networksQuery, type Scope } from '@/shared/api/queries';
import type { NetworkId, Page } from '@/shared/api/types';
import { deleteLater, useLeaving } from '@/shared/lib/deletion';
import { toast } from '@/shared/lib/toast';
import { useMedia } from '@/shared/lib/use-media';
import { useScope } from '@/shared/lib/use-scope';
import { Button } from '@/shared/ui/button';
import { Segmented } from '@/shared/ui/choice';
import { SelectField } from '@/shared/ui/field';
import { Empty, ErrorState, Loading, SkeletonText } from '@/shared/ui/states';
import { useInfiniteQuery, useMutation, useQuery, useQueryClient, type InfiniteData } from '@tanstack/react-query';
import { Plus, Quote } from 'lucide-react';
import { useState } from 'react';
import { pairs } from '../words';
import { useFromPosts } from './overview';
import { SampleDialog } from './sample-dialog';
import { SampleCards, SampleTable, type RowActions } from './sample-rows';

/** What the voice is learned from. */
export function Samples({ filter, onFilter, add, may }: { filter: SampleFilter; onFilter: (filter: SampleFilter) => void; add: () => void; may: boolean }) {
  const { scope } = useScope();
  const { whose, network, source, used, sort } = filter;
  const own: SampleFilter = { whose, network, source, used, sort };
  const list = useInfiniteQuery(samplesQuery(scope, own));
  const leaving = useLeaving();
  const roomy = useMedia('(min-width: 60rem)');
  const [open, setOpen] = useState<string | null>(null);
  const posts = useFromPosts();
  const actions = useSampleActions(scope, own);
  const items = (list.data?.pages.flatMap((p) => p.items) ?? []).filter((s) => !leaving.has(s.id));
  const shown = items.find((s) => s.id === open);
  const filtered = network !== undefined || source !== undefined || used !== undefined;
  const rows: RowActions = { ...actions, may, open: setOpen };
  return (
    <div className="grid gap-6">
      <Filters filter={own} onFilter={onFilter} />
      {list.isPending ? <Loading what="samples"><SkeletonText lines={8} /></Loading>
        : list.isError ? <ErrorState error={list.error} retry={() => void list.refetch()} compact />
          : items.length === 0 ? (filtered
            ? <Empty title="Nothing fits" action={<Button size="sm" onClick={() => onFilter({ whose, sort })}>Show all samples</Button>}>No sample is from there.</Empty>
            : whose === 'other'
              ? <Empty icon={Quote} title="No texts of others" action={may && <Button onClick={add}><Plus className="size-4" /> Add texts of others</Button>}>There is a library of them to compare with. A few on your own subjects, by others, make the voice surer.</Empty>
              : <Empty icon={Quote} title="No samples yet" action={may && <><Button variant="primary" onClick={add}><Plus className="size-4" /> Add samples</Button><Button busy={posts.busy} onClick={posts.take}>Take them from your posts</Button></>}>Posts, letters, articles: things as you wrote them. Ten are a good start.</Empty>)
            : roomy ? <SampleTable items={items} actions={rows} busy={list.isPlaceholderData} /> : <SampleCards items={items} actions={rows} busy={list.isPlaceholderData} />}
      <div className="flex flex-wrap gap-2">
        {list.hasNextPage && <Button variant="quiet" size="sm" busy={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>Show more</Button>}
        {may && items.length > 0 && whose !== 'other' && <Button variant="quiet" size="sm" busy={posts.busy} onClick={posts.take}>Take them from your posts</Button>}
      </div>
      {shown && <SampleDialog sample={shown} onClose={() => setOpen(null)} />}
    </div>
  );
}

function useSampleActions(scope: Scope, filter: SampleFilter): Pick<RowActions, 'use' | 'remove'> {
  const client = useQueryClient();
  const refresh = () => client.invalidateQueries({ queryKey: voiceKey(scope) });
  const use = useMutation({
    mutationFn: ({ sample, used }: { sample: VoiceSample; used: boolean }) => take(api.PATCH(`${voicePath}/samples/{sample}`, { params: { path: { ...scope, sample: sample.id }, header: seen(sample.version) }, body: { used_for_training: used } })),
    onMutate: async ({ sample, used }) => {
      const { queryKey } = samplesQuery(scope, filter);
      await client.cancelQueries({ queryKey });
      client.setQueryData<InfiniteData<Page<VoiceSample>>>(queryKey, (old) => old && { ...old, pages: old.pages.map((p) => ({ ...p, items: p.items.map((s) => (s.id === sample.id ? { ...s, used_for_training: used, version: sample.version + 1 } : s)) })) });
    },
    onError: (error) => toast('It could not be changed', { kind: 'error', detail: asProblem(error).message }),
    onSettled: refresh,
  });
  return {
    use: (sample, used) => use.mutate({ sample, used }),
    remove: (sample) => deleteLater(sample.id, {
      said: 'The sample is deleted',
      remove: (keepalive) => api.DELETE(`${voicePath}/samples/{sample}`, { params: { path: { ...scope, sample: sample.id } }, keepalive }),
      settled: refresh,
    }),
  };
}

function Filters({ filter, onFilter }: { filter: SampleFilter; onFilter: (filter: SampleFilter) => void }) {
  const { data: networks } = useQuery(networksQuery);
  return (
    <div className="grid gap-4">
      <Segmented<Whose> label="Written by" value={filter.whose ?? 'own'} onChange={(whose) => onFilter({ ...filter, whose: whose === 'own' ? undefined : whose })} options={[{ value: 'own', label: 'Yours' }, { value: 'other', label: 'Of others' }]} className="-ml-3" />
      <div className="grid items-end gap-4 grid-cols-2 lg:grid-cols-4">
        <SelectField label="Network" value={filter.network ?? ''} onChange={(e) => onFilter({ ...filter, network: (e.target.value || undefined) as NetworkId | undefined })}>
          <option value="">All networks</option>
          {networks?.networks.filter((n) => n.id !== 'sandbox').map((n) => <option key={n.id} value={n.id}>{n.name}</option>)}
        </SelectField>
        <SelectField label="Where from" value={filter.source ?? ''} onChange={(e) => onFilter({ ...filter, source: (e.target.value || undefined) as SampleSource | undefined })}>
          <option value="">All ways</option>
          {pairs(sourceWords).map(([id, label]) => <option key={id} value={id}>{label}</option>)}
        </SelectField>
        <SelectField label="Use" value={filter.used === undefined ? '' : String(filter.used)} onChange={(e) => onFilter({ ...filter, used: e.target.value === '' ? undefined : e.target.value === 'true' })}>
          <option value="">Used or not</option>
          <option value="true">Used to learn</option>
          <option value="false">Not used</option>
        </SelectField>
        <SelectField label="Order" value={filter.sort ?? 'newest'} onChange={(e) => onFilter({ ...filter, sort: e.target.value === 'best' ? 'best' : undefined })}>
          <option value="newest">Newest first</option>
          <option value="best">Best first</option>
        </SelectField>
      </div>
    </div>
  );
}
