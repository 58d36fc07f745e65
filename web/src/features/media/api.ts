import { api, take } from '@/shared/api/client';
import { brandPath, keys, type Scope } from '@/shared/api/queries';
import type { components } from '@/shared/api/schema.gen';
import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';

type Schemas = components['schemas'];
export type Media = Schemas['MediaView'];
export type MediaKind = Schemas['MediaKind'];
export type Fit = Schemas['NetworkFit'];
export type Use = Schemas['MediaUse'];
export type Upload = Schemas['UploadView'];
export type Taken = Schemas['TakenMedia'];

export const mediaPath = `${brandPath}/media` as const;
export const onePath = `${mediaPath}/{media}` as const;
export const uploadsPath = `${brandPath}/media-uploads` as const;
export const mediaKeys = { all: (s: Scope) => [...keys.brand(s), 'media'] as const };

/** `deleted`: those that can still be brought back. */
export interface MediaFilter { kind?: MediaKind | undefined; folder?: string | undefined; tag?: string | undefined; q?: string | undefined; used?: boolean | undefined; deleted?: boolean | undefined }
export const mediaQuery = (s: Scope, filter: MediaFilter) => infiniteQueryOptions({
  queryKey: [...mediaKeys.all(s), 'list', filter],
  queryFn: ({ signal, pageParam }) => take(api.GET(mediaPath, { params: { path: s, query: { ...filter, ...(pageParam && { cursor: pageParam }), limit: 60 } }, signal })),
  initialPageParam: null as string | null | undefined,
  getNextPageParam: (last) => last.next_cursor,
  placeholderData: keepPreviousData,
});
export const foldersQuery = (s: Scope) => queryOptions({
  queryKey: [...mediaKeys.all(s), 'folders'], queryFn: ({ signal }) => take(api.GET(`${brandPath}/media-folders`, { params: { path: s }, signal })), staleTime: 30_000,
});
export const oneQuery = (s: Scope, media: string) => queryOptions({
  queryKey: [...mediaKeys.all(s), 'one', media], queryFn: ({ signal }) => take(api.GET(onePath, { params: { path: { ...s, media } }, signal })),
});
export const fitQuery = (s: Scope, media: string) => queryOptions({
  queryKey: [...mediaKeys.all(s), 'fit', media], queryFn: async ({ signal }) => (await take(api.GET(`${onePath}/fit`, { params: { path: { ...s, media } }, signal }))).items as unknown as Fit[], staleTime: 5 * 60_000,
});
export const usesQuery = (s: Scope, media: string) => queryOptions({
  queryKey: [...mediaKeys.all(s), 'uses', media], queryFn: ({ signal }) => take(api.GET(`${onePath}/posts`, { params: { path: { ...s, media } }, signal })),
});
