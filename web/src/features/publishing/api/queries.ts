import { keys, type Scope } from '@/shared/api/queries';
import type { Page } from '@/shared/api/types';
import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';
import { call } from './call';
import type { Calendar, Connection, NextSlot, Pause, Pick, Provider, Publication, PublicationDetail, PublicationFilter, SandboxPost, Schedule, Summary } from './types';

export const publishingKeys = {
  all: (s: Scope) => [...keys.brand(s), 'publishing'] as const,
  calendar: (s: Scope) => [...keys.brand(s), 'publishing', 'calendar'] as const,
  connections: (s: Scope) => [...keys.brand(s), 'publishing', 'connections'] as const,
};
/** Events tell of changes; what is going out is asked after too, for when the stream is down. */
const whileSending = 3_000;
const moving = (items: { state: string }[] | undefined) => (items?.some((p) => p.state === 'sending') ? whileSending : false);
type Cursor = string | null | undefined;

export const providersQuery = (s: Scope) => queryOptions({
  queryKey: [...publishingKeys.connections(s), 'providers'], queryFn: ({ signal }) => call<{ items: Provider[] }>('GET', s, '/connections/providers', { signal }), staleTime: 5 * 60_000,
});
export const connectionsQuery = (s: Scope) => queryOptions({
  queryKey: [...publishingKeys.connections(s), 'list'], queryFn: ({ signal }) => call<{ items: Connection[] }>('GET', s, '/connections', { signal }), staleTime: 30_000,
});
export const pickQuery = (s: Scope, pick: string) => queryOptions({
  queryKey: [...publishingKeys.connections(s), 'pick', pick], queryFn: ({ signal }) => call<Pick>('GET', s, `/connections/picks/${encodeURIComponent(pick)}`, { signal }), retry: false,
});

export interface CalendarRange { from: string; to: string; network?: string | undefined; connection?: string | undefined; state?: string | undefined }
export const calendarQuery = (s: Scope, range: CalendarRange) => queryOptions({
  queryKey: [...publishingKeys.calendar(s), range],
  queryFn: ({ signal }) => call<Calendar>('GET', s, '/calendar', { query: range, signal }),
  placeholderData: keepPreviousData,
  refetchInterval: ({ state }) => moving(state.data?.items),
});
export const publicationsQuery = (s: Scope, filter: PublicationFilter, limit = 50) => infiniteQueryOptions({
  queryKey: [...publishingKeys.all(s), 'list', filter, limit],
  queryFn: ({ signal, pageParam }) => call<Page<Publication>>('GET', s, '/publications', { query: { ...filter, cursor: pageParam, limit }, signal }),
  initialPageParam: null as Cursor,
  getNextPageParam: (last) => last.next_cursor,
  placeholderData: keepPreviousData,
  refetchInterval: ({ state }) => moving(state.data?.pages.flatMap((p) => p.items)),
});
/** Those of one draft. */
export const ofPostQuery = (s: Scope, post: string) => queryOptions({
  queryKey: [...publishingKeys.all(s), 'of', post],
  queryFn: ({ signal }) => call<Page<Publication>>('GET', s, '/publications', { query: { post, limit: 20 }, signal }),
  refetchInterval: ({ state }) => moving(state.data?.items),
});
export const publicationQuery = (s: Scope, id: string) => queryOptions({
  queryKey: [...publishingKeys.all(s), 'one', id],
  queryFn: ({ signal }) => call<PublicationDetail>('GET', s, `/publications/${encodeURIComponent(id)}`, { signal }),
  refetchInterval: ({ state }) => moving(state.data && [state.data]),
});
export const summaryQuery = (s: Scope) => queryOptions({
  queryKey: [...publishingKeys.all(s), 'summary'], queryFn: ({ signal }) => call<Summary>('GET', s, '/publications/summary', { signal }),
  refetchInterval: ({ state }) => moving(state.data?.today),
});
export const scheduleQuery = (s: Scope) => queryOptions({
  queryKey: [...publishingKeys.all(s), 'schedule'], queryFn: ({ signal }) => call<Schedule>('GET', s, '/schedule', { signal }),
});
export const nextSlotQuery = (s: Scope, network: string) => queryOptions({
  queryKey: [...publishingKeys.all(s), 'next', network],
  // 409 is an answer: there are no slots.
  queryFn: ({ signal }) => call<NextSlot>('GET', s, '/schedule/next', { query: { network }, signal }), retry: false,
});
export const pausesQuery = (s: Scope) => queryOptions({
  queryKey: [...publishingKeys.all(s), 'pauses'], queryFn: ({ signal }) => call<{ items: Pause[] }>('GET', s, '/pauses', { signal }), staleTime: 30_000,
});
export const sandboxQuery = (s: Scope) => infiniteQueryOptions({
  queryKey: [...publishingKeys.all(s), 'sandbox'],
  queryFn: ({ signal, pageParam }) => call<Page<SandboxPost>>('GET', s, '/sandbox/posts', { query: { cursor: pageParam, limit: 30 }, signal }),
  initialPageParam: null as Cursor,
  getNextPageParam: (last) => last.next_cursor,
});
