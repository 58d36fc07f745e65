import type { Verb } from '@/shared/draft/actions';
import { Archive, Ban, Check, Trash2, X } from 'lucide-react';

/** What is done to all that are selected. */
export function BulkBar({ count, all, onAll, act, clear }: { count: number; all: boolean; onAll: () => void; act: (verb: Verb) => void; clear: () => void }) {
  const button = 'flex h-10 items-center gap-2 rounded-md px-3 text-sm hover:bg-paper/15 focus-visible:outline-paper whitespace-nowrap max-sm:px-2.5';
  return (
    <div role="toolbar" aria-label="Selected drafts" className="sticky bottom-4 z-20 mx-auto mb-4 flex max-w-[calc(100%-2rem)] items-center gap-1 rounded-xl bg-ink py-1 pr-1 pl-4 text-paper shadow-float animate-rise max-lg:fixed max-lg:bottom-18 max-lg:left-1/2 max-lg:w-max max-lg:-translate-x-1/2">
      <span className="text-sm whitespace-nowrap tabular-nums" role="status">{count}<span className="max-sm:sr-only"> selected</span></span>
      {!all && <button type="button" className={`${button} max-sm:hidden`} onClick={onAll}>All shown</button>}
      <span aria-hidden className="mx-1 h-5 w-px bg-paper/25" />
      <button type="button" className={button} onClick={() => act('approve')}><Check className="size-4" aria-hidden /> Approve</button>
      <button type="button" className={button} onClick={() => act('reject')}><Ban className="size-4 max-sm:hidden" aria-hidden /> Reject</button>
      <button type="button" className={button} aria-label="Archive" onClick={() => act('archive')}><Archive className="size-4" aria-hidden /></button>
      <button type="button" className={button} aria-label="Delete" onClick={() => act('delete')}><Trash2 className="size-4" aria-hidden /></button>
      <button type="button" className={`${button} opacity-80`} onClick={clear} aria-label="Clear selection"><X className="size-4 lg:hidden" aria-hidden /><span className="max-lg:hidden">Esc</span></button>
    </div>
  );
}
