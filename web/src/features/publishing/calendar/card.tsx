import { cn } from '@/shared/lib/cn';
import { sayWhen, timeOf } from '@/shared/lib/zone';
import { NetworkGlyph } from '@/shared/ui/network-glyph';
import { createContext, memo, useContext } from 'react';
import type { CalendarItem } from '../api/types';
import { movable, troubled, whyStuck } from '../repair';
import { lookOf, StateIcon } from '../state';

export interface CalendarDesk {
  zone: string;
  today: string;
  may: boolean;
  accounts: ReadonlyMap<string, { network: string; name: string }>;
  open: (id: string) => void;
  /** An empty place was pressed: something is to go out then. */
  fill: (local: string, network?: string | null) => void;
  showDay: (date: string) => void;
}
export const DeskContext = createContext<CalendarDesk | null>(null);
export function useDesk(): CalendarDesk {
  const desk = useContext(DeskContext);
  if (!desk) throw new Error('A calendar card stands outside of its calendar.');
  return desk;
}

/** What somebody hears who doesn't see the card. */
export function cardName(item: CalendarItem, network: string): string {
  return `${item.title || 'Untitled'}, ${network.replaceAll('_', ' ')}, ${lookOf(item.state).label.toLowerCase()}, ${sayWhen(item.local_time)}`;
}

export interface CardProps { item: CalendarItem; held: boolean; active: boolean; reached: boolean; /** Room for one or two more lines, with the title on them. */ tall?: 'one' | 'two' | undefined; /** Where it stands among the hours; else it stands in the row of its day. */ style?: React.CSSProperties; /** One of three or more side by side: no room for its time. */ narrow?: boolean | undefined }

/** One publication in a month or among the hours: icon and colour say its state, the glyph its network. */
export const Card = memo(function Card({ item, held, active, reached, tall, style, narrow }: CardProps) {
  const { accounts, open, may } = useDesk();
  const look = lookOf(item.state);
  const network = accounts.get(item.connection_id)?.network ?? item.network;
  const stuck = troubled(item.state);
  const said = stuck ? whyStuck(item) : null;
  return (
    <button
      type="button"
      data-publication={item.id}
      tabIndex={reached || held ? 0 : -1}
      aria-label={`${cardName(item, network)}${said ? `: ${said}` : ''}`}
      aria-pressed={held || undefined}
      title={said ?? undefined}
      onClick={() => open(item.id)}
      style={style}
      className={cn(
        'z-10 flex min-h-6 min-w-0 flex-col justify-center overflow-hidden rounded-sm border border-line py-0.5 pr-1.5 pl-2 text-left text-xs transition-colors select-none hover:border-line-strong',
        look.soft, item.state === 'published' && 'border-transparent hover:bg-sunk', may && movable(item.state) && 'cursor-grab touch-manipulation',
        active && 'border-brass ring-1 ring-brass', held && 'z-20 border-brass bg-brass-soft shadow-float ring-2 ring-brass', style ? 'absolute' : 'relative w-full max-sm:px-0.75',
      )}
    >
      <span aria-hidden className={cn('absolute inset-y-0 left-0 w-0.75', look.bar)} />
      <span className="flex w-full min-w-0 items-center gap-1">
        <StateIcon state={item.state} className="size-3" />
        {!narrow && <span className={cn('shrink-0 text-ink-2 tabular-nums', !style && 'max-sm:hidden')}>{timeOf(item.local_time)}</span>}
        <NetworkGlyph network={network} className="size-3 text-ink-3" />
        {!tall && <span className={cn('min-w-0 truncate text-ink', !style && 'max-sm:hidden @max-[7.5rem]:hidden', item.state === 'published' && 'text-ink-2')}>{item.title || 'Untitled'}</span>}
      </span>
      {tall && <span className={cn('w-full text-ink', tall === 'two' ? 'line-clamp-2' : 'truncate')}>{item.title || 'Untitled'}</span>}
      {said && !style && <span className={cn('w-full truncate max-sm:hidden', item.state === 'held' ? 'text-brass-ink' : 'text-bad')}>{said}</span>}
    </button>
  );
});
