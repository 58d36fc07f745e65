import { addDays, dayOf, localAt, settled } from '@/shared/lib/zone';
import type { QueueSlot, Weekday } from '../api/types';

export const weekdays: Weekday[] = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
export const weekdayNames: Record<Weekday, string> = { mon: 'Monday', tue: 'Tuesday', wed: 'Wednesday', thu: 'Thursday', fri: 'Friday', sat: 'Saturday', sun: 'Sunday' };
const weekdayOf = (date: string) => weekdays[(new Date(`${date}T00:00Z`).getUTCDay() + 6) % 7];

export interface ComingSlot { local: string; network: string | null }

/** The next times after a moment, on the clock of the zone. A time that the clock skips on a day is the one as long after the gap. */
export function comingSlots(slots: QueueSlot[], zone: string, now: Date, count: number): ComingSlot[] {
  const from = localAt(now, zone);
  const found: ComingSlot[] = [];
  // Each slot comes at least once a week; so many weeks hold what is asked for.
  for (let i = 0, day = dayOf(from); i < 7 * (count + 1) && found.length < count; i++, day = addDays(day, 1)) {
    const weekday = weekdayOf(day);
    const today = slots.filter((s) => weekday !== undefined && s.days.includes(weekday) && /^\d\d:\d\d$/.test(s.time)).map((s) => ({ local: settled(`${day}T${s.time}`, zone), network: s.network ?? null }));
    const fresh = today.filter((s, at) => s.local > from && today.findIndex((o) => o.local === s.local && o.network === s.network) === at);
    found.push(...fresh.sort((a, b) => a.local.localeCompare(b.local) || (a.network ?? '').localeCompare(b.network ?? '')));
  }
  return found.slice(0, count);
}

/** What is wrong with a row, if anything. */
export function faultOf(slot: QueueSlot, all: QueueSlot[]): string | null {
  if (!/^\d\d:\d\d$/.test(slot.time)) return 'Give a time.';
  if (slot.days.length === 0) return 'Choose at least one day.';
  const twin = all.find((o) => o !== slot && o.time === slot.time && (o.network ?? null) === (slot.network ?? null) && o.days.some((d) => slot.days.includes(d)));
  return twin ? 'The same time stands here twice.' : null;
}

export const sorted = (slots: QueueSlot[]) => [...slots].sort((a, b) => a.time.localeCompare(b.time) || (a.network ?? '').localeCompare(b.network ?? ''));
export const perWeek = (slots: QueueSlot[]) => slots.reduce((sum, s) => sum + s.days.length, 0);
