import { ConfirmDialog } from '@/shared/ui/confirm';
import { Menu, MenuItem, MenuLine } from '@/shared/ui/menu';
import { CalendarClock, ListPlus, Send, Undo2, X } from 'lucide-react';
import { useState } from 'react';
import type { PublicationActions } from '../actions';
import { MoveDialog } from './move-dialog';
import type { Chosen } from './slots';

const steps: [string, number][] = [['1 hour later', 60], ['1 day later', 24 * 60], ['1 week later', 7 * 24 * 60], ['1 hour earlier', -60], ['1 day earlier', -24 * 60]];

/** What is done to all that are selected. */
export function BulkBar({ rows, all, zone, onAll, actions, clear }: { rows: Chosen[]; all: boolean; zone: string; onAll: () => void; actions: PublicationActions; clear: () => void }) {
  const [asked, setAsked] = useState<'publish_now' | 'cancel' | 'by' | 'slots' | null>(null);
  const ids = rows.map((r) => r.id);
  const timed = rows.filter((r) => r.local_time).map((r) => r.id);
  const many = rows.length === 1 ? 'this publication' : `these ${rows.length} publications`;
  const button = 'flex h-10 items-center gap-2 rounded-md px-3 text-sm hover:bg-paper/15 focus-visible:outline-paper whitespace-nowrap max-sm:px-2.5';
  return (
    <div role="toolbar" aria-label="Selected publications" className="sticky bottom-4 z-20 mx-auto mb-4 flex w-max max-w-[calc(100%-2rem)] items-center gap-1 rounded-xl bg-ink py-1 pr-1 pl-4 text-paper shadow-float animate-rise max-lg:fixed max-lg:bottom-18 max-lg:left-1/2 max-lg:-translate-x-1/2">
      <span className="text-sm whitespace-nowrap tabular-nums" role="status">{rows.length}<span className="max-sm:sr-only"> selected</span></span>
      {!all && <button type="button" className={`${button} max-sm:hidden`} onClick={onAll}>All shown</button>}
      <span aria-hidden className="mx-1 h-5 w-px bg-paper/25" />
      <Menu side="top" trigger={<button type="button" className={button}><CalendarClock className="size-4" aria-hidden /> Move</button>}>
        {steps.map(([label, minutes]) => <MenuItem key={minutes} disabled={timed.length === 0} onSelect={() => actions.bulk({ ids: timed, action: 'move', minutes }, clear)}>{label}</MenuItem>)}
        <MenuLine />
        <MenuItem icon={CalendarClock} onSelect={() => setAsked('by')}>By days or hours…</MenuItem>
        <MenuItem icon={ListPlus} onSelect={() => setAsked('slots')}>Into free queue times…</MenuItem>
      </Menu>
      <button type="button" className={button} onClick={() => setAsked('publish_now')}><Send className="size-4" aria-hidden /> <span className="max-sm:sr-only">Publish now</span></button>
      <button type="button" className={button} onClick={() => setAsked('cancel')}><Undo2 className="size-4" aria-hidden /> <span className="max-sm:sr-only">Cancel</span></button>
      <button type="button" className={`${button} opacity-80`} onClick={clear} aria-label="Clear selection"><X className="size-4 lg:hidden" aria-hidden /><span className="max-lg:hidden">Esc</span></button>
      {(asked === 'by' || asked === 'slots') && <MoveDialog chosen={rows} how={asked} zone={zone} actions={actions} onClose={() => setAsked(null)} onDone={clear} />}
      {(asked === 'cancel' || asked === 'publish_now') && (
        <ConfirmDialog
          title={asked === 'cancel' ? `Cancel ${many}?` : `Publish ${many} now?`}
          action={asked === 'cancel' ? 'Don’t publish' : 'Publish now'}
          busy={actions.busy}
          onClose={() => setAsked(null)}
          onConfirm={() => actions.bulk({ ids, action: asked }, () => {
            setAsked(null);
            clear();
          })}
        >
          <p>{asked === 'cancel' ? 'They will not go out. Their drafts stay in the library and can be scheduled again.' : 'They go out at once, in the order of their times.'}</p>
        </ConfirmDialog>
      )}
    </div>
  );
}
