import { addDays, addMonths, dayNumber, dayOf, daysBetween, monthOf, sayDate, timeOf, weekOf } from '@/shared/lib/zone';

/**
 * The part of RFC 5545 that the server reads: DAILY, WEEKLY or MONTHLY with INTERVAL, BYDAY, BYMONTHDAY, COUNT and UNTIL, on
 * the brand's wall clock. Times shown before anything is made are found here by the server's rules; what counts is what it makes.
 */
export type Frequency = 'DAILY' | 'WEEKLY' | 'MONTHLY';
export interface Day { place: number | null; day: string }
export interface Rule { frequency: Frequency; interval: number; days: Day[]; monthDays: number[]; count: number | null; until: string | null }

export const weekdays = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'] as const;
const names: Record<string, string> = { MO: 'Monday', TU: 'Tuesday', WE: 'Wednesday', TH: 'Thursday', FR: 'Friday', SA: 'Saturday', SU: 'Sunday' };
const places: Record<string, string> = { 1: 'first', 2: 'second', 3: 'third', 4: 'fourth', 5: 'fifth', [-1]: 'last', [-2]: 'second last' };
export const nameOf = (day: string) => names[day] ?? day;
export const placeOf = (place: number) => places[place] ?? `${place}.`;
export const weekdayOf = (local: string): string => weekdays[daysBetween(weekOf(dayOf(local)), local)] ?? 'MO';

export function written(rule: Rule): string {
  return [
    `FREQ=${rule.frequency}`,
    rule.interval > 1 && `INTERVAL=${rule.interval}`,
    rule.days.length > 0 && `BYDAY=${rule.days.map((d) => `${d.place ?? ''}${d.day}`).join(',')}`,
    rule.monthDays.length > 0 && `BYMONTHDAY=${rule.monthDays.join(',')}`,
    rule.count !== null && `COUNT=${rule.count}`,
    rule.until !== null && `UNTIL=${rule.until.replaceAll('-', '')}`,
  ].filter(Boolean).join(';');
}

/** Null for what isn't such a rule; the server refuses it too, and says why. */
export function read(text: string): Rule | null {
  const parts = new Map(text.trim().toUpperCase().replace(/^RRULE:/, '').split(';').filter(Boolean).map((p) => {
    const [name = '', value = ''] = p.split('=');
    return [name, value] as const;
  }));
  const frequency = parts.get('FREQ');
  if (frequency !== 'DAILY' && frequency !== 'WEEKLY' && frequency !== 'MONTHLY') return null;
  const until = /^(\d{4})(\d{2})(\d{2})/.exec(parts.get('UNTIL') ?? '');
  const numbers = (name: string) => parts.get(name)?.split(',').map(Number) ?? [];
  return {
    frequency,
    interval: Number(parts.get('INTERVAL') ?? 1),
    days: parts.get('BYDAY')?.split(',').map((d) => ({ place: d.length > 2 ? Number(d.slice(0, -2)) : null, day: d.slice(-2) })) ?? [],
    monthDays: numbers('BYMONTHDAY'),
    count: parts.has('COUNT') ? Number(parts.get('COUNT')) : null,
    until: until ? `${until[1]}-${until[2]}-${until[3]}` : null,
  };
}

const list = (words: string[]) => (words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`);
const ordinal = (n: number) => `${n}${n % 100 >= 11 && n % 100 <= 13 ? 'th' : (['th', 'st', 'nd', 'rd'][n % 10] ?? 'th')}`;

/** "Every second week on Monday and Thursday, 09:00, until 31 Dec". */
export function inWords(rule: Rule, first: string): string {
  const unit = { DAILY: 'day', WEEKLY: 'week', MONTHLY: 'month' }[rule.frequency];
  const every = rule.interval === 1 ? `Every ${unit}` : rule.interval === 2 ? `Every second ${unit}` : `Every ${rule.interval} ${unit}s`;
  const days = [...rule.days].sort((a, b) => weekdays.indexOf(a.day as 'MO') - weekdays.indexOf(b.day as 'MO'));
  const said = days.map((d) => (d.place === null ? nameOf(d.day) : `the ${placeOf(d.place)} ${nameOf(d.day)}`));
  const months = rule.monthDays.map((d) => (d === -1 ? 'the last day' : d < 0 ? `the ${ordinal(-d)} last day` : `the ${ordinal(d)}`));
  const workdays = rule.frequency !== 'MONTHLY' && days.length === 5 && days.every((d) => d.place === null && d.day !== 'SA' && d.day !== 'SU');
  const usual = rule.frequency === 'WEEKLY' ? ` on ${nameOf(weekdayOf(first))}` : rule.frequency === 'MONTHLY' ? ` on the ${ordinal(dayNumber(dayOf(first)))}` : '';
  const on = workdays ? ', Monday to Friday' : said.length + months.length > 0 ? ` on ${list([...said, ...months])}` : usual;
  const end = rule.count !== null ? `, ${rule.count === 1 ? 'once' : `${rule.count} times`}` : rule.until !== null ? `, until ${sayDate(rule.until)} ${rule.until.slice(0, 4)}` : '';
  return `${every}${on}, ${timeOf(first)}${end}`;
}

const monthIndex = (date: string) => Number(date.slice(0, 4)) * 12 + Number(date.slice(5, 7)) - 1;

function matches(rule: Rule, first: string, date: string): boolean {
  const turn = rule.frequency === 'DAILY' ? daysBetween(first, date) : rule.frequency === 'WEEKLY' ? daysBetween(weekOf(first), weekOf(date)) / 7 : monthIndex(date) - monthIndex(first);
  if (turn % rule.interval !== 0) return false;
  const day = dayNumber(date);
  const fromEnd = day - dayNumber(addDays(addMonths(date, 1), -1)) - 1;
  if (rule.monthDays.length > 0 && !rule.monthDays.some((d) => d === day || d === fromEnd)) return false;
  const forward = Math.floor((day - 1) / 7) + 1;
  const backward = Math.ceil((fromEnd + 1) / 7) - 1;
  if (rule.days.length > 0) return rule.days.some((d) => d.day === weekdayOf(date) && (d.place === null || d.place === forward || d.place === backward));
  if (rule.frequency === 'WEEKLY') return weekdayOf(date) === weekdayOf(first);
  // Months that have no such day are left out.
  if (rule.frequency === 'MONTHLY' && rule.monthDays.length === 0) return day === dayNumber(first);
  return true;
}

/** The next times after a moment of the wall clock, at most so many. */
export function nextTimes(rule: Rule, firstTime: string, after: string | null, most: number): string[] {
  const first = dayOf(firstTime);
  const times: string[] = [];
  let counted = 0;
  for (let i = 0; i < 4_000 && times.length < most; i++) {
    const date = addDays(first, i);
    if ((rule.until !== null && date > rule.until) || (rule.count !== null && counted >= rule.count)) break;
    if (!matches(rule, first, date)) continue;
    counted++;
    const time = `${date}T${timeOf(firstTime)}`;
    if (after === null || time > after) times.push(time);
  }
  return times;
}

/** The places of a day in its month that one may mean: "the third Monday", "the last Monday". */
export function placesOf(local: string): Day[] {
  const date = dayOf(local);
  const day = dayNumber(date);
  const lastDay = dayNumber(addDays(addMonths(monthOf(date), 1), -1));
  return [{ place: Math.floor((day - 1) / 7) + 1, day: weekdayOf(date) }, ...(day + 7 > lastDay ? [{ place: -1, day: weekdayOf(date) }] : [])];
}
