/** What is read and changed of sources, their items, and smart feeds. */
import { api, seen, take } from '@/shared/api/client';
import { brandPath, keys, organizationPath, type Scope } from '@/shared/api/queries';
import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';
import type { Mark, MarkItem, NewSmartFeed, NewSource, ReadAll, Source, SourceKind, SourceState, UpdateSmartFeed, UpdateSource } from './types';

const sourcesPath = `${brandPath}/sources` as const;
const sourcePath = `${sourcesPath}/{source}` as const;
const itemsPath = `${brandPath}/items` as const;
const smartFeedsPath = `${brandPath}/smart-feeds` as const;
const smartFeedPath = `${smartFeedsPath}/{feed}` as const;

export const trendKeys = {
  sources: (s: Scope) => [...keys.brand(s), 'sources'] as const,
  items: (s: Scope) => [...keys.brand(s), 'items'] as const,
  smartFeeds: (s: Scope) => [...keys.brand(s), 'smart-feeds'] as const,
};
const after = (cursor: string | null | undefined) => (cursor ? { cursor } : {});
/** Only what is set: a query never says `?q=`. */
const given = <T extends object>(filter: T) => Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined && value !== '')) as T;

export interface SourceFilter { kind?: SourceKind | undefined; state?: SourceState | undefined; q?: string | undefined }
export const sourcesQuery = (s: Scope, filter: SourceFilter) => infiniteQueryOptions({
  queryKey: [...trendKeys.sources(s), 'list', filter],
  queryFn: ({ signal, pageParam }) => take(api.GET(sourcesPath, { params: { path: s, query: { ...given(filter), ...after(pageParam), limit: 50 } }, signal })),
  initialPageParam: null as string | null | undefined,
  getNextPageParam: (last) => last.next_cursor,
  placeholderData: keepPreviousData,
  // A look that finds nothing tells nobody; a new source has its first within moments.
  refetchInterval: ({ state }) => (state.data?.pages.some((p) => p.items.some((source) => source.state === 'new')) ? 5_000 : 60_000),
});
export const sourceQuery = (s: Scope, source: string) => queryOptions({
  queryKey: [...trendKeys.sources(s), 'one', source], queryFn: ({ signal }) => take(api.GET(sourcePath, { params: { path: { ...s, source } }, signal })),
});
/** All of them, to choose one by its name. */
export const sourceNamesQuery = (s: Scope) => queryOptions({
  queryKey: [...trendKeys.sources(s), 'names'],
  queryFn: async ({ signal }) => {
    const items: Source[] = [];
    for (let cursor: string | null | undefined; ;) {
      const page = await take(api.GET(sourcesPath, { params: { path: s, query: { ...after(cursor), limit: 100 } }, signal }));
      items.push(...page.items);
      cursor = page.next_cursor;
      if (!cursor) return { items };
    }
  },
  staleTime: 60_000,
});
export const detectSources = (s: Scope, text: string) => take(api.POST(`${sourcesPath}/detect`, { params: { path: s }, body: { text } }));
export const addSource = (s: Scope, body: NewSource) => take(api.POST(sourcesPath, { params: { path: s }, body }));
export const changeSource = (s: Scope, { id, version }: { id: string; version: number }, body: UpdateSource) => take(api.PATCH(sourcePath, { params: { path: { ...s, source: id }, header: seen(version) }, body }));
export const removeSource = (s: Scope, id: string, keepalive: boolean) => api.DELETE(sourcePath, { params: { path: { ...s, source: id } }, keepalive });
export const checkSource = (s: Scope, id: string) => api.POST(`${sourcePath}/check`, { params: { path: { ...s, source: id } } });
export const importSources = (s: Scope, opml: string) => take(api.POST(`${sourcesPath}/import`, { params: { path: s }, body: { opml } }));
/** Where the browser gets all sources as an OPML file. */
export const exportAddress = ({ org, brand }: Scope) => `${organizationPath.replace('{org}', org)}/brands/${brand}/sources/export`;

export interface ItemFilter { source?: string | undefined; q?: string | undefined; since?: string | undefined; mark?: Mark | undefined }
/** The newest first; what is looked for by words comes the best first, as one page. */
export const itemsQuery = (s: Scope, filter: ItemFilter) => infiniteQueryOptions({
  queryKey: [...trendKeys.items(s), 'list', filter],
  queryFn: ({ signal, pageParam }) => take(api.GET(itemsPath, { params: { path: s, query: { ...given(filter), ...after(pageParam), limit: filter.q ? 100 : 30 } }, signal })),
  initialPageParam: null as string | null | undefined,
  getNextPageParam: (last) => last.next_cursor,
  placeholderData: keepPreviousData,
});
export const itemQuery = (s: Scope, item: string) => queryOptions({
  queryKey: [...trendKeys.items(s), 'one', item], queryFn: ({ signal }) => take(api.GET(`${itemsPath}/{item}`, { params: { path: { ...s, item } }, signal })),
});
/** How many are unread, and how many are saved. */
export const itemCountsQuery = (s: Scope) => queryOptions({
  queryKey: [...trendKeys.items(s), 'counts'], queryFn: ({ signal }) => take(api.GET(`${itemsPath}/counts`, { params: { path: s }, signal })),
});
export const markItem = (s: Scope, item: string, body: MarkItem) => take(api.POST(`${itemsPath}/{item}/marks`, { params: { path: { ...s, item } }, body }));
export const readAllItems = (s: Scope, body: ReadAll) => take(api.POST(`${itemsPath}/read-all`, { params: { path: s }, body }));
export const undoReadAllItems = (s: Scope, readAt: string) => api.POST(`${itemsPath}/read-all/undo`, { params: { path: s }, body: { read_at: readAt } });

export const smartFeedsQuery = (s: Scope) => queryOptions({
  queryKey: [...trendKeys.smartFeeds(s), 'list'], queryFn: ({ signal }) => take(api.GET(smartFeedsPath, { params: { path: s, query: { limit: 100 } }, signal })),
});
/** The best of the last 30 days: one page. */
export const feedItemsQuery = (s: Scope, feed: string, filter: { q?: string | undefined; mark?: Mark | undefined } = {}) => queryOptions({
  queryKey: [...trendKeys.smartFeeds(s), 'items', feed, filter], queryFn: ({ signal }) => take(api.GET(`${smartFeedPath}/items`, { params: { path: { ...s, feed }, query: { ...given(filter), limit: 100 } }, signal })),
});
export const addSmartFeed = (s: Scope, body: NewSmartFeed) => take(api.POST(smartFeedsPath, { params: { path: s }, body }));
export const changeSmartFeed = (s: Scope, feed: string, version: number, body: UpdateSmartFeed) => take(api.PATCH(smartFeedPath, { params: { path: { ...s, feed }, header: seen(version) }, body }));
export const removeSmartFeed = (s: Scope, feed: string, keepalive: boolean) => api.DELETE(smartFeedPath, { params: { path: { ...s, feed } }, keepalive });
