/** What is said of trends, in words. */
import { countOf, named, span, unitOf } from '@/shared/lib/time';
import type { Trend, TrendAccuracy, TrendEvaluation, TrendFormat, TrendRange, TrendSort, TrendState } from '../api/contract';
import { queryOf, showOf, type Show, type TrendsView } from './view';

const minute = 60_000;
const hour = 60 * minute;

export const formats: { value: TrendFormat; label: string }[] = [{ value: 'thread', label: 'Thread' }, { value: 'post', label: 'Post' }, { value: 'carousel', label: 'Carousel' }];
export const formatName = (format: string) => formats.find((f) => f.value === format)?.label ?? format;
export const sorts: { value: TrendSort | ''; label: string }[] = [
  { value: '', label: 'The best for you first' }, { value: 'momentum', label: 'The fastest first' }, { value: 'peak', label: 'The next peak first' }, { value: 'newest', label: 'The newest first' },
];
export const sureness: { value: string; label: string }[] = [{ value: '', label: 'Any confidence' }, { value: '0.6', label: 'At least 60 % sure' }, { value: '0.75', label: 'At least 75 % sure' }, { value: '0.9', label: 'At least 90 % sure' }];

export const stateLooks: Record<TrendState, { label: string; dot: string; text: string }> = {
  active: { label: 'Going on', dot: 'bg-good', text: 'text-good' },
  declining: { label: 'Losing pace', dot: 'bg-brass', text: 'text-brass-ink' },
  expired: { label: 'Over', dot: 'bg-ink-3', text: 'text-ink-2' },
};

/** `2 and 9 h`, `40 min and 3 h`. */
function twoSpans(low: number, high: number): string {
  const [one, other] = [unitOf(low), unitOf(high)];
  const [from, to] = [countOf(low, one), countOf(high, other)];
  return one === other ? `${from} and ${named(to, other)}` : `${named(from, one)} and ${named(to, other)}`;
}

export interface Countdown {
  /** `peaks in about 5 h`. */
  short: string;
  /** `between 2 and 9 h from now`; null where the short one says it all. */
  range: string | null;
  /** Whether it is so near that one should write now. */
  soon: boolean; past: boolean;
}
/** When most of it comes at once, as seen from now. */
export function countdown(peak: TrendRange, now: Date): Countdown {
  const [low, likely, high] = [peak.low, peak.likely, peak.high].map((at) => new Date(at).getTime() - now.getTime()) as [number, number, number];
  if (high <= 0) return { short: `peaked about ${span(-likely)} ago`, range: null, soon: false, past: true };
  if (likely <= 0) return { short: 'at its peak about now', range: `or within ${span(high)}`, soon: true, past: false };
  // It may have begun, and the middle of so wide a range says no more than that.
  if (low <= 0 && likely < hour) return { short: 'peaks any time now', range: `at the latest in ${span(high)}`, soon: true, past: false };
  const soon = likely <= 12 * hour;
  const short = `peaks in about ${span(likely)}`;
  if (low <= 0) return { short, range: `at the latest in ${span(high)}`, soon, past: false };
  if (span(low) === span(high)) return { short, range: null, soon, past: false };
  return { short, range: `between ${twoSpans(low, high)}`, soon, past: false };
}
/** The whole of it, as it is read out: `Peaks in about 5 h, between 2 and 9 h`. */
export function countdownWords({ short, range }: Countdown): string {
  const words = range ? `${short}, ${range}` : short;
  return capital(words);
}

/** As many as a page that is looked at each morning should hold. */
const onToday = 3;
/** What has less to do with the brand than this (0 to 1) is told of nowhere but in the list; one that is unknown may have. */
const concerns = 0.25;
/** Peaks that are farther away have time. */
const daysAhead = 3;
/** Of trends, the best first, those to write about before their peak: the next peak first. */
export function peakingSoon<T extends Pick<Trend, 'state' | 'relevance' | 'peak'>>(trends: T[], now: Date): T[] {
  const near = (peak: TrendRange) => !countdown(peak, now).past && new Date(peak.likely).getTime() - now.getTime() <= daysAhead * 24 * hour;
  const ahead = trends.filter((t) => t.state === 'active' && (t.relevance ?? 1) >= concerns && near(t.peak));
  return ahead.slice(0, onToday).sort((a, b) => a.peak.likely.localeCompare(b.peak.likely));
}

