import { useTargetName } from '@/shared/draft/draft-card';
import { cn } from '@/shared/lib/cn';
import { useRows } from '@/shared/lib/use-rows';
import { sayDay, timeOf } from '@/shared/lib/zone';
import { Button } from '@/shared/ui/button';
import { Checkbox } from '@/shared/ui/choice';
import { NetworkGlyph } from '@/shared/ui/network-glyph';
import { Plus } from 'lucide-react';
import { useEffect, useRef, type RefObject } from 'react';
import type { PublicationActions } from '../actions';
import type { CalendarItem, Publication } from '../api/types';
import { useNetworkName } from '../names';
import { RepairButton } from '../panel';
import { nearDay } from '../queue/group';
import { movable, troubled, whyStuck } from '../repair';
import { useRepair } from '../use-repair';
import { lookOf, StateMark } from '../state';
import { cardName, useDesk } from './card';
import type { AgendaRow } from './group';

export interface AgendaProps { rows: AgendaRow[]; held: string | undefined; active: string | undefined; needs: ReadonlyMap<string, Publication>; actions: PublicationActions; scroller: RefObject<HTMLElement | null>; inner: boolean; selection?: Selection | undefined }
/** Which of them are selected, where several are. `asked`: the boxes stand there without being looked for. */
export interface Selection { ids: ReadonlySet<string>; asked: boolean; toggle: (id: string, on: boolean) => void }

/** Days with all that is in them, as many rows as are in sight. */
export function Agenda({ rows, held, active, needs, actions, scroller, inner, selection }: AgendaProps) {
  const list = useRef<HTMLDivElement>(null);
  const drawn = useRows({ count: rows.length, height: 60, list, scroller, inner, keyOf: (i) => rows[i]?.key ?? String(i) });
  const at = held === undefined ? -1 : rows.findIndex((r) => r.kind === 'item' && r.item.id === held);
  const { show } = drawn;
  const latest = useRef(show);
  useEffect(() => {
    latest.current = show;
  });
  // What is moved by keys stays in sight, or it could not hold the focus.
  useEffect(() => {
    if (at >= 0) latest.current(at);
  }, [at]);
  return (
    <div ref={list} role="list" aria-label="Publications by day" className="relative" style={{ height: drawn.height }}>
      {drawn.items.map((v) => {
        const row = rows[v.index];
        return row && (
          <div key={v.key} ref={drawn.measure} data-index={v.index} role="listitem" className="absolute inset-x-0 top-0" style={{ transform: `translateY(${v.start - drawn.offset}px)` }} {...(row.kind === 'day' && { 'data-day': row.day })}>
            <AgendaLine row={row} held={held} active={active} needs={needs} actions={actions} selection={selection} />
          </div>
        );
      })}
    </div>
  );
}

function AgendaLine({ row, held, active, needs, actions, selection }: Pick<AgendaProps, 'held' | 'active' | 'needs' | 'actions' | 'selection'> & { row: AgendaRow }) {
  const { today, may, fill } = useDesk();
  const name = useNetworkName();
  if (row.kind === 'day') {
    const near = nearDay(row.day, today);
    return (
      <h2 className="flex items-center gap-3 border-b pt-7 pb-2 text-sm font-semibold">
        <span className="grow">{near && <span className="text-brass-ink">{near}, </span>}{sayDay(row.day)} {row.count > 0 && <span className="ml-1 text-xs font-normal text-ink-3 tabular-nums">{row.count}</span>}</span>
        {may && row.day >= today && <Button variant="quiet" size="sm" className="-my-1.5" aria-label={`Plan something on ${sayDay(row.day)}`} onClick={() => fill(row.day)}><Plus className="size-4" /> Plan</Button>}
      </h2>
    );
  }
  if (row.kind === 'empty') return <p className="py-4 text-sm text-ink-3">Nothing is planned for this day.</p>;
  if (row.kind === 'slot') {
    if (!may) return <p className="border-b py-2.5 text-sm text-ink-3"><span className="tabular-nums">{timeOf(row.slot.local_time)}</span> free queue time</p>;
    return (
      <button type="button" onClick={() => fill(row.slot.local_time, row.slot.network)} aria-label={`Free queue time ${timeOf(row.slot.local_time)} on ${sayDay(row.slot.local_time)}`} className="flex min-h-11 w-full items-center gap-3.5 border-b border-dashed text-left text-sm text-ink-3 hover:bg-sunk hover:text-ink">
        <span className="w-11 shrink-0 tabular-nums">{timeOf(row.slot.local_time)}</span> <Plus className="size-4" aria-hidden />
        <span>Free queue time{row.slot.network && ` for ${name(row.slot.network)}`}</span>
      </button>
    );
  }
  return <Item item={row.item} held={row.item.id === held} active={row.item.id === active} publication={needs.get(row.item.id)} actions={actions} selection={selection} />;
}

