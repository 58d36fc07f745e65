/** What is read and changed of the morning delivery and its ways. */
import { api, take } from '@/shared/api/client';
import { brandPath, keys, type Scope } from '@/shared/api/queries';
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import type { ChannelKind, LinkTelegram, Subscription } from './contract';

const deliveriesPath = `${brandPath}/deliveries` as const;
export const deliveriesKey = (s: Scope) => [...keys.brand(s), 'deliveries'] as const;
const after = (cursor: string | null | undefined) => (cursor ? { cursor } : {});

export const channelsKey = ['delivery-channels'] as const;
export const channelsQuery = queryOptions({
  queryKey: channelsKey, queryFn: ({ signal }) => take(api.GET('/api/v1/me/channels', { signal })),
  // What waits for its confirmation elsewhere, on a telephone, is confirmed without a press here.
  refetchInterval: ({ state }) => (state.data?.items.some((c) => c.state === 'unconfirmed') ? 4_000 : false),
});
export const pushKey = () => take(api.GET('/api/v1/me/push/key', {}));
export const keepSubscription = (body: Subscription) => take(api.POST('/api/v1/me/push/subscriptions', { body }));
export const connectSlack = (webhook_url: string, approve_links: boolean) => take(api.PUT('/api/v1/me/channels/slack', { body: { webhook_url, approve_links } }));
export const connectTelegram = (own: LinkTelegram) => take(api.POST('/api/v1/me/channels/telegram', { body: own }));
export const confirmWhatsapp = (code: string) => take(api.POST('/api/v1/me/channels/whatsapp/confirm', { body: { code } }));
/** With links that approve at once, or with those into the app alone. */
export const setApproveLinks = (channel: 'slack' | 'telegram', approve_links: boolean) => take(api.PUT('/api/v1/me/channels/{channel}/approve-links', { params: { path: { channel } }, body: { approve_links } }));
/** Forgets how somebody is reached by a way; a browser is one of several, and ended by itself. */
export const dropChannel = (kind: 'slack' | 'telegram' | 'whatsapp') => api.DELETE(`/api/v1/me/channels/${kind}`, {});
/** Sends a trial, and says how the ways stand after it. A number that is not confirmed gets another code instead. */
export const tryChannel = (channel: ChannelKind) => take(api.POST('/api/v1/me/channels/{channel}/test', { params: { path: { channel } } }));

export const previewQuery = (s: Scope) => queryOptions({
  queryKey: [...deliveriesKey(s), 'preview'], queryFn: ({ signal }) => take(api.GET(`${deliveriesPath}/preview`, { params: { path: s }, signal })),
});
/** Sends the next delivery as it stands to oneself, by one of one's ways. */
export const sendTrial = (s: Scope, channel: ChannelKind) => api.POST(`${deliveriesPath}/preview/send-to-me`, { params: { path: s, query: { channel } } });
/** What a trend that was brought is called. */
export const trendNameQuery = (s: Scope, trend: string) => queryOptions({
  queryKey: [...keys.brand(s), 'trends', 'one', trend], queryFn: ({ signal }) => take(api.GET(`${brandPath}/trends/{trend}`, { params: { path: { ...s, trend } }, signal })), staleTime: 60_000, retry: false,
});
/** One's own deliveries of a brand, the newest first. */
export const deliveriesQuery = (s: Scope) => infiniteQueryOptions({
  queryKey: [...deliveriesKey(s), 'list'],
  queryFn: ({ signal, pageParam }) => take(api.GET(deliveriesPath, { params: { path: s, query: { ...after(pageParam), limit: 20 } }, signal })),
  initialPageParam: null as string | null | undefined,
  getNextPageParam: (last) => last.next_cursor,
});
