import { api, take } from '@/shared/api/client';
import { asProblem } from '@/shared/api/problem';
import { brandPath } from '@/shared/api/queries';
import type { Pillar } from '@/shared/api/types';
import { cn } from '@/shared/lib/cn';
import { toast } from '@/shared/lib/toast';
import { useMay } from '@/shared/lib/use-may';
import { useScope } from '@/shared/lib/use-scope';
import { Button, IconButton } from '@/shared/ui/button';
import { ConfirmDialog } from '@/shared/ui/confirm';
import { Section } from '@/shared/ui/section';
import { Empty, ErrorState, Loading, SkeletonText } from '@/shared/ui/states';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { ArrowDown, ArrowUp, Columns3, GripVertical, Pencil, Plus, Trash2 } from 'lucide-react';
import { useRef, useState } from 'react';
import { Chips } from './chips';
import { moved } from './order';
import { PillarDialog } from './pillar-dialog';
import { Proposals } from './proposals';
import { pillarsQuery, proposalsQuery } from './queries';

/** What a brand writes about again and again, the weightiest first. */
export function Pillars() {
  const { scope } = useScope();
  const client = useQueryClient();
  const may = useMay('brand.update');
  const proposes = useMay('posts.read');
  const list = useQuery(pillarsQuery(scope));
  const [open, setOpen] = useState<string | null>(null);
  const [removing, setRemoving] = useState<Pillar | null>(null);
  const refresh = () => Promise.all([client.invalidateQueries({ queryKey: pillarsQuery(scope).queryKey }), client.invalidateQueries({ queryKey: proposalsQuery(scope).queryKey })]);
  const remove = useMutation({
    mutationFn: (p: Pillar) => api.DELETE(`${brandPath}/pillars/{pillar}`, { params: { path: { ...scope, pillar: p.id } } }),
    onSuccess: (_, p) => {
      setRemoving(null);
      toast(`${p.name} is deleted`);
    },
    onSettled: refresh,
  });
  const items = list.data?.items ?? [];
  const edited = items.find((p) => p.id === open);
  const add = may && <Button variant="primary" onClick={() => setOpen('new')}><Plus className="size-4" /> New pillar</Button>;
  return (
    <>
      <Section title="Pillars" lead="What you write about again and again. The first one weighs most." action={items.length > 0 && add}>
        {list.isPending ? <Loading what="pillars"><SkeletonText lines={6} /></Loading>
          : list.isError ? <ErrorState error={list.error} retry={() => void list.refetch()} compact />
            : items.length === 0 ? <Empty icon={Columns3} title="No pillars yet" action={add}>Three to five subjects that people should know you for. Name them yourself, or accept one that is proposed from your topics and posts.</Empty>
              : <Ordered items={items} may={may} edit={setOpen} remove={setRemoving} />}
      </Section>
      {may && proposes && list.isSuccess && <Proposals onAccepted={refresh} />}
      {open === 'new' && <PillarDialog refresh={refresh} onClose={() => setOpen(null)} />}
      {edited && <PillarDialog key={edited.id} pillar={edited} refresh={refresh} onClose={() => setOpen(null)} />}
      {removing && (
        <ConfirmDialog title={`Delete ${removing.name}?`} action="Delete" busy={remove.isPending} error={remove.error} onConfirm={() => remove.mutate(removing)} onClose={() => setRemoving(null)}>
          <p>Drafts and hooks stay. The pillar can’t be brought back.</p>
        </ConfirmDialog>
      )}
    </>
  );
}

function Ordered({ items, may, edit, remove }: { items: Pillar[]; may: boolean; edit: (id: string) => void; remove: (pillar: Pillar) => void }) {
  const { scope } = useScope();
  const client = useQueryClient();
  const list = useRef<HTMLOListElement>(null);
  const [said, setSaid] = useState('');
  const [dragged, setDragged] = useState<number | null>(null);
  const key = pillarsQuery(scope).queryKey;
  const order = useMutation({
    mutationFn: (next: Pillar[]) => take(api.PUT(`${brandPath}/pillar-order`, { params: { path: scope }, body: { ids: next.map((p) => p.id) } })),
    // One order after the other, so that the last move is the one that stays.
    scope: { id: 'pillar-order' },
    onMutate: async (next) => {
      await client.cancelQueries({ queryKey: key });
      client.setQueryData(key, { items: next });
    },
    onError: (error) => toast('The order could not be kept', { kind: 'error', detail: asProblem(error).message }),
    onSettled: () => client.invalidateQueries({ queryKey: key }),
  });
  const move = (from: number, to: number) => {
    const it = items[from];
    if (!it || from === to || to < 0 || to >= items.length) return;
    order.mutate(moved(items, from, to));
    setSaid(`${it.name} is now ${to + 1} of ${items.length}.`);
    // The row was put elsewhere in the page, which takes the focus away from its button.
    const focused = document.activeElement instanceof HTMLElement ? document.activeElement.dataset['move'] : undefined;
    if (focused) requestAnimationFrame(() => requestAnimationFrame(() => list.current?.querySelector<HTMLElement>(`[data-pillar="${it.id}"] [data-move="${focused}"]`)?.focus()));
  };
  return (
    <>
      <p role="status" className="sr-only">{said}</p>
      <ol ref={list} className="divide-y border-y" aria-label="Pillars">
        {items.map((p, i) => (
          <li
            key={p.id}
            data-pillar={p.id}
            className={cn('flex items-start gap-3 py-4', dragged === i && 'opacity-50')}
            draggable={may}
            onDragStart={(e) => {
              e.dataTransfer.effectAllowed = 'move';
              setDragged(i);
            }}
            onDragOver={(e) => dragged !== null && e.preventDefault()}
            onDrop={(e) => {
              e.preventDefault();
              if (dragged !== null) move(dragged, i);
              setDragged(null);
            }}
            onDragEnd={() => setDragged(null)}
          >
            {may && <GripVertical className="mt-1 size-4 shrink-0 cursor-grab text-ink-3 max-lg:hidden" aria-hidden />}
            <span aria-hidden className="w-5 shrink-0 pt-0.5 font-serif text-lg text-brass-ink tabular-nums">{i + 1}</span>
            <div className="grid min-w-0 grow gap-2">
              <h3 className="pt-0.5 text-base font-semibold wrap-anywhere">{p.name}</h3>
              {p.description && <p className="text-sm text-ink-2">{p.description}</p>}
              {p.why_important && <p className="text-sm text-ink-2"><span className="text-ink-3">Why: </span>{p.why_important}</p>}
              {p.subtopics.length > 0 && <Chips items={p.subtopics} />}
            </div>
            {may && (
              <div className="flex shrink-0 max-sm:-mr-2 max-sm:grid max-sm:grid-cols-2">
                <IconButton label={`Move ${p.name} up`} data-move="up" aria-disabled={i === 0} className="aria-disabled:text-ink-3 aria-disabled:hover:bg-transparent" onClick={() => move(i, i - 1)}><ArrowUp /></IconButton>
                <IconButton label={`Move ${p.name} down`} data-move="down" aria-disabled={i === items.length - 1} className="aria-disabled:text-ink-3 aria-disabled:hover:bg-transparent" onClick={() => move(i, i + 1)}><ArrowDown /></IconButton>
                <IconButton label={`Edit ${p.name}`} onClick={() => edit(p.id)}><Pencil /></IconButton>
                <IconButton label={`Delete ${p.name}`} onClick={() => remove(p)}><Trash2 /></IconButton>
              </div>
            )}
          </li>
        ))}
      </ol>
    </>
  );
}
