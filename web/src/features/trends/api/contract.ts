/** The routes of sources, items and smart feeds, typed by hand until the description of the REST API names them. */
import { api } from '@/shared/api/client';
import { brandPath } from '@/shared/api/queries';
import type { Page } from '@/shared/api/types';
import type { Client } from 'openapi-fetch';
import type { Candidate, FeedItem, Imported, Item, NewSmartFeed, NewSource, SmartFeed, Source, SourceKind, SourceState, UpdateSource, WholeItem } from './types';

interface Brand { org: string; brand: string }
interface Seen { 'If-Match': string }
interface Paged { cursor?: string; limit?: number }
interface Json<T> { content: { 'application/json': T } }
interface Get<P, T, Q = never> { parameters: { path: P; query?: Q }; responses: { 200: Json<T> } }
interface Send<P, B, T, Status extends number = 200> { parameters: { path: P }; requestBody: Json<B>; responses: { [S in Status]: Json<T> } }
interface Patch<P, B, T> { parameters: { path: P; header: Seen }; requestBody: Json<B>; responses: { 200: Json<T> } }
interface Act<P, Status extends number> { parameters: { path: P }; responses: { [S in Status]: { content?: never } } }

export const sourcesPath = `${brandPath}/sources` as const;
export const sourcePath = `${sourcesPath}/{source}` as const;
export const itemsPath = `${brandPath}/items` as const;
export const smartFeedsPath = `${brandPath}/smart-feeds` as const;
export const smartFeedPath = `${smartFeedsPath}/{feed}` as const;

type OneSource = Brand & { source: string };
type OneFeed = Brand & { feed: string };

interface Paths {
  [sourcesPath]: { get: Get<Brand, Page<Source>, Paged & { kind?: SourceKind; state?: SourceState; q?: string }>; post: Send<Brand, NewSource, Source, 201> };
  [sourcePath]: { get: Get<OneSource, Source>; patch: Patch<OneSource, UpdateSource, Source>; delete: Act<OneSource, 204> };
  '/api/v1/organizations/{org}/brands/{brand}/sources/{source}/check': { post: { parameters: { path: OneSource }; responses: { 202: Json<Source> } } };
  '/api/v1/organizations/{org}/brands/{brand}/sources/detect': { post: Send<Brand, { text: string }, { candidates: Candidate[] }> };
  '/api/v1/organizations/{org}/brands/{brand}/sources/import': { post: Send<Brand, { opml: string }, Imported> };
  [itemsPath]: { get: Get<Brand, Page<Item>, Paged & { source?: string; q?: string; language?: string; since?: string }> };
  '/api/v1/organizations/{org}/brands/{brand}/items/{item}': { get: Get<Brand & { item: string }, WholeItem> };
  [smartFeedsPath]: { get: Get<Brand, Page<SmartFeed>, Paged>; post: Send<Brand, NewSmartFeed, SmartFeed, 201> };
  [smartFeedPath]: { get: Get<OneFeed, SmartFeed>; patch: Patch<OneFeed, Partial<NewSmartFeed>, SmartFeed>; delete: Act<OneFeed, 204> };
  '/api/v1/organizations/{org}/brands/{brand}/smart-feeds/{feed}/items': { get: Get<OneFeed, { items: FeedItem[] }, Paged> };
}

export const trendsApi = api as unknown as Client<Paths>;
