import type { ItemFilter } from '../api/queries';
import type { FeedItem, Item, Mark, ReadAll, SmartFeed, Why } from '../api/types';

export type Since = 'day' | 'week' | 'month';
/** What is looked at in the reader: all, one source or one smart feed; words; how far back; what is unread or saved. All of it is in the address. */
export interface ReaderView {
  feed?: string | undefined; source?: string | undefined; q?: string | undefined; since?: string | undefined; show?: string | undefined; item?: string | undefined;
  /** The smart feed whose dialog is open; `new` for another one. */
  edit?: string | undefined;
}
/** One line of the list, whichever list it is. */
export interface Listed { item: Item; why: Why | null }

export const sinces: { value: Since | ''; label: string }[] = [
  { value: '', label: 'Any time' }, { value: 'day', label: 'Since yesterday' }, { value: 'week', label: 'The last 7 days' }, { value: 'month', label: 'The last 30 days' },
];
const days: Record<Since, number> = { day: 1, week: 7, month: 30 };
export const isSince = (value: string | undefined): value is Since => value !== undefined && value in days;

/** As far as it is counted. */
export const howMany = (unread: number): string => (unread < 1000 ? String(unread) : '999+');
export const markOf = (show: string | undefined): Mark | undefined => (show === 'unread' || show === 'saved' ? show : undefined);

/**
 * What "mark all as read" means where one looks: the source, or all; the lines themselves where words or a smart feed chose them.
 * Nothing where only some days are looked at, since more than they would be read. What came after the newest of the lines stays.
 */
export function readAllOf({ feed, source, q, since, show }: ReaderView, listed: Listed[]): ReadAll | undefined {
  const unread = listed.filter((l) => !l.item.read);
  if (unread.length === 0 || isSince(since) || show === 'saved') return undefined;
  if (feed || q) return { items: unread.slice(0, 100).map((l) => l.item.id) };
  const until = listed.map((l) => l.item.seen_at).reduce((a, b) => (Date.parse(a) > Date.parse(b) ? a : b));
  return source ? { source, until } : { until };
}

/** What the list of items is asked for. Days begin at midnight here, so that the question stays the same all day. */
export function filterOf({ source, q, since, show }: ReaderView, now: Date): ItemFilter {
  const mark = markOf(show);
  if (!isSince(since)) return { source, q, mark };
  const from = new Date(now.getFullYear(), now.getMonth(), now.getDate() - days[since]);
  return { source, q, mark, since: from.toISOString() };
}

export const listedItems = (items: Item[]): Listed[] => items.map((item) => ({ item, why: null }));
export const listedFeed = (items: FeedItem[]): Listed[] => items.map(({ item, why }) => ({ item, why }));

/** The one to go to from where one is; at the ends one stays. */
export function step(ids: string[], at: string | undefined, by: 1 | -1): string | undefined {
  const now = at === undefined ? -1 : ids.indexOf(at);
  if (now === -1) return ids[0];
  return ids[Math.min(ids.length - 1, Math.max(0, now + by))];
}

/**
 * The first words of each topic in turn: where only some are shown, no topic is left out. They come topic by topic, each
 * beginning with its name; where that is told before, its words count as those of the topic before it.
 */
export function someKeywords({ topics, keywords }: Pick<SmartFeed, 'topics' | 'keywords'>, most = 9): string[] {
  const starts = [0];
  for (const { topic } of topics.slice(1)) {
    const at = keywords.indexOf(topic.toLowerCase(), (starts.at(-1) ?? 0) + 1);
    if (at !== -1) starts.push(at);
  }
  const parts = starts.map((from, i) => keywords.slice(from, starts[i + 1]));
  const inTurn = keywords.flatMap((_, nth) => parts.flatMap((part) => part.slice(nth, nth + 1)));
  const taken = new Set(inTurn.slice(0, most));
  return keywords.filter((k) => taken.has(k));
}

/** A text as it is read: by its empty lines, or by its lines where it has no empty ones. */
export function paragraphs(text: string): string[] {
  const parts = text.trim().split(/\n\s*\n/);
  // What a line begins with stays: it may be code.
  return (parts.length === 1 ? text.trim().split('\n') : parts).map((p) => p.trimEnd()).filter(Boolean);
}
