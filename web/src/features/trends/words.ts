/** What sources and items say of themselves, in words. */
import { ago, ahead } from '@/shared/lib/time';
import type { Embeddings } from './api/contract';
import type { SourceFilter } from './api/queries';
import type { Frequency, Matched, Source, SourceKind, SourceState, Why } from './api/types';

export const kinds: Record<SourceKind, string> = {
  feed: 'Feed', youtube: 'YouTube', reddit: 'Reddit', hacker_news: 'Hacker News', page: 'Page', x: 'X', linkedin: 'LinkedIn', instagram: 'Instagram',
};
export const frequencies: Record<Frequency, string> = {
  auto: 'As often as it posts', hourly: 'Every hour', every_6_hours: 'Every 6 hours', daily: 'Once a day', weekly: 'Once a week',
};
/** From the one that weighs most. */
export const priorities: { value: number; label: string }[] = Array.from({ length: 10 }, (_, i) => 10 - i).map((value) => ({
  value, label: { 10: '10 · before all others', 5: '5 · as usual', 1: '1 · only when nothing else is there' }[value] ?? String(value),
}));
export const usualPriority = 5;

export interface Look { label: string; text: string }
/** How a source is, as a word. */
export const looks: Record<SourceState, Look> = {
  new: { label: 'New', text: 'text-ink-2' },
  healthy: { label: 'Healthy', text: 'text-good' },
  troubled: { label: 'In trouble', text: 'text-bad' },
  resting: { label: 'Resting', text: 'text-brass-ink' },
  unsupported: { label: 'Can’t be read', text: 'text-brass-ink' },
  unconnected: { label: 'Needs an account', text: 'text-brass-ink' },
  paused: { label: 'Paused', text: 'text-ink-2' },
};

const sick: readonly SourceState[] = ['troubled', 'resting', 'unconnected'];
/** Whether somebody should look after it. */
export const isSick = ({ state }: Pick<Source, 'state'>) => sick.includes(state);

/** Whether it can be looked at now: the server refuses what is paused, and what came with the demonstration. */
export const canCheck = ({ active, state, demo }: Pick<Source, 'active' | 'state' | 'demo'>) => active && state !== 'unsupported' && !demo;

/** `in 12 min`, `in 3 h`, `tomorrow`, else the date; `at once` when it is due. */
export const until = (iso: string, now: Date = new Date()) => (new Date(iso).getTime() - now.getTime() < 60_000 ? 'at once' : ahead(iso, now));

/** From how many items on one can tell how often they come. */
const enough = 4;
/** How often something new comes from it; null while that is not known. */
export function pace({ items, per_week: perWeek }: Pick<Source, 'items' | 'per_week'>): string | null {
  if (perWeek == null || items < enough) return null;
  if (perWeek < 0.15) return 'seldom anything new';
  if (perWeek < 0.9) return `about ${Math.round(perWeek * 4.3)} a month`;
  if (perWeek < 1.5) return 'about one a week';
  if (perWeek >= 21) return `about ${Math.round(perWeek / 7)} a day`;
  return `about ${Math.round(perWeek)} a week`;
}

/** When it was looked at, and when it will be again. */
export function rhythm({ active, state, health }: Pick<Source, 'active' | 'state' | 'health'>, now: Date = new Date()): string {
  const last = health.last_checked_at;
  if (state === 'unsupported') return 'Kept; nothing is read';
  if (!active || state === 'paused') return last ? `Looked at ${ago(last, now)}, not again until it is resumed` : 'Not looked at until it is resumed';
  if (state === 'unconnected') return 'Read as soon as an account is connected';
  if (!last) return 'Looked at for the first time in a moment';
  const next = health.next_check_at;
  return next ? `Looked at ${ago(last, now)}, again ${until(next, now)}` : `Looked at ${ago(last, now)}`;
}

/** What is wrong with it and what comes of that; null when nothing is. */
export function trouble(source: Pick<Source, 'state' | 'health' | 'kind'>, now: Date = new Date()): { words: string; then: string | null } | null {
  const { state, health, kind } = source;
  if (state === 'unsupported') return { words: health.words ?? `${kinds[kind]} shows this to no program. The source is kept, and nothing is read of it.`, then: null };
  if (state === 'unconnected') return { words: health.words ?? `Connect an account of ${kinds[kind]} under Connections, and this is read through it.`, then: null };
  if (!isSick(source)) return null;
  const words = health.words ?? (state === 'resting' ? 'It failed many times in a row.' : 'It did not answer as it should.');
  const since = health.last_success_at ? `It last answered well ${ago(health.last_success_at, now)}.` : 'It has never answered well.';
  const next = health.next_check_at ? ` The next try is ${until(health.next_check_at, now)}.` : '';
  return { words, then: `${since}${next}` };
}

