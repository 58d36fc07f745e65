import { infiniteQueryOptions, keepPreviousData, queryOptions, useQuery } from '@tanstack/react-query';
import { api, take } from '../api/client';
import { brandPath, keys, type Scope } from '../api/queries';
import type { components } from '../api/schema.gen';
import type { NetworkId } from '../api/types';
import { useDebounced } from '../draft/check';

type Schemas = components['schemas'];
export type Family = Schemas['Family'];
export type Whose = Schemas['SampleKind'];
export type SampleSource = Schemas['SampleSource'];
export type Unit = Schemas['Habit']['unit'];
export type VoiceModel = Schemas['VoiceModelSummary'];
export type VoiceModelView = Schemas['VoiceModelView'];
export type Rule = Schemas['Rule'];
export type Habit = Schemas['Habit'];
export type Guide = Schemas['Guide'];
export type FamilyView = Schemas['FamilyView'];
export type VoiceOverview = Schemas['VoiceOverview'];
export type VoiceSample = Schemas['SampleView'];
export type Imported = Schemas['SamplesImported'];
export type Reason = Schemas['ReasonView'];
export type Score = Schemas['ScoreView'];

export const voicePath = `${brandPath}/voice` as const;
const after = (cursor: string | null | undefined) => (cursor ? { cursor } : {});

export const voiceKey = (s: Scope) => [...keys.brand(s), 'voice'] as const;
export const voiceQuery = (s: Scope) => queryOptions({
  queryKey: [...voiceKey(s), 'overview'],
  queryFn: ({ signal }) => take(api.GET(voicePath, { params: { path: s }, signal })),
  // Events tell of progress; this only catches up when the stream is down.
  refetchInterval: ({ state }) => (state.data?.families.some((f) => f.training) ? 4_000 : false),
});
export interface SampleFilter { whose?: Whose | undefined; network?: NetworkId | undefined; source?: SampleSource | undefined; used?: boolean | undefined; sort?: 'newest' | 'best' | undefined }
export const samplesQuery = (s: Scope, { whose, ...filter }: SampleFilter) => infiniteQueryOptions({
  queryKey: [...voiceKey(s), 'samples', { whose, ...filter }],
  queryFn: ({ signal, pageParam }) => take(api.GET(`${voicePath}/samples`, { params: { path: s, query: { kind: whose ?? 'own', ...filter, ...after(pageParam), limit: 50 } }, signal })),
  initialPageParam: null as string | null | undefined,
  getNextPageParam: (last) => last.next_cursor,
  placeholderData: keepPreviousData,
});
export const modelsQuery = (s: Scope) => infiniteQueryOptions({
  queryKey: [...voiceKey(s), 'models'],
  queryFn: ({ signal, pageParam }) => take(api.GET(`${voicePath}/models`, { params: { path: s, query: { ...after(pageParam), limit: 50 } }, signal })),
  initialPageParam: null as string | null | undefined,
  getNextPageParam: (last) => last.next_cursor,
});
export const modelQuery = (s: Scope, id: string) => queryOptions({
  queryKey: [...voiceKey(s), 'model', id], queryFn: ({ signal }) => take(api.GET(`${voicePath}/models/{model}`, { params: { path: { ...s, model: id } }, signal })),
});
export const scoreQuery = (s: Scope, text: string, network: string | undefined) => queryOptions({
  queryKey: [...voiceKey(s), 'score', network ?? '', text],
  queryFn: ({ signal }) => take(api.POST(`${voicePath}/score`, { params: { path: s }, body: { text, ...(network && { network: network as NetworkId }) }, signal })),
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
