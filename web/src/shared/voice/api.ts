/**
 * The voice's part of the REST API. Its shapes stand here by hand until the description of the API has them.
 */
import { infiniteQueryOptions, keepPreviousData, queryOptions, useQuery } from '@tanstack/react-query';
import { problemOf } from '../api/problem';
import { keys, type Scope } from '../api/queries';
import type { NetworkId, Page } from '../api/types';
import { useDebounced } from '../draft/check';
import { uuid } from '../lib/uuid';

export type Family = 'all' | 'short' | 'professional' | 'visual' | 'long';
export type Whose = 'own' | 'other';
export type SampleSource = 'paste' | 'upload' | 'post' | 'edit' | 'approval' | 'rejection';
export type Unit = 'words' | 'letters' | 'per_hundred_words' | 'share';

export interface NotEnough { what: 'model' | 'samples' | 'words' | 'others' | 'text'; have: number; need: number; message: string }
export interface Enough { ok: boolean; message: string; have: number; need: number }
export interface Validation { area: number; own: number; others: number; mean_own: number; mean_others: number; calibration_error?: number | null }
export interface VoiceModel {
  id: string; version: number; family: Family; status: 'pending' | 'training' | 'completed' | 'failed'; active: boolean; sample_count: number; other_count: number; words: number;
  validation_score: number | null; validation: Validation | null; before_score: number | null; failure: string | null; training_started_at: string | null; training_completed_at: string | null; created_at: string;
}
export interface Rule { habit: string; text: string; examples: string[] }
export interface Habit { name: string; label: string; unit: Unit; value: number; spread: number; others: number }
export interface Guide { language: string; does: Rule[]; never: Rule[]; openings: string[]; closings: string[]; phrases?: string[]; habits: Habit[] }
export interface VoiceModelView extends VoiceModel { guide: Guide | null }
export interface FamilyView {
  family: Family; own_samples: number; own_words: number; other_samples: number; enough: Enough; active_model: VoiceModel | null; training: VoiceModel | null; changes_since: number; retrain_after: number;
}
export interface VoiceOverview { families: FamilyView[]; languages: { language: string | null; samples: number }[] }
export interface VoiceSample {
  id: string; kind: Whose; source: SampleSource; network: NetworkId | null; text: string; words: number; language: string | null; quality: number; rank: number | null; reasons: string[];
  features: Record<string, number>; engagement: Record<string, number>; weight: number; used_for_training: boolean; published_at: string | null; created_at: string;
}
export interface Imported { added: number; repeated: number; refused: { place: string; reason: string }[]; more_refused: number }
export interface Reason { name: string; label: string; unit: Unit; value: number; usual: number; spread: number; effect: number; advice: string }
export interface Score { confidence: number | null; not_enough: NotEnough | null; off: Reason[]; fits: Reason[]; wording: number; model: { id: string; version: number } | null }

/** A request below a brand, for what the typed client has no words for. */
export async function ask<T>(s: Scope, method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, { body, signal, keepalive }: { body?: unknown; signal?: AbortSignal; keepalive?: boolean } = {}): Promise<T> {
  const answer = await fetch(`/api/v1/organizations/${s.org}/brands/${s.brand}/${path}`, {
    method,
    credentials: 'same-origin',
    headers: { ...(body !== undefined && !(body instanceof FormData) && { 'content-type': 'application/json' }), ...(method === 'POST' && { 'idempotency-key': uuid() }) },
    ...(body !== undefined && { body: body instanceof FormData ? body : JSON.stringify(body) }),
    ...(signal && { signal }),
    ...(keepalive && { keepalive }),
  });
  if (!answer.ok) throw await problemOf(answer);
  return (answer.status === 204 ? undefined : await answer.json()) as T;
}
function query(values: Record<string, string | boolean | number | null | undefined>): string {
  const set = Object.entries(values).filter(([, value]) => value !== undefined && value !== null && value !== '').map(([name, value]) => [name, String(value)]);
  return set.length > 0 ? `?${new URLSearchParams(set)}` : '';
}

export const voiceKey = (s: Scope) => [...keys.brand(s), 'voice'] as const;
export const voiceQuery = (s: Scope) => queryOptions({
  queryKey: [...voiceKey(s), 'overview'],
  queryFn: ({ signal }) => ask<VoiceOverview>(s, 'GET', 'voice', { signal }),
  // Events tell of progress; this only catches up when the stream is down.
  refetchInterval: ({ state }) => (state.data?.families.some((f) => f.training) ? 4_000 : false),
});
export interface SampleFilter { whose?: Whose | undefined; network?: NetworkId | undefined; source?: SampleSource | undefined; used?: boolean | undefined; sort?: 'newest' | 'best' | undefined }
export const samplesQuery = (s: Scope, { whose, ...filter }: SampleFilter) => infiniteQueryOptions({
  queryKey: [...voiceKey(s), 'samples', { whose, ...filter }],
  queryFn: ({ signal, pageParam }) => ask<Page<VoiceSample>>(s, 'GET', `voice/samples${query({ kind: whose ?? 'own', ...filter, cursor: pageParam, limit: 50 })}`, { signal }),
  initialPageParam: null as string | null | undefined,
  getNextPageParam: (last) => last.next_cursor,
  placeholderData: keepPreviousData,
});
export const modelsQuery = (s: Scope) => infiniteQueryOptions({
  queryKey: [...voiceKey(s), 'models'],
  queryFn: ({ signal, pageParam }) => ask<Page<VoiceModel>>(s, 'GET', `voice/models${query({ cursor: pageParam, limit: 50 })}`, { signal }),
  initialPageParam: null as string | null | undefined,
  getNextPageParam: (last) => last.next_cursor,
});
export const modelQuery = (s: Scope, id: string) => queryOptions({
  queryKey: [...voiceKey(s), 'model', id], queryFn: ({ signal }) => ask<VoiceModelView>(s, 'GET', `voice/models/${id}`, { signal }),
});
export const scoreQuery = (s: Scope, text: string, network: string | undefined) => queryOptions({
  queryKey: [...voiceKey(s), 'score', network ?? '', text],
  queryFn: ({ signal }) => ask<Score>(s, 'POST', 'voice/score', { body: { text, ...(network && { network }) }, signal }),
  staleTime: Infinity,
  gcTime: 60_000,
  retry: false,
});

const families: Record<string, Family> = {
  x: 'short', threads: 'short', bluesky: 'short', mastodon: 'short', linkedin: 'professional', google_business: 'professional', facebook: 'professional',
  instagram: 'visual', tiktok: 'visual', youtube: 'visual', blog: 'long', email: 'long',
};
/** The model that speaks for a network: that of its family, else the one for all. */
export function modelFor(overview: VoiceOverview | undefined, network?: string): VoiceModel | null {
  const of = (family: Family | undefined) => overview?.families.find((f) => f.family === family)?.active_model ?? null;
  return of(network === undefined ? undefined : families[network]) ?? of('all');
}

/** What the brand's voice says of a text while it is written: a moment after the last key. */
export function useScore(s: Scope, text: string, network: string | undefined, enabled: boolean) {
  const settled = useDebounced(text, 350);
  const answer = useQuery({ ...scoreQuery(s, settled, network), enabled: enabled && settled.trim() !== '', placeholderData: keepPreviousData });
  return { ...answer, behind: settled !== text || answer.isPlaceholderData || answer.isFetching };
}
