import { api, take } from '@/shared/api/client';
import type { components } from '@/shared/api/schema.gen';
import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';

type Schemas = components['schemas'];
export type Application = Schemas['ApplicationView'];
export type ApplicationStatus = Schemas['ApplicationStatus'];
export type Person = Schemas['PersonView'];
export type Waiting = Schemas['WaitlistView'];
export type Demo = Schemas['DemoView'];
export type DemoStatus = Schemas['DemoStatus'];
export type Campaign = Schemas['Campaign'];
export type CampaignAudience = Schemas['CampaignAudience'];
export type NotificationType = Schemas['NotificationType'];
export type Webhook = Schemas['WebhookView'];
export type WebhookStatus = 'received' | 'processed' | 'ignored' | 'failed';

const pages = { initialPageParam: null as string | null | undefined, getNextPageParam: (last: { next_cursor?: string | null }) => last.next_cursor, placeholderData: keepPreviousData };
const after = (cursor: string | null | undefined) => ({ limit: 30, ...(cursor && { cursor }) });

export const applicationsQuery = (status: ApplicationStatus | undefined) => infiniteQueryOptions({
  queryKey: ['admin', 'applications', status ?? ''],
  queryFn: ({ signal, pageParam }) => take(api.GET('/api/v1/admin/applications', { params: { query: { ...(status && { status }), ...after(pageParam) } }, signal })), ...pages,
});
export const waitlistQuery = infiniteQueryOptions({
  queryKey: ['admin', 'waitlist'], queryFn: ({ signal, pageParam }) => take(api.GET('/api/v1/admin/waitlist', { params: { query: after(pageParam) }, signal })), ...pages,
});
export const demosQuery = (status: DemoStatus | undefined) => infiniteQueryOptions({
  queryKey: ['admin', 'demos', status ?? ''],
  queryFn: ({ signal, pageParam }) => take(api.GET('/api/v1/admin/demos', { params: { query: { ...(status && { status }), ...after(pageParam) } }, signal })), ...pages,
});
export const peopleQuery = (q: string) => infiniteQueryOptions({
  queryKey: ['admin', 'people', q],
  queryFn: ({ signal, pageParam }) => take(api.GET('/api/v1/admin/users', { params: { query: { ...(q && { q }), ...after(pageParam) } }, signal })), ...pages,
});
export const allOrganizationsQuery = (q: string) => infiniteQueryOptions({
  queryKey: ['admin', 'organizations', q],
  queryFn: ({ signal, pageParam }) => take(api.GET('/api/v1/admin/organizations', { params: { query: { ...(q && { q }), ...after(pageParam) } }, signal })), ...pages,
});
export const campaignsQuery = infiniteQueryOptions({
  queryKey: ['admin', 'campaigns'], queryFn: ({ signal, pageParam }) => take(api.GET('/api/v1/admin/campaigns', { params: { query: after(pageParam) }, signal })), ...pages,
});
export const notificationsQuery = queryOptions({ queryKey: ['admin', 'notifications'], queryFn: ({ signal }) => take(api.GET('/api/v1/admin/notification-settings', { signal })) });
/** The inbox goes on by the last id of a page, not by a cursor. */
const webhooksAtOnce = 100;
export const webhooksQuery = (status: WebhookStatus | undefined) => infiniteQueryOptions({
  queryKey: ['admin', 'webhooks', status ?? ''],
  queryFn: ({ signal, pageParam }) => take(api.GET('/api/v1/admin/webhook-inbox', { params: { query: { ...(status && { status }), ...(pageParam && { before: pageParam }) } }, signal })),
  initialPageParam: undefined as string | undefined,
  getNextPageParam: (last) => (last.items.length === webhooksAtOnce ? last.items.at(-1)?.id : undefined),
  placeholderData: keepPreviousData,
  // What waits is worked on in the background; no event of an organization tells of it.
  refetchInterval: (query) => (query.state.data?.pages.some((p) => p.items.some((w) => w.status === 'received')) ? 2_000 : false),
});
