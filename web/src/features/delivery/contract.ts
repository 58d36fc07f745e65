/** The names that the screens of the delivery give to the shapes of the REST API. */
import type { components } from '@/shared/api/schema.gen';

type Schemas = components['schemas'];

export type ChannelKind = Schemas['DeliveryWay'];
/** For push one for each browser, with an id of its own; for the other kinds one, whose id is the kind. */
export type Channel = Schemas['DeliveryChannel'];
/** With the ways in order: the first that works brings the delivery. */
export type Morning = Schemas['MorningPreferences'];
export type Preferences = Schemas['NotificationPreferences'];
export type UpdatePreferences = Schemas['UpdateNotificationPreferences'];
export type Day = Schemas['DeliveryDay'];
export type Delivery = Schemas['DailyDelivery'];
export type Preview = Schemas['DeliveryPreview'];
export type Subscription = Schemas['NewPushSubscription'];
/** Either may be left out: without a bot of one's own it is the installation's. */
export type LinkTelegram = Schemas['LinkTelegramChannel'];
