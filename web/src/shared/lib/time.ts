const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** "just now", "12 min ago", "3 h ago", "yesterday", else the date. */
export function ago(iso: string, now: Date = new Date()): string {
  const passed = now.getTime() - new Date(iso).getTime();
  if (passed < minute) return 'just now';
  if (passed < hour) return `${Math.floor(passed / minute)} min ago`;
  if (passed < day) return `${Math.floor(passed / hour)} h ago`;
  if (passed < 2 * day) return 'yesterday';
  return shortDate(iso);
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
