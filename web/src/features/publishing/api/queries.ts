import { api, take } from '@/shared/api/client';
import { connectionsPath } from '@/shared/api/brand-networks';
import { brandPath, keys, postPath, type Scope } from '@/shared/api/queries';
import type { NetworkId } from '@/shared/api/types';
import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';

export { connectionsPath, connectionsQuery, providersQuery } from '@/shared/api/brand-networks';

export const calendarPath = `${brandPath}/calendar` as const;
export const calendarFeedsPath = `${brandPath}/calendar-feeds` as const;
export const connectionPath = `${connectionsPath}/{connection}` as const;
export const pickPath = `${connectionsPath}/picks/{pick}` as const;
export const pausesPath = `${brandPath}/pauses` as const;
export const postPublicationsPath = `${postPath}/publications` as const;
export const publicationsPath = `${brandPath}/publications` as const;
export const publicationPath = `${publicationsPath}/{publication}` as const;
export const recurrencesPath = `${brandPath}/recurrences` as const;
export const recurrencePath = `${recurrencesPath}/{recurrence}` as const;
export const schedulePath = `${brandPath}/schedule` as const;

export const publishingKeys = {
  all: (s: Scope) => [...keys.brand(s), 'publishing'] as const,
  calendar: (s: Scope) => [...keys.brand(s), 'publishing', 'calendar'] as const,
  connections: (s: Scope) => [...keys.brand(s), 'publishing', 'connections'] as const,
};
/** Events tell of changes; what is going out is asked after too, for when the stream is down. */
const whileSending = 3_000;
const moving = (items: { state: string }[] | undefined) => (items?.some((p) => p.state === 'sending') ? whileSending : false);
type Cursor = string | null | undefined;
const after = (cursor: Cursor) => (cursor ? { cursor } : {});

export const pickQuery = (s: Scope, pick: string) => queryOptions({
  queryKey: [...publishingKeys.connections(s), 'pick', pick], queryFn: ({ signal }) => take(api.GET(pickPath, { params: { path: { ...s, pick } }, signal })), retry: false,
});

/** `state`: several are separated by commas. */
export interface PublicationFilter { state?: string | undefined; network?: NetworkId | undefined; connection?: string | undefined }
export interface CalendarRange extends PublicationFilter { from: string; to: string }
export const calendarQuery = (s: Scope, range: CalendarRange) => queryOptions({
  queryKey: [...publishingKeys.calendar(s), range],
  queryFn: ({ signal }) => take(api.GET(calendarPath, { params: { path: s, query: range }, signal })),
  placeholderData: keepPreviousData,
  refetchInterval: ({ state }) => moving(state.data?.items),
});
export const publicationsQuery = (s: Scope, filter: PublicationFilter, limit = 50) => infiniteQueryOptions({
  queryKey: [...publishingKeys.all(s), 'list', filter, limit],
  queryFn: ({ signal, pageParam }) => take(api.GET(publicationsPath, { params: { path: s, query: { ...filter, ...after(pageParam), limit } }, signal })),
  initialPageParam: null as Cursor,
  getNextPageParam: (last) => last.next_cursor,
  placeholderData: keepPreviousData,
  refetchInterval: ({ state }) => moving(state.data?.pages.flatMap((p) => p.items)),
});
/** Those of one draft. */
export const ofPostQuery = (s: Scope, post: string) => queryOptions({
  queryKey: [...publishingKeys.all(s), 'of', post],
  queryFn: ({ signal }) => take(api.GET(publicationsPath, { params: { path: s, query: { post, limit: 20 } }, signal })),
  refetchInterval: ({ state }) => moving(state.data?.items),
});
export const publicationQuery = (s: Scope, id: string) => queryOptions({
  queryKey: [...publishingKeys.all(s), 'one', id],
  queryFn: ({ signal }) => take(api.GET(publicationPath, { params: { path: { ...s, publication: id } }, signal })),
  refetchInterval: ({ state }) => moving(state.data && [state.data]),
});
export const summaryQuery = (s: Scope) => queryOptions({
  queryKey: [...publishingKeys.all(s), 'summary'], queryFn: ({ signal }) => take(api.GET(`${publicationsPath}/summary`, { params: { path: s }, signal })),
  refetchInterval: ({ state }) => moving(state.data?.today),
});
export const scheduleQuery = (s: Scope) => queryOptions({
  queryKey: [...publishingKeys.all(s), 'schedule'], queryFn: ({ signal }) => take(api.GET(schedulePath, { params: { path: s }, signal })),
});
/** 409 is an answer: there is no free time. */
export const nextSlotQuery = (s: Scope, of: { network: NetworkId; connection?: string | undefined }) => queryOptions({
  queryKey: [...publishingKeys.all(s), 'next', of],
  queryFn: ({ signal }) => take(api.GET(`${schedulePath}/next`, { params: { path: s, query: of }, signal })), retry: false,
});
export const suggestionsQuery = (s: Scope, connection: string) => queryOptions({
  queryKey: [...publishingKeys.all(s), 'suggestions', connection],
  queryFn: ({ signal }) => take(api.GET(`${schedulePath}/suggestions`, { params: { path: s, query: { connection } }, signal })), staleTime: 60_000,
});
export const pausesQuery = (s: Scope) => queryOptions({
  queryKey: [...publishingKeys.all(s), 'pauses'], queryFn: ({ signal }) => take(api.GET(pausesPath, { params: { path: s }, signal })), staleTime: 30_000,
});
export const sandboxQuery = (s: Scope) => infiniteQueryOptions({
  queryKey: [...publishingKeys.all(s), 'sandbox'],
  queryFn: ({ signal, pageParam }) => take(api.GET(`${brandPath}/sandbox/posts`, { params: { path: s, query: { ...after(pageParam), limit: 30 } }, signal })),
  initialPageParam: null as Cursor,
  getNextPageParam: (last) => last.next_cursor,
});
export const feedsQuery = (s: Scope) => queryOptions({
  queryKey: [...publishingKeys.all(s), 'feeds'], queryFn: ({ signal }) => take(api.GET(calendarFeedsPath, { params: { path: s }, signal })),
});
export const recurrencesQuery = (s: Scope) => queryOptions({
  queryKey: [...publishingKeys.all(s), 'recurrences', 'list'], queryFn: ({ signal }) => take(api.GET(recurrencesPath, { params: { path: s }, signal })),
});
export const recurrenceQuery = (s: Scope, id: string) => queryOptions({
  queryKey: [...publishingKeys.all(s), 'recurrences', 'one', id], queryFn: ({ signal }) => take(api.GET(recurrencePath, { params: { path: { ...s, recurrence: id } }, signal })),
});
