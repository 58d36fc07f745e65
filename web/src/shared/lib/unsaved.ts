import { createContext, useContext, useId, useLayoutEffect, useState } from 'react';
import { createStore } from './store';

/** `typed` is saved nowhere yet; `secret` was shown this once and can't be fetched again. */
export type Unsaved = 'typed' | 'secret';

/** What would be lost with this page, by the form or dialog that holds it. */
export const unsavedStore = createStore<ReadonlyMap<string, Unsaved>>(new Map());

/** What is lost first is asked for first: a secret can't be typed again. */
export function unsavedNow(): Unsaved | null {
  const all = [...unsavedStore.get().values()];
  return all.includes('secret') ? 'secret' : (all[0] ?? null);
}

/** Set by a dialog for the forms inside of it: it asks before it closes over them. */
export const AroundForm = createContext<((id: string, on: boolean) => void) | null>(null);

/**
 * For a form that doesn't save by itself: as long as `on`, nobody leaves the page, or closes the dialog that the form
 * stands in, without being asked.
 */
export function useUnsaved(on: boolean, what: Unsaved = 'typed'): void {
  const id = useId();
  const tell = useContext(AroundForm);
  // Before the next press can come: an effect after painting would be too late for it.
  useLayoutEffect(() => {
    if (!on) return;
    unsavedStore.set((all) => new Map(all).set(id, what));
    tell?.(id, true);
    return () => {
      unsavedStore.set((all) => new Map([...all].filter(([key]) => key !== id)));
      tell?.(id, false);
    };
  }, [on, what, id, tell]);
}

/** Whether the values of a form are others than those it opened with. */
export function useChanged(values: unknown): boolean {
  const now = JSON.stringify(values);
  const [first] = useState(now);
  return now !== first;
}
