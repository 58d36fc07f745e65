/** The shapes of the publishing API, by hand until its description has them; this file alone is then replaced by generated ones. */
import type { Content } from '@/shared/api/types';

/** The server's word for a moment in the brand's zone: `2026-03-29T09:00`, wall clock, no zone in it. */
export type LocalTime = string;

export interface ProviderField { name: string; label: string; secret: boolean; required: boolean; example: string | null; help: string | null }
export interface Provider {
  provider: string; name: string; networks: string[]; way: 'oauth' | 'fields' | 'none'; configured: boolean; needs_server: boolean;
  fields: ProviderField[]; scopes: { name: string; words: string }[];
  setup: { redirect_url: string; register_url: string | null; steps: string[] };
  tested: string | null;
}
export type ConnectionStatus = 'active' | 'needs_consent' | 'revoked' | 'disconnected';
export interface Connection {
  id: string; provider: string; network: string; account_id: string; name: string; handle: string; avatar_url: string | null; server: string | null;
  status: ConnectionStatus; trouble: string | null; scopes: string[];
  expires_at: string | null; blocked_until: string | null; last_published_at: string | null; checked_at: string | null; created_at: string; version: number;
}
export interface NewConnection { provider: string; network?: string; server?: string; fields: Record<string, string> }
export interface PickAccount { id: string; network: string; name: string; handle: string; avatar_url: string | null; connected: boolean }
export interface Pick { provider: string; accounts: PickAccount[]; expires_at: string }

export type PublicationState = 'draft' | 'in_review' | 'approved' | 'scheduled' | 'sending' | 'published' | 'failed' | 'unclear' | 'held' | 'cancelled';
export type HeldReason = 'paused' | 'late' | 'connection' | 'not_approved' | 'rules';
export type Ability = 'edit' | 'cancel' | 'retry' | 'reconcile' | 'publish_now' | 'confirm_published' | 'confirm_absent' | 'reschedule';
export interface ConnectionRef { id: string; network: string; provider: string; name: string; handle: string; avatar_url: string | null }
export interface Publication {
  id: string; post_id: string; connection: ConnectionRef; target: string; network: string; content_type: string;
  state: PublicationState; held_reason: HeldReason | null;
  /** Why, in the network's own words or ours. */
  words: string | null;
  /** The first words of the text. */
  title: string; content: Content; own_content: boolean;
  local_time: LocalTime | null; zone: string; due_at: string | null; source: 'exact' | 'queue' | 'now' | 'recurrence';
  published_at: string | null; remote_url: string | null; attempts: number; pieces_done: number; pieces: number;
  can: Ability[]; created_at: string; updated_at: string; version: number;
}
export interface Attempt {
  id: string; number: number; kind: 'send' | 'reconcile'; piece: number; started_at: string; finished_at: string | null;
  outcome: string | null;
  /** Of HTTP, when the network answered at all. */
  status: number | null;
  words: string | null; remote_url: string | null; worker: string | null;
}
export interface PublicationDetail extends Publication { attempts_list: Attempt[] }
export type When = { at: LocalTime } | { queue: true } | { now: true };
export interface NewPublications { connection_ids: string[]; when: When; content?: Content; approve?: boolean }
export interface PublicationFilter { state?: string | undefined; network?: string | undefined; connection?: string | undefined; post?: string | undefined }
export interface BulkAction { ids: string[]; action: 'cancel' | 'publish_now' | 'move'; minutes?: number }
export interface BulkDone { done: string[]; failed: { id: string; code: string; message: string }[] }

export interface CalendarItem {
  id: string; post_id: string; connection_id: string; network: string; target: string; state: PublicationState; held_reason: HeldReason | null;
  title: string; local_time: LocalTime; due_at: string; remote_url: string | null; version: number;
}
export interface CalendarSlot { local_time: LocalTime; network: string | null }
export interface Calendar { zone: string; items: CalendarItem[]; slots: CalendarSlot[]; connections: { id: string; network: string; name: string; handle: string }[] }

export interface Pause { scope: 'organization' | 'brand' | 'network'; network: string | null; reason: string; since: string; by: string | null }
export interface Summary {
  zone: string; needs_you: Publication[]; today: Publication[]; yesterday: { published: number; failed: number }; counts: Partial<Record<PublicationState, number>>; paused: Pause[];
}

export type Weekday = 'mon' | 'tue' | 'wed' | 'thu' | 'fri' | 'sat' | 'sun';
export interface QueueSlot { days: Weekday[]; time: string; network: string | null }
export interface Schedule { zone: string; slots: QueueSlot[]; min_minutes_apart: number; daily_caps: Record<string, number>; late_minutes: number; version: number }
export interface NextSlot { local_time: LocalTime; zone: string; due_at: string }

export interface SandboxPost {
  id: string; connection_id: string; handle: string; name: string; avatar_url: string | null; text: string; thread_of: string | null; created_at: string;
  reactions: { like: number; repost: number; celebrate: number }; comments: { author: string; text: string; at: string }[];
}
