/**
 * Wall-clock arithmetic in a brand's zone. A moment is `2026-03-29T09:00` as the clock on the wall there says it; a day is
 * its first ten characters. Steps are steps on the clock: a day later is the same time of the next day, however many hours
 * that day has. Only `instantOf` and `settled` know of clocks that are put forward and back.
 */
const minute = 60_000;
const day = 24 * 60 * minute;

/** The clock's reading as a number, as if the zone had no changes: for steps and differences only. */
function reading(local: string): number {
  const [date = '', time = '00:00'] = local.split('T');
  const [y = 0, m = 1, d = 1] = date.split('-').map(Number);
  const [h = 0, min = 0] = time.split(':').map(Number);
  return Date.UTC(y, m - 1, d, h, min);
}
const written = (value: number) => new Date(value).toISOString().slice(0, 16);

export const dayOf = (local: string) => local.slice(0, 10);
export const timeOf = (local: string) => local.slice(11, 16);
export const minutesOf = (local: string) => (reading(local) - reading(dayOf(local))) / minute;
export const addMinutes = (local: string, by: number) => written(reading(local) + by * minute);
export const addDays = (date: string, by: number) => {
  const next = written(reading(date) + by * day);
  return date.length > 10 ? next : dayOf(next);
};
export const daysBetween = (from: string, to: string) => Math.round((reading(dayOf(to)) - reading(dayOf(from))) / day);
/** The same time on another day. */
export const onDay = (local: string, date: string) => `${date}T${timeOf(local)}`;
export const atMinutes = (date: string, minutes: number) => addMinutes(`${date}T00:00`, minutes);
export const isDay = (text: string | undefined): text is string => text !== undefined && /^\d{4}-\d{2}-\d{2}$/.test(text) && addDays(text, 0) === text;

/** The Monday on or before a day. */
export function weekOf(date: string): string {
  const weekday = (new Date(reading(date)).getUTCDay() + 6) % 7;
  return addDays(date, -weekday);
}
export const monthOf = (date: string) => `${date.slice(0, 7)}-01`;
export function addMonths(date: string, by: number): string {
  const [y = 0, m = 1] = date.split('-').map(Number);
  return new Date(Date.UTC(y, m - 1 + by, 1)).toISOString().slice(0, 10);
}
/** The weeks that a month touches, each from Monday: four to six of them. */
export function weeksOf(date: string): string[][] {
  const next = addMonths(monthOf(date), 1);
  const weeks: string[][] = [];
  for (let monday = weekOf(monthOf(date)); monday < next; monday = addDays(monday, 7)) weeks.push(Array.from({ length: 7 }, (_, i) => addDays(monday, i)));
  return weeks;
}

const formats = new Map<string, Intl.DateTimeFormat>();
function clock(zone: string): Intl.DateTimeFormat {
  let found = formats.get(zone);
  if (!found) {
    const asked = { hourCycle: 'h23', year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit' } as const;
    try {
      found = new Intl.DateTimeFormat('en-CA', { ...asked, timeZone: zone });
    } catch {
      // A zone that this browser doesn't know is shown as UTC; the server's own times stay right.
      found = new Intl.DateTimeFormat('en-CA', { ...asked, timeZone: 'UTC' });
    }
    formats.set(zone, found);
  }
  return found;
}
/** What the clock of a zone says at a moment. */
export function localAt(instant: Date, zone: string): string {
  const parts = Object.fromEntries(clock(zone).formatToParts(instant).map((p) => [p.type, p.value]));
  return `${parts['year']?.padStart(4, '0')}-${parts['month']}-${parts['day']}T${parts['hour']}:${parts['minute']}`;
}
const offsetAt = (instant: number, zone: string) => (reading(localAt(new Date(instant), zone)) - Math.floor(instant / minute) * minute) / minute;

/** The moment that a reading of the clock means. A reading that is skipped means the one as long after the gap; one that comes twice, the first. */
export function instantOf(local: string, zone: string): { at: Date; kind: 'exact' | 'skipped' | 'twice' } {
  const asked = reading(local);
  const before = offsetAt(asked - day, zone);
  const after = offsetAt(asked + day, zone);
  const fits = [...new Set([before, after])].map((offset) => asked - offset * minute).filter((at) => offsetAt(at, zone) === (asked - at) / minute).sort((a, b) => a - b);
  const [first] = fits;
  if (first === undefined) return { at: new Date(asked - before * minute), kind: 'skipped' };
  return { at: new Date(first), kind: fits.length > 1 ? 'twice' : 'exact' };
}
/** A reading that the clock really shows: the one as long after the gap, or when one goes back, the last before it. */
export function settled(local: string, zone: string, back = false): string {
  const { at, kind } = instantOf(local, zone);
  if (kind !== 'skipped') return local;
  if (!back) return localAt(at, zone);
  let earlier = local;
  // Gaps are an hour, half of one at Lord Howe, a day once; by quarters that ends soon.
  for (let tries = 0; tries < 100 && instantOf(earlier, zone).kind === 'skipped'; tries++) earlier = addMinutes(earlier, -15);
  return earlier;
}

const utc = (local: string) => new Date(reading(local));
const say = (options: Intl.DateTimeFormatOptions) => {
  const format = new Intl.DateTimeFormat(undefined, { ...options, timeZone: 'UTC' });
  return (local: string) => format.format(utc(local));
};
export const sayDay = say({ weekday: 'long', day: 'numeric', month: 'long' });
export const sayDayShort = say({ weekday: 'short', day: 'numeric', month: 'short' });
export const sayDate = say({ day: 'numeric', month: 'short' });
export const sayWeekday = say({ weekday: 'short' });
export const sayMonth = say({ month: 'long', year: 'numeric' });
export const sayMonthShort = say({ month: 'short' });
export const sayTime = timeOf;
/** "Sun 29 Mar, 09:00". */
export const sayWhen = (local: string) => `${sayDayShort(local)}, ${timeOf(local)}`;
export const dayNumber = (date: string) => Number(date.slice(8, 10));

/** "Berlin (GMT+2)": the zone by its place and its offset at that time. */
export function sayZone(zone: string, at: Date = new Date()): string {
  const place = (zone.split('/').at(-1) ?? zone).replaceAll('_', ' ');
  try {
    const offset = new Intl.DateTimeFormat('en', { timeZone: zone, timeZoneName: 'shortOffset' }).formatToParts(at).find((p) => p.type === 'timeZoneName')?.value;
    return offset && offset !== place ? `${place} (${offset})` : place;
  } catch {
    return place;
  }
}
