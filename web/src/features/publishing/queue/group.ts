import { grouped } from '@/shared/lib/grouped';
import { addDays, dayOf } from '@/shared/lib/zone';
import type { Calendar, CalendarItem, Publication } from '../api/types';
import { troubled } from '../repair';

/** What a row of the board needs, from wherever it comes. */
export interface QueueRow {
  id: string; post_id: string; state: Publication['state']; held_reason: Publication['held_reason']; title: string; target: string; network: string; account: string;
  local_time?: string | null; words?: string | null; can: Publication['can']; attempts: number; version: number;
}

export const ofPublication = (p: Publication): QueueRow => ({
  id: p.id, post_id: p.post_id, state: p.state, held_reason: p.held_reason, title: p.title, target: p.target, network: p.connection.network, account: p.connection.name, local_time: p.local_time, words: p.words, can: p.can, attempts: p.attempts, version: p.version,
});
const ofItem = (accounts: ReadonlyMap<string, { network: string; name: string }>) => (i: CalendarItem): QueueRow => ({
  id: i.id, post_id: i.post_id, state: i.state, held_reason: i.held_reason, title: i.title, target: i.target, network: accounts.get(i.connection_id)?.network ?? i.network, account: accounts.get(i.connection_id)?.name ?? '', local_time: i.local_time, words: i.words, can: [], attempts: 0, version: i.version,
});

const byTime = (a: QueueRow, b: QueueRow) => (a.local_time ?? '').localeCompare(b.local_time ?? '') || a.id.localeCompare(b.id);

/** Of the coming weeks: today, and the days after it. What is stuck has its own place; what was cancelled has none. */
export function coming(calendar: Calendar | undefined, today: string): { today: QueueRow[]; days: [string, QueueRow[]][] } {
  if (!calendar) return { today: [], days: [] };
  const accounts = new Map(calendar.connections.map((c) => [c.id, c]));
  const rows = calendar.items.filter((i) => !troubled(i.state) && i.state !== 'cancelled').map(ofItem(accounts)).sort(byTime);
  const later = rows.filter((r) => r.state !== 'published' && dayOf(r.local_time ?? '') > today);
  return { today: rows.filter((r) => dayOf(r.local_time ?? '') === today), days: [...grouped(later, (r) => dayOf(r.local_time ?? ''))] };
}

/** "Today", "Tomorrow", or nothing for the rest. */
export const nearDay = (day: string, today: string): string | null => (day === today ? 'Today' : day === addDays(today, 1) ? 'Tomorrow' : day === addDays(today, -1) ? 'Yesterday' : null);
