import { createStore } from '../lib/store';
import type { Problem } from './problem';

/** `ended`: the server no longer knows who is at this page. `times` counts the sessions that were begun anew since it was loaded. */
export const sessionStore = createStore({ ended: false, times: 0 });

let inside = (): boolean => false;

/** `isInside` tells whether somebody was signed in here: elsewhere, such an answer is what one expects. */
export function watchSession(isInside: () => boolean): void {
  inside = isInside;
}

/** Whoever goes by themselves is not asked to come back. */
export function leaveSession(): void {
  inside = () => false;
}

/**
 * Every refusal of the API passes here, of queries, changes and what saves by itself alike. Other answers of this status
 * have other codes: a wrong password, a code that is over, a passkey that nobody knows.
 */
export function hearProblem({ status, code }: Pick<Problem, 'status' | 'code'>): void {
  if (status === 401 && code === 'unauthenticated' && !sessionStore.get().ended && inside()) sessionStore.set((s) => ({ ...s, ended: true }));
}

/** Somebody is signed in again. */
export function sessionBegan(): void {
  sessionStore.set((s) => ({ ended: false, times: s.times + 1 }));
}

/** Asks no more until the next refusal. */
export function sessionLater(): void {
  sessionStore.set((s) => ({ ...s, ended: false }));
}
