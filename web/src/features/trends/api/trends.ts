/** What is read and changed of trends. */
import { api, seen, take } from '@/shared/api/client';
import { brandPath, keys, type Scope } from '@/shared/api/queries';
import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';
import type { TrendDrafts, TrendQuery, UpdateTrend } from './contract';

const trendsPath = `${brandPath}/trends` as const;
const trendPath = `${trendsPath}/{trend}` as const;

export const trendsKey = (s: Scope) => [...keys.brand(s), 'trends'] as const;
export const trendListKey = (s: Scope) => [...trendsKey(s), 'list'] as const;
const after = (cursor: string | null | undefined) => (cursor ? { cursor } : {});

export const trendsQuery = (s: Scope, filter: TrendQuery) => infiniteQueryOptions({
  queryKey: [...trendListKey(s), filter],
  queryFn: ({ signal, pageParam }) => take(api.GET(trendsPath, { params: { path: s, query: { ...filter, ...after(pageParam), limit: 30 } }, signal })),
  initialPageParam: null as string | null | undefined,
  getNextPageParam: (last) => last.next_cursor,
  placeholderData: keepPreviousData,
  // Peaks move with every look at the sources; events tell of most of it, this catches up.
  refetchInterval: 5 * 60_000,
});
/** Those of which some may be told on Today, the best for the brand first. */
export const soonQuery = (s: Scope) => queryOptions({
  queryKey: [...trendsKey(s), 'soon'],
  queryFn: ({ signal }) => take(api.GET(trendsPath, { params: { path: s, query: { state: ['active'], limit: 20 } }, signal })),
  refetchInterval: 5 * 60_000,
});
export const trendQuery = (s: Scope, trend: string) => queryOptions({
  queryKey: [...trendsKey(s), 'one', trend], queryFn: ({ signal }) => take(api.GET(trendPath, { params: { path: { ...s, trend } }, signal })), staleTime: 30_000,
});
export const evidenceQuery = (s: Scope, trend: string) => infiniteQueryOptions({
  queryKey: [...trendsKey(s), 'evidence', trend],
  queryFn: ({ signal, pageParam }) => take(api.GET(`${trendPath}/evidence`, { params: { path: { ...s, trend }, query: { ...after(pageParam), limit: 50 } }, signal })),
  initialPageParam: null as string | null | undefined,
  getNextPageParam: (last) => last.next_cursor,
});
export const accuracyQuery = (s: Scope) => queryOptions({
  queryKey: [...trendsKey(s), 'accuracy'], queryFn: ({ signal }) => take(api.GET(`${trendsPath}/accuracy`, { params: { path: s }, signal })), staleTime: 5 * 60_000,
});
export const changeTrend = (s: Scope, { id, version }: { id: string; version: number }, body: UpdateTrend) => take(api.PATCH(trendPath, { params: { path: { ...s, trend: id }, header: seen(version) }, body }));
export const draftTrend = (s: Scope, trend: string, body: TrendDrafts) => take(api.POST(`${trendPath}/drafts`, { params: { path: { ...s, trend } }, body }));

/** Whether the search in items is by meaning too. */
export const embeddingsQuery = (s: Scope) => queryOptions({
  queryKey: [...keys.brand(s), 'items', 'embeddings'],
  queryFn: ({ signal }) => take(api.GET(`${brandPath}/embeddings`, { params: { path: s }, signal })),
  staleTime: 60_000,
  // What is still being read comes in by and by.
  refetchInterval: ({ state }) => (state.data?.state === 'working' ? 20_000 : false),
});
