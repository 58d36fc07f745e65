import { addDays, addMinutes, dayOf, minutesOf, atMinutes, settled } from '@/shared/lib/zone';

export type CalendarKind = 'month' | 'week' | 'day' | 'list';
export const quarter = 15;

/** To the next quarter of an hour in a direction: 09:07 goes to 09:15, not to 09:22. */
function quarters(local: string, by: 1 | -1, hours: boolean): string {
  const step = hours ? 60 : quarter;
  const now = minutesOf(local);
  const next = by > 0 ? Math.floor(now / step) * step + step : Math.ceil(now / step) * step - step;
  return addMinutes(`${dayOf(local)}T00:00`, next);
}

/**
 * Where an arrow key takes a publication: by days along a row, by weeks between the rows of a month, by a quarter of an
 * hour (an hour with Shift) along the hours. A time that the clock skips is stepped over in the same direction. Null when
 * the key means nothing here.
 */
export function movedBy(local: string, key: string, kind: CalendarKind, zone: string, shift = false): string | null {
  const back = key === 'ArrowLeft' || key === 'ArrowUp';
  const across = key === 'ArrowLeft' || key === 'ArrowRight';
  if (!across && key !== 'ArrowUp' && key !== 'ArrowDown') return null;
  if (across) return settled(addDays(local, back ? -1 : 1), zone);
  if (kind === 'month') return settled(addDays(local, back ? -7 : 7), zone);
  if (kind === 'list') return null;
  return settled(quarters(local, back ? -1 : 1, shift), zone, back);
}

/** The time that a point in a column of hours stands for, to the quarter. */
export function timeAt(date: string, share: number, zone: string): string {
  const minutes = Math.min(24 * 60 - quarter, Math.max(0, Math.round((share * 24 * 60) / quarter) * quarter));
  return settled(atMinutes(date, minutes), zone);
}
