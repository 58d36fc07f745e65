import { api, take } from '@/shared/api/client';
import { brandPath, keys, type Scope } from '@/shared/api/queries';
import type { HookKind, KnowledgeKind, Season, Urgency } from '@/shared/api/types';
import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';

export { profileQuery } from '@/shared/api/brand-networks';

const after = (cursor: string | null | undefined) => (cursor ? { cursor } : {});
/** The part of a brand that is under `name`, for all that is cached of it. */
export const brandKey = (s: Scope, name: string) => [...keys.brand(s), name] as const;

export const audiencesQuery = (s: Scope) => queryOptions({
  queryKey: brandKey(s, 'audiences'), queryFn: ({ signal }) => take(api.GET(`${brandPath}/audiences`, { params: { path: s }, signal })),
});
export const pillarsQuery = (s: Scope) => queryOptions({
  queryKey: brandKey(s, 'pillars'), queryFn: ({ signal }) => take(api.GET(`${brandPath}/pillars`, { params: { path: s }, signal })),
});
export const proposalsQuery = (s: Scope) => queryOptions({
  queryKey: brandKey(s, 'pillar-proposals'), queryFn: ({ signal }) => take(api.GET(`${brandPath}/pillar-proposals`, { params: { path: s }, signal })),
});
export interface HookFilter { kind?: HookKind | undefined; season?: Season | undefined; urgency?: Urgency | undefined; free?: boolean | undefined }
export const hooksQuery = (s: Scope, filter: HookFilter) => infiniteQueryOptions({
  queryKey: [...brandKey(s, 'hooks'), filter],
  queryFn: ({ signal, pageParam }) => take(api.GET(`${brandPath}/hooks`, { params: { path: s, query: { ...filter, ...after(pageParam), limit: 50 } }, signal })),
  initialPageParam: null as string | null | undefined,
  getNextPageParam: (last) => last.next_cursor,
  placeholderData: keepPreviousData,
});
export const offersQuery = (s: Scope) => queryOptions({
  queryKey: brandKey(s, 'offers'), queryFn: ({ signal }) => take(api.GET(`${brandPath}/offers`, { params: { path: s }, signal })),
});
export interface KnowledgeFilter { q?: string | undefined; kind?: KnowledgeKind | undefined; valid?: boolean | undefined }
export const knowledgeQuery = (s: Scope, filter: KnowledgeFilter) => infiniteQueryOptions({
  queryKey: [...brandKey(s, 'knowledge'), filter],
  queryFn: ({ signal, pageParam }) => take(api.GET(`${brandPath}/knowledge`, { params: { path: s, query: { ...filter, ...after(pageParam), limit: 50 } }, signal })),
  initialPageParam: null as string | null | undefined,
  getNextPageParam: (last) => last.next_cursor,
  placeholderData: keepPreviousData,
});
