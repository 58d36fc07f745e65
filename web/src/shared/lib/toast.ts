import { createStore } from './store';

export interface Toast {
  id: number;
  message: string;
  kind: 'info' | 'error';
  detail?: string;
  undo?: () => void;
  /** Runs when the message leaves and was not taken back. */
  gone?: () => void;
  /** Something else that one may want to do about it. */
  action?: { label: string; keys?: string; run: () => void };
}

export const toasts = createStore<Toast[]>([]);
let next = 1;
const timers = new Map<number, ReturnType<typeof setTimeout>>();

export function toast(message: string, options: Omit<Partial<Toast>, 'id' | 'message'> = {}): number {
  const id = next++;
  // The newest stands alone with the one before it; a pile of toasts is read by nobody.
  for (const t of toasts.get().slice(0, -1)) dismiss(t.id);
  toasts.set((all) => [...all, { id, message, kind: 'info', ...options }]);
  arm(id, options.kind === 'error' ? 10_000 : 6_000);
  return id;
}

export function dismiss(id: number): void {
  leave(id)?.gone?.();
}
/** Takes back what a message tells of. */
export function takeBack(id: number): void {
  leave(id)?.undo?.();
}
function leave(id: number): Toast | undefined {
  clearTimeout(timers.get(id));
  timers.delete(id);
  const left = toasts.get().find((t) => t.id === id);
  toasts.set((all) => all.filter((t) => t.id !== id));
  return left;
}

/** A toast stays while it is looked at (WCAG 2.2.1). */
export function hold(id: number): void {
  clearTimeout(timers.get(id));
}
export function arm(id: number, after = 4_000): void {
  clearTimeout(timers.get(id));
  timers.set(id, setTimeout(() => dismiss(id), after));
}

/** Takes back the last thing that can be taken back; false when there is none. */
export function undoLast(): boolean {
  const last = toasts.get().findLast((t) => t.undo);
  if (!last) return false;
  takeBack(last.id);
  return true;
}

/** Does what the newest message offers; false when it offers nothing. */
export function actLast(): boolean {
  const last = toasts.get().findLast((t) => t.action);
  if (!last) return false;
  dismiss(last.id);
  last.action?.run();
  return true;
}
