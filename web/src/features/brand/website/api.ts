/** The reading of a website. */
import { api, seen, take } from '@/shared/api/client';
import { brandPath, keys, type Scope } from '@/shared/api/queries';
import type { components } from '@/shared/api/schema.gen';
import { queryOptions } from '@tanstack/react-query';

type Schemas = components['schemas'];
export type Website = Schemas['WebsiteView'];
export type Reading = Schemas['WebsiteSnapshot'];
export type Finding = Schemas['WebsiteFinding'];
export type FoundValue = Schemas['FoundValue'];
export type PageRead = Schemas['WebsitePage'];
export type Change = Schemas['WebsiteChange'];
export type Accepted = Schemas['AcceptedField'];

const path = `${brandPath}/website` as const;
export const websiteQuery = (s: Scope) => queryOptions({
  queryKey: [...keys.brand(s), 'website'],
  queryFn: ({ signal }) => take(api.GET(path, { params: { path: s }, signal })),
  // Events tell of the end; this only catches up when the stream is down.
  refetchInterval: ({ state }) => (state.data && isReading(state.data) ? 4_000 : false),
});
export const isReading = (w: Website) => w.latest?.status === 'pending' || w.latest?.status === 'reading';
export const startReading = (s: Scope, url: string) => take(api.POST(path, { params: { path: s }, body: { url } }));
export const acceptFields = (s: Scope, version: number, fields: Accepted[]) => take(api.POST(`${path}/accept`, { params: { path: s, header: seen(version) }, body: { fields } }));