export type Direction = 'up' | 'rather-up' | 'level' | 'rather-down' | 'down';
/** Its pace lately against the pace before, as a word; the number stands beside it. */
export function momentumWord(momentum: number): { word: string; direction: Direction } {
  if (momentum >= 0.6) return { word: 'Rising fast', direction: 'up' };
  if (momentum >= 0.15) return { word: 'Rising', direction: 'rather-up' };
  if (momentum > -0.15) return { word: 'Steady', direction: 'level' };
  if (momentum > -0.6) return { word: 'Slowing', direction: 'rather-down' };
  return { word: 'Fading', direction: 'down' };
}
/** `+0.72`, with a real minus. */
export function signed(value: number): string {
  const rounded = Math.round(value * 100) / 100;
  if (rounded === 0) return '0';
  return `${rounded > 0 ? '+' : '−'}${Math.abs(rounded).toFixed(2)}`;
}
export const percent = (share: number) => `${Math.round(share * 100)} %`;
export const plural = (n: number, one: string, many = `${one}s`) => `${n.toLocaleString('en')} ${n === 1 ? one : many}`;

/** What the numbers mean: shown when one rests on them. */
export const meanings = {
  momentum: 'Momentum, from −1 to +1: its recent pace against its pace before. At 0 it goes on as it was; at +1 all of it came just now.',
  confidence: 'How likely it is that this is a trend and not chance. Nine of ten are right when they are found; one that falls silent becomes less sure by the hour.',
  relevance: 'How close it is to this brand’s pillars, profile and audiences. Trends are ranked by this, by how sure they are, by pace and by freshness.',
  peak: 'When most items come at once. In eight of ten cases that falls within the range; in half of all cases before the time in its middle.',
  size: 'How many items it will have in the end. In eight of ten cases the number lies within the range.',
} as const;

export const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

const inState: Record<Show, string | null> = { now: null, active: 'going on', declining: 'losing pace', expired: 'over', dismissed: 'dismissed' };
/** Why a list of trends is empty, by what was chosen and by nothing else: `No trend in “Business” is going on.` */
export function noneOf(view: TrendsView): string {
  const which = `No trend${view.category ? ` in “${capital(view.category)}”` : ''}${view.q ? ` with “${view.q}” in it` : ''}`;
  const { min_confidence: sure } = queryOf(view);
  const is = [sure !== undefined && `at least ${percent(sure)} sure`, inState[showOf(view)]].filter(Boolean).join(' and ');
  return `${which} ${is ? `is ${is}` : 'rises right now'}.`;
}

/** `14 items from 6 sources`. */
export const volume = ({ item_count, source_count }: Pick<Trend, 'item_count' | 'source_count'>) => `${plural(item_count, 'item')} from ${plural(source_count, 'source')}`;

/** `41 items, busiest Sun 22 Nov, 09:00 to 10:00 with 12`: how many, and when most came at once. */
export function busiestWords(all: number, most: number, when: string): string {
  if (all === most) return `${plural(all, 'item')}, ${all === 1 ? '' : 'all '}${when}`;
  // one at a time is no bustle
  if (most === 1) return plural(all, 'item');
  return `${plural(all, 'item')}, busiest ${when} with ${most.toLocaleString('en')}`;
}

/** `8 of 10`, and the share of it. */
export function hits(n: number, of: number): string {
  return `${n.toLocaleString('en')} of ${of.toLocaleString('en')}`;
}
/** The three things that are measured, each with what it means. */
export function measured(a: TrendAccuracy): { name: string; n: number; rate: number | null; means: string }[] {
  return [
    { name: 'Peaks', n: a.peaks, rate: a.peak_rate ?? null, means: 'The peak came within the time predicted when the trend was found. The aim is eight of ten.' },
    { name: 'Sizes', n: a.sizes, rate: a.size_rate ?? null, means: 'It ended with as many items as predicted. The aim is eight of ten.' },
    { name: 'Held', n: a.held, rate: a.held_rate ?? null, means: 'It went on after it was found: at least half as many items again came.' },
  ];
}

/** What came, against what was said. */
export function outcome(e: TrendEvaluation): { peak: string; size: string } {
  const late = Math.abs(e.peak_late_hours) * hour;
  const off = late < 45 * minute ? 'when it was predicted' : `${span(late)} ${e.peak_late_hours > 0 ? 'later' : 'earlier'} than predicted`;
  const ratio = e.size_ratio;
  const size = ratio > 0.9 && ratio < 1.1 ? 'about as many as predicted' : ratio >= 1.1 ? `${ratio.toFixed(1)} times as many as predicted` : `${percent(ratio)} of what was predicted`;
  return { peak: `The peak came ${off}.`, size: `${plural(e.items, 'item')} in the end, ${size}.` };
}