function Item({ item, held, active, publication, actions, selection }: { item: CalendarItem; held: boolean; active: boolean; publication: Publication | undefined; actions: PublicationActions; selection: Selection | undefined }) {
  const { accounts, open, may } = useDesk();
  const account = accounts.get(item.connection_id);
  const target = useTargetName()(item.target);
  const stuck = troubled(item.state);
  const repairs = useRepair();
  const repair = publication ? repairs(publication) : null;
  const selectable = selection && may && movable(item.state) ? selection : undefined;
  const selected = selectable?.ids.has(item.id) ?? false;
  const boxes = selection !== undefined && (selection.asked || selection.ids.size > 0);
  return (
    <div className={cn('group/row relative flex gap-3.5 border-b py-3', (active || held || selected) && 'bg-sunk', held && 'ring-2 ring-brass')}>
      <span aria-hidden className={cn('absolute inset-y-2 -left-2.5 w-0.75 rounded-full', lookOf(item.state).bar)} />
      <span className="w-11 shrink-0 pt-0.5 text-sm font-semibold tabular-nums">{timeOf(item.local_time)}</span>
      <div className="relative z-10 flex w-5 shrink-0 justify-center pt-0.5">
        <NetworkGlyph network={account?.network ?? item.network} className={cn('mt-0.5 text-ink-3', selectable && (boxes ? 'hidden' : 'lg:group-focus-within/row:hidden lg:group-hover/row:hidden'))} />
        {selectable && <Checkbox label={`Select ${item.title.slice(0, 60)}`} checked={selected} onChange={(on) => selectable.toggle(item.id, on)} className={cn(!boxes && 'lg:not-group-hover/row:not-group-focus-within/row:absolute lg:not-group-hover/row:not-group-focus-within/row:opacity-0 max-lg:hidden')} />}
      </div>
      <div className="grid min-w-0 grow gap-1">
        <button type="button" data-publication={item.id} aria-label={cardName(item, account?.network ?? item.network)} aria-pressed={held || undefined} onClick={() => open(item.id)} className={cn('line-clamp-1 rounded-sm text-left font-serif text-base group-hover/row:text-brass-ink after:absolute after:inset-0', may && movable(item.state) && 'after:cursor-pointer')}>{item.title || 'Untitled'}</button>
        <p className="flex flex-wrap items-center gap-x-3 gap-y-0.5 text-xs text-ink-3"><StateMark state={item.state} /> <span className="truncate">{target.network} {target.type.toLowerCase()}</span> <span className="truncate">{account?.name}</span></p>
        {stuck && (
          <div className="flex flex-wrap items-center gap-x-4 gap-y-2 pt-0.5">
            <p className={cn('min-w-0 grow basis-56 text-sm wrap-anywhere', item.state === 'held' ? 'text-ink-2' : 'text-bad')}>{whyStuck(item)}</p>
            {repair && publication && <RepairButton publication={publication} repair={repair} actions={actions} open={() => open(item.id)} />}
          </div>
        )}
      </div>
    </div>
  );
}
