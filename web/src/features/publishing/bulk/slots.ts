import type { CalendarSlot } from '../api/types';

/** What is needed of a publication to give it another time. */
export interface Chosen { id: string; title: string; network: string; local_time?: string | null; version: number }
export interface Step { of: Chosen; to: string }

/** What has no time yet comes after what has one. */
const byTime = (a: Chosen, b: Chosen) => Number(!a.local_time) - Number(!b.local_time) || (a.local_time ?? '').localeCompare(b.local_time ?? '') || a.id.localeCompare(b.id);

/** Gives each, in the order of their present times, the next free time of its network; what finds none stays. */
export function intoSlots(chosen: Chosen[], slots: CalendarSlot[], after: string): { steps: Step[]; left: Chosen[] } {
  const free = slots.filter((s) => s.local_time > after).sort((a, b) => a.local_time.localeCompare(b.local_time));
  const steps: Step[] = [];
  const left: Chosen[] = [];
  for (const of of [...chosen].sort(byTime)) {
    const at = free.findIndex((s) => !s.network || s.network === of.network);
    const slot = free[at];
    if (!slot) {
      left.push(of);
      continue;
    }
    steps.push({ of, to: slot.local_time });
    // A time of the clock is given once, whatever the network.
    for (let i = free.length - 1; i >= 0; i--) if (free[i]?.local_time === slot.local_time) free.splice(i, 1);
  }
  return { steps, left };
}
