/** The shapes of the ways by which things come to somebody, and the client that knows their addresses. */
import { api } from '@/shared/api/client';
import type { components } from '@/shared/api/schema.gen';
import type { brandPath } from '@/shared/api/queries';
import type { NoticePreferences, UpdateNoticePreferences } from '@/shared/api/types';
import type { Client } from 'openapi-fetch';

type Schemas = components['schemas'];

export type ChannelKind = 'email' | 'push' | 'whatsapp' | 'slack' | 'telegram';
/** For push one for each browser, with an id of its own; for the other kinds one, whose id is the kind. */
export interface Channel {
  kind: ChannelKind; id: string; name: string; state: 'ready' | 'unconfirmed' | 'troubled' | 'off';
  reason?: string | null; last_used_at?: string | null;
  /** Whether whoever runs the installation has set it up. */
  configured: boolean; created_at?: string | null;
}
/** With the ways in order: the first that works brings the delivery. */
export type Morning = Schemas['MorningPreferences'] & { channels?: ChannelKind[] };
export type Preferences = NoticePreferences & { morning: Morning };
export type UpdateMorning = Schemas['UpdateMorningPreferences'] & { channels?: ChannelKind[] };
export type UpdatePreferences = UpdateNoticePreferences & { morning?: UpdateMorning };
export type Day = Schemas['DeliveryDay'];
export type Delivery = Schemas['DailyDelivery'];
/** With what each way would bring, in plain words. */
export type Preview = Schemas['DeliveryPreview'] & { channels?: { channel: ChannelKind; title: string; text: string }[] };
export interface Subscription { endpoint: string; keys: { p256dh: string; auth: string }; name: string }
/** Where somebody says hello to the bot; nothing with a bot of one's own, which is asked at once. */
export interface TelegramLink { link: string | null; expires_at: string | null }

interface Answer<T, Status extends number = 200> { responses: { [S in Status]: { headers: Record<string, unknown>; content: { 'application/json': T } } } }
interface Done { responses: { 204: { headers: Record<string, unknown>; content?: never } } }
interface Asked<Path = never> { parameters: { path?: Path; query?: never; header?: never; cookie?: never } }
interface AskedOf<Path> { parameters: { path: Path; query?: never; header?: never; cookie?: never } }
interface Body<T> { requestBody: { content: { 'application/json': T } } }
interface MayBody<T> { requestBody?: { content: { 'application/json': T } } }

interface FixedPaths {
  '/api/v1/me/channels': { get: Asked & Answer<{ items: Channel[] }> };
  '/api/v1/me/channels/{channel}/test': { post: AskedOf<{ channel: ChannelKind }> & Answer<{ items: Channel[] }> };
  '/api/v1/me/channels/slack': { put: Asked & Body<{ webhook_url: string }> & Answer<Channel>; delete: Asked & Done };
  '/api/v1/me/channels/telegram': { post: Asked & MayBody<{ bot_token?: string; chat_id?: string }> & Answer<TelegramLink>; delete: Asked & Done };
  '/api/v1/me/channels/whatsapp': { delete: Asked & Done };
  '/api/v1/me/channels/whatsapp/confirm': { post: Asked & Body<{ code: string }> & Answer<Channel> };
  '/api/v1/me/push/key': { get: Asked & Answer<{ key: string }> };
  '/api/v1/me/push/subscriptions': { post: Asked & Body<Subscription> & Answer<Channel, 201> };
  '/api/v1/me/push/subscriptions/{subscription}': { delete: AskedOf<{ subscription: string }> & Done };
}

/** Of a trend only its name is of interest here. */
type Paths = FixedPaths & Record<`${typeof brandPath}/trends/{trend}`, { get: AskedOf<{ org: string; brand: string; trend: string }> & Answer<{ id: string; name: string }> }>;

/** The one client of the app, by the addresses above. */
export const deliveryApi = api as unknown as Client<Paths>;
