import { api, take } from '@/shared/api/client';
import { asProblem } from '@/shared/api/problem';
import { brandPath } from '@/shared/api/queries';
import type { Hook, HookKind, Season, Urgency } from '@/shared/api/types';
import { ago, fullTime } from '@/shared/lib/time';
import { toast } from '@/shared/lib/toast';
import { useMay } from '@/shared/lib/use-may';
import { useScope } from '@/shared/lib/use-scope';
import { copyText } from '@/shared/lib/clipboard';
import { Button, IconButton } from '@/shared/ui/button';
import { Checkbox } from '@/shared/ui/choice';
import { Dialog } from '@/shared/ui/dialog';
import { SelectField } from '@/shared/ui/field';
import { Section } from '@/shared/ui/section';
import { Empty, ErrorState, Loading, SkeletonText } from '@/shared/ui/states';
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { Anchor, Copy, Pencil, Plus, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { HookDialog } from './hook-dialog';
import { brandKey, hooksQuery, type HookFilter } from './queries';
import { hookKinds, pairs, seasons, urgencies } from './words';

/** First lines, kept until one is wanted. */
export function Hooks({ filter, onFilter }: { filter: HookFilter; onFilter: (filter: HookFilter) => void }) {
  const { scope } = useScope();
  const client = useQueryClient();
  const may = useMay('brand.update');
  const takes = useMay('posts.write');
  const list = useInfiniteQuery(hooksQuery(scope, filter));
  const items = list.data?.pages.flatMap((p) => p.items) ?? [];
  const [open, setOpen] = useState<string | null>(null);
  const [picked, setPicked] = useState<Hook | null>(null);
  const refresh = () => client.invalidateQueries({ queryKey: brandKey(scope, 'hooks') });
  const restore = useMutation({
    mutationFn: (id: string) => take(api.POST(`${brandPath}/hooks/{hook}/restore`, { params: { path: { ...scope, hook: id } } })),
    onSuccess: () => toast('The hook is back'),
    onError: (error) => toast('It could not be brought back', { kind: 'error', detail: asProblem(error).message }),
    onSettled: refresh,
  });
  const remove = useMutation({
    mutationFn: (h: Hook) => api.DELETE(`${brandPath}/hooks/{hook}`, { params: { path: { ...scope, hook: h.id } } }),
    onSuccess: (_, h) => toast('The hook is deleted', { detail: 'It can be brought back for 14 days.', undo: () => restore.mutate(h.id) }),
    onError: (error) => toast('It could not be deleted', { kind: 'error', detail: asProblem(error).message }),
    onSettled: refresh,
  });
  const next = useMutation({
    mutationFn: () => {
      const { kind, season, urgency } = filter;
      return take(api.POST(`${brandPath}/next-hook`, { params: { path: scope }, body: { ...(kind && { kind }), ...(season && { season }), ...(urgency && { urgency }) } }));
    },
    onSuccess: setPicked,
    onError: (error) => toast('No hook was taken', { kind: 'error', detail: asProblem(error).message }),
    onSettled: refresh,
  });
  const filtered = Boolean(filter.kind ?? filter.season ?? filter.urgency ?? filter.free);
  const edited = items.find((h) => h.id === open);
  const none = list.isSuccess && items.length === 0 && !filtered;
  const add = may && <Button variant={none || !takes ? 'primary' : 'line'} onClick={() => setOpen('new')}><Plus className="size-4" /> New hook</Button>;
  return (
    <Section
      title="Hooks"
      lead="First lines, kept until you need one. None is taken twice in a month."
      action={!none && <div className="flex flex-wrap gap-2">{add}{takes && <Button variant="primary" busy={next.isPending} onClick={() => next.mutate()}><Anchor className="size-4" /> Next hook</Button>}</div>}
    >
      {!none && <Filters filter={filter} onFilter={onFilter} />}
      {list.isPending ? <Loading what="hooks"><SkeletonText lines={6} /></Loading>
        : list.isError ? <ErrorState error={list.error} retry={() => void list.refetch()} compact />
          : items.length === 0 ? (filtered
            ? <Empty title="Nothing fits" action={<Button size="sm" onClick={() => onFilter({})}>Show all hooks</Button>}>No hook matches these filters.</Empty>
            : <Empty icon={Anchor} title="No hooks yet" action={add}>A hook is a first line that makes people read the second. Keep the good ones here; “Next hook” hands out the one that was used least.</Empty>)
            : (
              <ul className="divide-y border-y" aria-label="Hooks" aria-busy={list.isPlaceholderData || undefined}>
                {items.map((h) => <Row key={h.id} hook={h} may={may} edit={() => setOpen(h.id)} remove={() => remove.mutate(h)} />)}
              </ul>
            )}
      {list.hasNextPage && <div><Button variant="quiet" size="sm" busy={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>Show more</Button></div>}
      {open === 'new' && <HookDialog refresh={refresh} onClose={() => setOpen(null)} />}
      {edited && <HookDialog key={edited.id} hook={edited} refresh={refresh} onClose={() => setOpen(null)} />}
      {picked && <Picked hook={picked} onClose={() => setPicked(null)} />}
    </Section>
  );
}

function Filters({ filter, onFilter }: { filter: HookFilter; onFilter: (filter: HookFilter) => void }) {
  return (
    <div className="grid items-end gap-4 sm:grid-cols-3">
      <SelectField label="Kind" value={filter.kind ?? ''} onChange={(e) => onFilter({ ...filter, kind: (e.target.value || undefined) as HookKind | undefined })}>
        <option value="">All kinds</option>
        {pairs(hookKinds).map(([id, label]) => <option key={id} value={id}>{label}</option>)}
      </SelectField>
      <SelectField label="Season" value={filter.season ?? ''} onChange={(e) => onFilter({ ...filter, season: (e.target.value || undefined) as Season | undefined })}>
        <option value="">Any time</option>
        {pairs(seasons).map(([id, label]) => <option key={id} value={id}>{label}</option>)}
      </SelectField>
      <SelectField label="Urgency" value={filter.urgency ?? ''} onChange={(e) => onFilter({ ...filter, urgency: (e.target.value || undefined) as Urgency | undefined })}>
        <option value="">Any</option>
        {pairs(urgencies).map(([id, label]) => <option key={id} value={id}>{label}</option>)}
      </SelectField>
      <label className="flex min-h-6 items-center gap-3 text-sm sm:col-span-3"><Checkbox label="Not taken this month" checked={filter.free === true} onChange={(on) => onFilter({ ...filter, free: on || undefined })} /><span>Not taken this month</span></label>
    </div>
  );
}

function Row({ hook: h, may, edit, remove }: { hook: Hook; may: boolean; edit: () => void; remove: () => void }) {
  const words = [hookKinds[h.kind], h.category, h.season && seasons[h.season], h.place, h.urgency !== 'low' && `${urgencies[h.urgency]} urgency`, h.generated_at && 'generated'].filter(Boolean);
  const short = h.text.length > 40 ? `${h.text.slice(0, 40)}…` : h.text;
  return (
    <li className="flex items-start gap-3 py-4">
      <div className="grid min-w-0 grow gap-1">
        <p className="font-serif text-lg wrap-anywhere">{h.text}</p>
        <p className="flex flex-wrap gap-x-3 text-xs text-ink-3">
          <span>{words.join(' · ')}</span>
          <span>{h.usage_count === 0 ? 'never taken' : h.usage_count === 1 ? 'taken once' : `taken ${h.usage_count} times`}</span>
          {h.last_used_at && <time dateTime={h.last_used_at} title={fullTime(h.last_used_at)}>last {ago(h.last_used_at)}</time>}
          {h.performance_score != null && <span>did {Math.round(h.performance_score)} of 100</span>}
        </p>
      </div>
      {may && (
        <div className="flex shrink-0">
          <IconButton label={`Edit “${short}”`} onClick={edit}><Pencil /></IconButton>
          <IconButton label={`Delete “${short}”`} onClick={remove}><Trash2 /></IconButton>
        </div>
      )}
    </li>
  );
}

function Picked({ hook, onClose }: { hook: Hook; onClose: () => void }) {
  const copy = async () => {
    if (await copyText(hook.text)) toast('Copied');
    else toast('It could not be copied', { kind: 'error', detail: 'Select the line and copy it by hand.' });
  };
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title="Your next hook" description="It counts as taken now, and is not handed out again this month." footer={<><Button onClick={onClose}>Done</Button><Button variant="primary" onClick={() => void copy()}><Copy className="size-4" /> Copy</Button></>}>
      <p className="font-serif text-xl wrap-anywhere select-text">{hook.text}</p>
    </Dialog>
  );
}