/** Kinds that are read through an account of the brand, or not at all. */
export const needsAccount = (kind: SourceKind) => kind === 'x' || kind === 'instagram';
/** An account as people address it. */
export const handle = (account: string) => `@${account.replace(/^@/, '')}`;

/** An address as people say it. */
export const shownUrl = (url: string) => url.replace(/^https?:\/\/(www\.)?/, '').replace(/\/$/, '');
export interface Summed { text: string; /** The state that is counted, which is also a filter. */ state?: SourceState }
/** `12 sources`, `2 in trouble`, `1 needs an account`, `about 63 items a week`: of all that are there. */
export function summary(sources: Pick<Source, 'state' | 'per_week'>[]): Summed[] {
  const weekly = Math.round(sources.reduce((sum, s) => sum + (s.state === 'paused' ? 0 : (s.per_week ?? 0)), 0));
  return [
    { text: sources.length === 1 ? '1 source' : `${sources.length} sources` },
    ...sick.map((state) => ({ state, n: sources.filter((s) => s.state === state).length })).filter(({ n }) => n > 0).map(({ state, n }) => ({
      state, text: `${n} ${state === 'unconnected' && n > 1 ? 'need an account' : inState[state]}`,
    })),
    ...(weekly > 0 ? [{ text: `about ${weekly.toLocaleString('en')} items a week` }] : []),
  ];
}

const inState: Record<SourceState, string> = {
  new: 'new', healthy: 'healthy', troubled: 'in trouble', resting: 'resting', unsupported: 'unreadable', unconnected: 'needs an account', paused: 'paused',
};
/** Why a list of sources is empty, by what was chosen and by nothing else: `No feed is paused.` */
export function noneOf({ kind, state, q }: SourceFilter): string {
  const which = kind === undefined ? 'source' : kind === 'feed' || kind === 'page' ? kind : `${kinds[kind]} source`;
  const named = q ? `“${q}” in its name or address` : '';
  if (state === undefined) return named ? `No ${which} has ${named}.` : `There is no ${which}.`;
  const is = state === 'unconnected' ? inState[state] : `is ${inState[state]}`;
  return `No ${which}${named && ` with ${named}`} ${is}.`;
}

const listed = new Intl.ListFormat('en', { type: 'conjunction' });
/** Why an item stands where it does in a smart feed. */
export function whyWords({ relevance, freshness, authority, words }: Why): string {
  const close = relevance >= 0.7 ? 'Very close to your topics' : relevance >= 0.35 ? 'Close to your topics' : 'Touches your topics';
  const named = words.length > 0 ? `: ${listed.format(words.slice(0, 3).map((w) => `“${w}”`))}` : '';
  const age = freshness >= 0.7 ? 'fresh' : freshness >= 0.3 ? 'from the last days' : 'older';
  const from = authority >= 0.7 ? 'from a source that weighs much' : authority >= 0.4 ? null : 'from a source that weighs little';
  return [`${close}${named}`, age, from].filter(Boolean).join(' · ');
}

/** By what an item was found. */
export const matchedWords: Record<Matched, string> = { words: 'has the words', nearly: 'a title nearly like it', meaning: 'means it', both: 'has the words and means it' };

/** By what the search finds, and why by no more than that. */
export function searchWords({ state, reason, items, embedded, pending }: Embeddings): { by: string; why: string | null } {
  if (state === 'off') return { by: 'Found by words only', why: reason ?? 'This installation has no model that knows what a text means.' };
  const share = items > 0 ? Math.floor((embedded / items) * 100) : 100;
  if (pending > 0 && share < 100) return { by: 'Found by words and by meaning', why: `${share} % of the items are known by their meaning; the others are still being read.${reason ? ` ${reason}` : ''}` };
  return { by: 'Found by words and by meaning', why: state === 'working' ? (reason ?? null) : null };
}

/** `4 min to read`, by 230 words a minute; null for what is read in a breath. */
export function readingTime(words: number): string | null {
  return words < 100 ? null : `${Math.max(1, Math.round(words / 230))} min to read`;
}

export function languageName(code: string): string | null {
  if (code === 'und') return null;
  try {
    return new Intl.DisplayNames('en', { type: 'language' }).of(code) ?? code;
  } catch {
    return code;
  }
}

/** What is counted of an item where it stands: `comments`, `views`, `likes`, `reposts`. */
export const numbers = (engagement: unknown): [string, number][] => (typeof engagement === 'object' && engagement !== null ? Object.entries(engagement).filter((entry): entry is [string, number] => typeof entry[1] === 'number') : []);
