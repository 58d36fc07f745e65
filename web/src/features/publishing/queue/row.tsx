import { useTargetName } from '@/shared/draft/draft-card';
import { cn } from '@/shared/lib/cn';
import { useScope } from '@/shared/lib/use-scope';
import { dayOf, sayDayShort, timeOf } from '@/shared/lib/zone';
import { Checkbox } from '@/shared/ui/choice';
import { NetworkGlyph } from '@/shared/ui/network-glyph';
import { Link } from '@tanstack/react-router';
import type { PublicationActions } from '../actions';
import { RepairButton } from '../panel';
import { troubled, whyStuck } from '../repair';
import { useRepair } from '../use-repair';
import { StateMark } from '../state';
import { nearDay, type QueueRow } from './group';
import type { QueueView } from './queue';

export interface RowProps {
  row: QueueRow; view: QueueView; today: string; active: boolean; selected: boolean; selecting: boolean; onSelect?: (on: boolean) => void; actions: PublicationActions; open: (id: string) => void;
}

export function Row({ row: r, view, today, active, selected, selecting, onSelect, actions, open }: RowProps) {
  const { scope } = useScope();
  const stuck = troubled(r.state);
  const repairs = useRepair();
  const target = useTargetName()(r.target);
  const repair = stuck ? repairs(r) : null;
  const day = r.local_time ? dayOf(r.local_time) : null;
  const elsewhere = day !== null && day !== today && (stuck || r.state === 'published');
  return (
    <li className={cn('group/row relative flex gap-3.5 py-3', (active || selected) && 'bg-sunk', active && 'before:absolute before:inset-y-0 before:-left-3 before:w-0.5 before:bg-brass')}>
      <div className="relative z-10 flex w-5 shrink-0 justify-center pt-0.5">
        <NetworkGlyph network={r.network} className={cn('text-ink-3', onSelect && (selecting ? 'hidden' : 'lg:group-focus-within/row:hidden lg:group-hover/row:hidden'))} />
        {onSelect && <Checkbox label={`Select ${r.title.slice(0, 60)}`} checked={selected} onChange={onSelect} className={cn(!selecting && 'lg:not-group-hover/row:not-group-focus-within/row:absolute lg:not-group-hover/row:not-group-focus-within/row:opacity-0 max-lg:hidden')} />}
      </div>
      <div className="grid min-w-0 grow gap-1.5">
        <div className="flex items-baseline gap-3">
          <span className="shrink-0 text-sm font-semibold tabular-nums">{r.local_time ? timeOf(r.local_time) : '–'}</span>
          <Link to="/$org/$brand/queue" params={scope} search={{ ...view, item: r.id, pauses: undefined }} replace={view.item !== undefined} aria-current={active || undefined} className="line-clamp-1 min-w-0 grow rounded-sm font-serif text-base after:absolute after:inset-0 group-hover/row:text-brass-ink">{r.title || 'Untitled'}</Link>
          <StateMark state={r.state} className="max-sm:hidden" />
        </div>
        <p className="flex flex-wrap items-center gap-x-3 gap-y-1 text-xs text-ink-3">
          <StateMark state={r.state} className="sm:hidden" />
          {elsewhere && <span>{nearDay(day, today) ?? sayDayShort(day)}</span>}
          <span className="truncate">{target.network} {target.type.toLowerCase()}</span>
          <span className="truncate">{r.account}</span>
          {r.attempts > 1 && <span>{r.attempts} attempts</span>}
        </p>
        {stuck && (
          <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
            <p className={cn('min-w-0 grow basis-64 text-sm wrap-anywhere', r.state === 'held' ? 'text-ink-2' : 'text-bad')}>{whyStuck(r)}</p>
            {repair && <RepairButton publication={r} repair={repair} actions={actions} open={() => open(r.id)} />}
          </div>
        )}
      </div>
    </li>
  );
}
