const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** "just now", "12 min ago", "3 h ago", "yesterday", else the date; what is still to come reads as `ahead` says it. */
export function ago(iso: string, now: Date = new Date()): string {
  const passed = now.getTime() - new Date(iso).getTime();
  // No two clocks go alike: a minute ahead is still now.
  if (passed < -minute) return ahead(iso, now);
  if (passed < minute) return 'just now';
  if (passed < hour) return `${Math.floor(passed / minute)} min ago`;
  if (passed < day) return `${Math.floor(passed / hour)} h ago`;
  return daysApart(iso, now) === -1 ? 'yesterday' : shortDate(iso, undefined, now);
}

/** "in 12 min", "in 3 h", "tomorrow", else the date: of what is to come. */
export function ahead(iso: string, now: Date = new Date()): string {
  const left = new Date(iso).getTime() - now.getTime();
  if (left < day) return `in ${span(left)}`;
  return daysApart(iso, now) === 1 ? 'tomorrow' : shortDate(iso, undefined, now);
}

export type Unit = 'min' | 'h' | 'days';
const sizeOf: Record<Unit, number> = { min: minute, h: hour, days: day };
/** In what a length of time is said: minutes below an hour, hours below two days. */
export const unitOf = (ms: number): Unit => (Math.round(ms / minute) < 60 ? 'min' : Math.round(ms / hour) < 48 ? 'h' : 'days');
/** How many of it, and never none. */
export const countOf = (ms: number, unit: Unit) => Math.max(1, Math.round(ms / sizeOf[unit]));
export const named = (n: number, unit: Unit) => `${n} ${unit === 'days' && n === 1 ? 'day' : unit}`;
/** `40 min`, `5 h`, `3 days`. */
export const span = (ms: number) => named(countOf(ms, unitOf(ms)), unitOf(ms));

/** How many midnights lie between now and then, here; less than none for what is past. */
function daysApart(iso: string, now: Date): number {
  const midnight = (at: Date) => Date.UTC(at.getFullYear(), at.getMonth(), at.getDate());
  return (midnight(new Date(iso)) - midnight(now)) / day;
}

/** The day, with its year where that is another than this one. */
export function shortDate(iso: string, timeZone?: string, now: Date = new Date()): string {
  const at = { timeZone: zone(timeZone) };
  const year = new Intl.DateTimeFormat('en', { ...at, year: 'numeric' });
  const other = year.format(new Date(iso)) !== year.format(now);
  return new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short', ...(other && { year: 'numeric' }), ...at }).format(new Date(iso));
}

/** Times are told as on the calendar, everywhere: by 24 hours. */
export const clockHours = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;

export function longDate(date: Date, timeZone?: string): string {
  return new Intl.DateTimeFormat(undefined, { weekday: 'long', day: 'numeric', month: 'long', timeZone: zone(timeZone) }).format(date);
}

/** Date, time and the zone's name, so that nobody has to guess whose clock it is. */
export function fullTime(iso: string, timeZone?: string): string {
  return new Intl.DateTimeFormat(undefined, {
    day: 'numeric', month: 'short', year: 'numeric', ...clockHours, timeZone: zone(timeZone), timeZoneName: 'short',
  }).format(new Date(iso));
}

/** The part of the day in a zone, for a greeting. */
export function partOfDay(date: Date, timeZone?: string): 'morning' | 'afternoon' | 'evening' {
  const h = Number(new Intl.DateTimeFormat('en-GB', { hour: '2-digit', hour12: false, timeZone: zone(timeZone) }).format(date));
  if (h >= 5 && h < 12) return 'morning';
  return h >= 12 && h < 18 ? 'afternoon' : 'evening';
}

/** Every zone that this browser knows; an unknown one of the server falls back to the browser's own. */
export const timeZones: string[] = Intl.supportedValuesOf('timeZone');
function zone(name: string | undefined): string | undefined {
  if (!name) return undefined;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return name;
  } catch {
    return undefined;
  }
}

/** All zones, with the present one even when this browser does not list it (UTC, old names). */
export function zones(present: string): string[] {
  return [...new Set([present, 'UTC', ...timeZones])].filter(Boolean).sort();
}
