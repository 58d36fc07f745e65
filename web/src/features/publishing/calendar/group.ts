import { grouped } from '@/shared/lib/grouped';
import { dayOf, minutesOf } from '@/shared/lib/zone';
import type { CalendarItem, CalendarSlot } from '../api/types';

const none: never[] = [];
export const byTime = (a: CalendarItem, b: CalendarItem) => (a.local_time < b.local_time ? -1 : a.local_time > b.local_time ? 1 : a.id < b.id ? -1 : 1);

/** By day, each in the order of its times. */
export function byDay(items: CalendarItem[]): ReadonlyMap<string, CalendarItem[]> {
  const days = grouped(items, (i) => dayOf(i.local_time));
  for (const list of days.values()) list.sort(byTime);
  return days;
}

/** The same with one of them elsewhere. Only the two days it touches are new: all others stay the same lists, and so their cells are not drawn again. */
export function withMoved(days: ReadonlyMap<string, CalendarItem[]>, item: CalendarItem, to: string): ReadonlyMap<string, CalendarItem[]> {
  const next = new Map(days);
  const from = dayOf(item.local_time);
  next.set(from, (days.get(from) ?? none).filter((i) => i.id !== item.id));
  const there = dayOf(to);
  next.set(there, [...(next.get(there) ?? none).filter((i) => i.id !== item.id), { ...item, local_time: to }].sort(byTime));
  return next;
}

export function slotsByDay(slots: CalendarSlot[]): ReadonlyMap<string, CalendarSlot[]> {
  return grouped(slots, (s) => dayOf(s.local_time));
}

/** At most so many of a day, the one in hand always among them, and how many more there are. */
export function shownOf(items: CalendarItem[], most: number, held?: string): { shown: CalendarItem[]; more: number } {
  if (items.length <= most) return { shown: items, more: 0 };
  const first = items.slice(0, most);
  const hand = held === undefined || first.some((i) => i.id === held) ? undefined : items.find((i) => i.id === held);
  return { shown: hand ? [...first.slice(0, -1), hand].sort(byTime) : first, more: items.length - most };
}

export interface Placed { item: CalendarItem; top: number; height: number; lane: number; lanes: number }
export interface Heap { top: number; lane: number; lanes: number; count: number; at: string }
export const half = 30;

/**
 * Where a day's cards stand among the hours, in minutes. Each half hour is a row of at most `most` cards side by side;
 * what is more becomes a heap that opens the day. A card alone in its half hour stands at its very minute, and may reach
 * into the next half hour, where that is free: cards lie neither on each other nor on a `free` time of the queue (in minutes).
 */
export function placed(items: CalendarItem[], most = 3, held?: string, free: number[] = []): { cards: Placed[]; heaps: Heap[] } {
  const rows = grouped(items, (i) => Math.floor(minutesOf(i.local_time) / half));
  const cards: Placed[] = [];
  const heaps: Heap[] = [];
  for (const [row, list] of rows) {
    const heaped = list.length > most;
    const { shown, more } = shownOf(list, heaped ? most - 1 : most, held);
    const lanes = shown.length + (heaped ? 1 : 0);
    shown.forEach((item, lane) => {
      const alone = lanes === 1;
      const minutes = minutesOf(item.local_time);
      const next = rows.has(row + 1) ? row + 1 : rows.has(row + 2) ? row + 2 : Math.min(row + 3, (24 * 60) / half);
      const slot = Math.min(...free.filter((m) => m >= minutes + half));
      const room = Math.min(next * half, slot) - minutes;
      const exact = alone && room >= half;
      cards.push({ item, lane, lanes, top: exact ? minutes : row * half, height: exact ? Math.min(2 * half, room) : half });
    });
    const [first] = list;
    if (heaped && first) heaps.push({ top: row * half, lane: lanes - 1, lanes, count: more, at: first.local_time });
  }
  return { cards, heaps };
}

export type AgendaRow = { kind: 'day'; key: string; day: string; count: number } | { kind: 'item'; key: string; item: CalendarItem } | { kind: 'slot'; key: string; slot: CalendarSlot } | { kind: 'empty'; key: string; day: string };

/** Days and what is in them as one list of rows; a day without anything has a row only where it is the one that is looked at. */
export function agenda(dates: string[], days: ReadonlyMap<string, CalendarItem[]>, slots: ReadonlyMap<string, CalendarSlot[]>, every: boolean): AgendaRow[] {
  return dates.flatMap((day): AgendaRow[] => {
    const items = days.get(day) ?? none;
    const free = slots.get(day) ?? none;
    if (!every && items.length + free.length === 0) return [];
    const rows = [...items.map((item): AgendaRow => ({ kind: 'item', key: item.id, item })), ...free.map((slot, i): AgendaRow => ({ kind: 'slot', key: `${slot.local_time} ${slot.network ?? ''} ${i}`, slot }))];
    // times sort as they are written; the words' own order would take a second for some thousands
    const timeOfRow = (r: AgendaRow) => (r.kind === 'item' ? r.item.local_time : r.kind === 'slot' ? r.slot.local_time : '');
    if (free.length > 0) rows.sort((a, b) => (timeOfRow(a) < timeOfRow(b) ? -1 : timeOfRow(a) > timeOfRow(b) ? 1 : Number(a.kind === 'slot') - Number(b.kind === 'slot')));
    return [{ kind: 'day', key: day, day, count: items.length }, ...rows, ...(rows.length === 0 ? [{ kind: 'empty', key: `${day} empty`, day } as const] : [])];
  });
}
