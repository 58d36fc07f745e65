/** What is said of deliveries. */
import { clockHours } from '@/shared/lib/time';
import type { Day, Delivery } from './contract';

export const days: { value: Day; label: string; name: string }[] = [
  { value: 'monday', label: 'Mon', name: 'Monday' }, { value: 'tuesday', label: 'Tue', name: 'Tuesday' }, { value: 'wednesday', label: 'Wed', name: 'Wednesday' }, { value: 'thursday', label: 'Thu', name: 'Thursday' },
  { value: 'friday', label: 'Fri', name: 'Friday' }, { value: 'saturday', label: 'Sat', name: 'Saturday' }, { value: 'sunday', label: 'Sun', name: 'Sunday' },
];

export const statusLooks: Record<Delivery['status'], { label: string; dot: string; text: string }> = {
  pending: { label: 'On its way', dot: 'bg-brass animate-breathe', text: 'text-brass-ink' },
  // a mail server, WhatsApp or a push service took it: more than that is known only where it was opened
  delivered: { label: 'Sent', dot: 'bg-good', text: 'text-good' },
  failed: { label: 'Failed', dot: 'bg-bad', text: 'text-bad' },
  skipped: { label: 'Nothing sent', dot: 'bg-ink-3', text: 'text-ink-2' },
};

const counted = (n: number, one: string) => (n === 0 ? null : `${n} ${n === 1 ? one : `${one}s`}`);
/** `Brought 3 drafts and 1 trend`; of what failed, what it would have. */
export const broughtWords = ({ status, post_ids, trend_ids }: Pick<Delivery, 'status' | 'post_ids' | 'trend_ids'>) => `${status === 'failed' ? 'Would have brought' : 'Brought'} ${[counted(post_ids.length, 'draft'), counted(trend_ids.length, 'trend')].filter(Boolean).join(' and ')}`;

const form: Record<string, string> = { short_script: 'Short script', short: 'Short post', long: 'Long post' };
/** `Thread`, `Short script`: a content type as people say it. */
export const formWords = (type: string) => form[type] ?? `${type.charAt(0).toUpperCase()}${type.slice(1).replaceAll('_', ' ')}`;

/** A date of the person's own calendar, `2026-11-22`: no zone moves it. */
export const sayDate = (date: string) => new Intl.DateTimeFormat(undefined, { weekday: 'long', day: 'numeric', month: 'long', timeZone: 'UTC' }).format(new Date(`${date}T00:00:00Z`));

/** Reasons begin in small letters, since they stand in a row; alone they begin a line. */
export const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

/** When it came on the person's own clock, by which it was to come: `08:00`, wherever the browser is. */
export const sayClock = (iso: string, timeZone: string) => new Intl.DateTimeFormat(undefined, { ...clockHours, timeZone }).format(new Date(iso));
