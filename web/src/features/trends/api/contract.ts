/** The shapes of trends and of the search by meaning, and the client that knows their addresses. */
import { api } from '@/shared/api/client';
import type { brandPath } from '@/shared/api/queries';
import type { components } from '@/shared/api/schema.gen';
import type { ContentType, Generation, NetworkId } from '@/shared/api/types';
import type { Client } from 'openapi-fetch';

export type TrendState = 'active' | 'declining' | 'expired';
export type TrendSort = 'rank' | 'newest' | 'momentum' | 'peak';
export type TrendFormat = 'thread' | 'post' | 'carousel';

/** One of ten lies below `low`, half below `likely`, nine of ten below `high`. */
export interface TrendRange<T> { low: T; likely: T; high: T }
/** An hour that brought items; hours without any are left out. */
export interface TrendCourse { at: string; items: number }

export interface Trend {
  id: string; name: string; keywords: string[]; category: string | null; geography: string[]; language: string;
  state: TrendState;
  /** 0 to 1. */
  confidence: number;
  /** −1 to 1. */
  momentum: number;
  /** 0 to 1; null while there is neither a profile nor a pillar to compare with. */
  relevance: number | null;
  rank: number; item_count: number; source_count: number;
  onset_at: string; found_at: string; last_item_at: string;
  /** When it will be over without another item. */
  expires_at: string;
  peak: TrendRange<string>; size: TrendRange<number>; course: TrendCourse[];
  summary: string;
  /** The name of the pillar that fits best. */
  pillar: string | null;
  /** How many posts were made from it. */
  drafts: number;
  dismissed_at: string | null; alerted_at: string | null; version: number;
}

export interface TrendContribution { what: string; value: number; /** Above 0 it raised the confidence, below 0 it lowered it. */ effect: number; words: string }
export interface TrendWhy {
  sentences: string[]; window_hours: number; seen: number; usual: number; surprise: number; wordings: number;
  /** The share of the busiest source, 0 to 1. */
  top_source: number;
  phrases: { text: string; share: number }[]; contributions: TrendContribution[];
}
export interface TrendWhyYou { sentences: string[]; pillars: { id: string; name: string; share: number }[]; matched: string[] }
export interface TrendEnds { sentences: string[]; declines_after_hours: number; over_after_hours: number; over_at: string; gap_hours: number }
export interface TrendAngle { id: string; title: string; angle: string; format: TrendFormat; evidence: string[] }
export interface TrendEvidence { item_id: string; title: string; url: string; source: components['schemas']['ItemSource']; at: string; /** How much of what holds the trend together it says, 0 to 1. */ likeness: number }
export interface TrendPost { post_id: string; network: NetworkId; content_type: ContentType; status: string; relevance: number }
export interface TrendPrediction { made_at: string; peak: TrendRange<string>; size: TrendRange<number> }
export interface TrendEvaluation {
  peak_at: string; peak_hit: boolean; /** Below 0 it came earlier than was said. */ peak_late_hours: number;
  items: number; size_hit: boolean; size_ratio: number; held: boolean;
}
export interface TrendDetail extends Trend {
  why: TrendWhy; why_you: TrendWhyYou; ends: TrendEnds; angles: TrendAngle[]; evidence: TrendEvidence[]; posts: TrendPost[];
  predicted: TrendPrediction; evaluation: TrendEvaluation | null;
}
/** How many of the trends that are over came as was said when they were found. */
export interface TrendAccuracy {
  trends: number; peaks: number; sizes: number; held: number;
  peak_rate: number | null; size_rate: number | null; held_rate: number | null;
  from: string | null; to: string | null; sentences: string[];
}
export interface UpdateTrend { name?: string; category?: string | null; dismissed?: boolean }
export interface TrendDrafts { formats?: TrendFormat[]; networks?: NetworkId[]; angle?: string }

/** Whether the search in items knows their meaning, and why not. */
export interface Embeddings { model: string | null; dimensions: number | null; items: number; embedded: number; pending: number; state: 'ready' | 'working' | 'off'; reason: string | null }
/** By what an item was found: only in the answer to a search. */
export type Matched = 'words' | 'meaning' | 'both';
/** Why an item stands where it does in a smart feed: with how near it is in meaning, and the whole of it in sentences. */
export type Why = components['schemas']['SmartFeedWhy'] & { meaning?: number | null; sentences?: string[] };
export type Item = components['schemas']['Item'] & { matched?: Matched | null };

interface Page<T> { items: T[]; next_cursor?: string | null }
interface Scoped { org: string; brand: string }
interface OneOf extends Scoped { trend: string }
interface Answer<T, Status extends number = 200> { responses: { [S in Status]: { headers: Record<string, unknown>; content: { 'application/json': T } } } }
interface Asked<Path, Query = never, Header = never> { parameters: { path: Path; query?: Query; header?: Header; cookie?: never } }
interface Body<T> { requestBody: { content: { 'application/json': T } } }
type Trends = `${typeof brandPath}/trends`;
type One = `${Trends}/{trend}`;
export interface TrendQuery { state?: TrendState[]; category?: string; q?: string; min_confidence?: number; sort?: TrendSort; dismissed?: boolean; cursor?: string; limit?: number }

type Paths =
  & Record<Trends, { get: Asked<Scoped, TrendQuery> & Answer<Page<Trend>> }>
  & Record<`${Trends}/accuracy`, { get: Asked<Scoped> & Answer<TrendAccuracy> }>
  & Record<One, { get: Asked<OneOf> & Answer<TrendDetail>; patch: Asked<OneOf, never, { 'If-Match'?: string }> & Body<UpdateTrend> & Answer<TrendDetail> }>
  & Record<`${One}/evidence`, { get: Asked<OneOf, { cursor?: string; limit?: number }> & Answer<Page<TrendEvidence>> }>
  & Record<`${One}/drafts`, { post: Asked<OneOf> & Body<TrendDrafts> & Answer<Generation, 202> }>
  & Record<`${typeof brandPath}/embeddings`, { get: Asked<Scoped> & Answer<Embeddings> }>;

/** The one client of the app, by the addresses above. */
export const trendApi = api as unknown as Client<Paths>;
