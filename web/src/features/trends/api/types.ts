/** The shapes of sources, items and smart feeds. */
export type SourceKind = 'feed' | 'youtube' | 'reddit' | 'hacker_news' | 'page' | 'x' | 'linkedin' | 'instagram';
export type SourceState = 'new' | 'healthy' | 'troubled' | 'resting' | 'unsupported' | 'paused';
export type Frequency = 'auto' | 'hourly' | 'every_6_hours' | 'daily' | 'weekly';

export interface Health {
  /** What is wrong, in a sentence; null when nothing is. */
  words: string | null;
  last_success_at: string | null;
  last_checked_at: string | null;
  next_check_at: string | null;
  failures: number;
  every_minutes: number;
}
export interface Source {
  id: string; kind: SourceKind; name: string; url: string; feed_url: string | null; identifier: string;
  priority: number; active: boolean; frequency: Frequency; version: number; created_at: string;
  state: SourceState; health: Health; items: number; per_week: number | null; last_item_at: string | null;
}
export interface NewSource { kind: SourceKind; url: string; feed_url?: string; name?: string; priority?: number; frequency?: Frequency }
export interface UpdateSource { name?: string; priority?: number; active?: boolean; frequency?: Frequency }
export interface Candidate {
  kind: SourceKind; name: string; url: string; feed_url: string | null; note: string | null;
  /** The source of this brand that it is already. */
  known: string | null;
  recent: { title: string; url: string | null; published_at: string | null }[];
}
export interface Imported { added: number; known: number; refused: { title: string; url: string; why: string }[] }

export interface Item {
  id: string; source: { id: string; name: string; kind: SourceKind }; url: string; title: string; author: string | null;
  published_at: string | null; seen_at: string; summary: string; /** `und` where it can't be told. */ language: string; keyphrases: string[]; words: number;
  /** How many others say nearly the same. */
  also: number;
  engagement?: unknown; picture_url: string | null; rank?: number | null;
}
export interface WholeItem extends Omit<Item, 'also'> { text: string; also: { source: { id: string; name: string; kind: SourceKind }; url: string; title: string }[] }

export interface Topic { topic: string; description: string }
export interface SmartFeed { id: string; name: string; topics: Topic[]; keywords: string[]; version: number; created_at: string }
export interface NewSmartFeed { name: string; topics: Topic[] }
/** Each from 0 to 1. */
export interface Why { relevance: number; freshness: number; authority: number; words: string[] }
export interface FeedItem { item: Item; score: number; why: Why }
