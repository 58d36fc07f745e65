import { asProblem } from '../api/problem';
import { createStore, useStore } from './store';
import { toast } from './toast';

/** Ids that are hidden: their deletion waits for the message to leave, or is done. */
const leaving = createStore<ReadonlySet<string>>(new Set());
const waiting = new Map<string, (keepalive: boolean) => void>();

export interface Deletion { said: string; detail?: string; remove: (keepalive: boolean) => Promise<unknown>; settled: () => unknown }

/**
 * Deletes what the server can't bring back, with undo: it is hidden at once, and deleted only when the message that
 * offers the undo has left, or the page with it.
 */
export function deleteLater(id: string, { said, detail, remove, settled }: Deletion): void {
  if (leaving.get().has(id)) return;
  leaving.set((all) => new Set([...all, id]));
  const show = () => {
    waiting.delete(id);
    leaving.set((all) => new Set([...all].filter((other) => other !== id)));
  };
  const run = async (keepalive: boolean) => {
    if (!waiting.delete(id)) return;
    try {
      await remove(keepalive);
    } catch (error) {
      // What somebody else deleted meanwhile is as gone as it was meant to be.
      if (asProblem(error).status === 404) return;
      show();
      toast('It could not be deleted', { kind: 'error', detail: asProblem(error).message });
    } finally {
      settled();
    }
  };
  waiting.set(id, (keepalive) => void run(keepalive));
  toast(said, { ...(detail && { detail }), undo: show, gone: () => void run(false) });
}

/** Whether something is hidden because it is about to be deleted. */
export function useLeaving(): ReadonlySet<string> {
  return useStore(leaving);
}

if (typeof window !== 'undefined') {
  window.addEventListener('pagehide', () => {
    for (const run of [...waiting.values()]) run(true);
  });
}
