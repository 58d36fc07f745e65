/** The ways by which a delivery comes, their order, and what is said of each. No screen here. */
import type { Channel, ChannelKind, Morning } from './contract';

export const kinds: readonly ChannelKind[] = ['email', 'push', 'whatsapp', 'slack', 'telegram'];
export const names: Record<ChannelKind, string> = { email: 'Mail', push: 'Notification of the browser', whatsapp: 'WhatsApp', slack: 'Slack', telegram: 'Telegram' };

/** The ways that are used, in order, each once. */
export const orderOf = ({ channels }: Pick<Morning, 'channels'>): ChannelKind[] => channels.filter((kind, at, all) => kinds.includes(kind) && all.indexOf(kind) === at);
/** The order with one a place up or down; at the ends it stays. */
export function moved(order: readonly ChannelKind[], kind: ChannelKind, by: 1 | -1): ChannelKind[] {
  const at = order.indexOf(kind);
  const to = at + by;
  if (at === -1 || to < 0 || to >= order.length) return [...order];
  const next = order.filter((k) => k !== kind);
  next.splice(to, 0, kind);
  return next;
}
/** The order with one taken in, as the last resort, or left out. */
export const turned = (order: readonly ChannelKind[], kind: ChannelKind, on: boolean): ChannelKind[] => [...order.filter((k) => k !== kind), ...(on ? [kind] : [])];

export interface Way {
  kind: ChannelKind;
  state: Channel['state'];
  reason: string | null;
  configured: boolean;
  /** What it is connected to: an address, a number, and for push each browser. */
  ends: Channel[];
}
/** What is known of a way, all its ends together: it works as soon as one of them does. */
export function wayOf(kind: ChannelKind, channels: readonly Channel[]): Way {
  const mine = channels.filter((c) => c.kind === kind);
  const ranked = (['ready', 'unconfirmed', 'troubled', 'off'] as const).flatMap((state) => mine.filter((c) => c.state === state));
  const best = ranked[0];
  return { kind, state: best?.state ?? 'off', reason: best?.state === 'ready' ? null : (best?.reason ?? null), configured: mine.some((c) => c.configured), ends: mine.filter((c) => c.state !== 'off') };
}
/** Whether others read a chat of Telegram too: groups and channels have a number below zero or a name. */
export const sharedChat = (chat: string) => /^[-@]/.test(chat.trim());
/** Whether somebody can connect a way here: Telegram also where the operator has no bot, with one of one's own. */
export const connectable = ({ kind, configured }: Pick<Way, 'kind' | 'configured'>) => configured || kind === 'telegram';
/** The ways by which a trial can go: mail, and what is connected, even if it was in trouble the last time. */
export const triable = (channels: readonly Channel[]): ChannelKind[] => kinds.filter((kind) => kind === 'email' || ['ready', 'troubled'].includes(wayOf(kind, channels).state));
/** `mail`, `notification`, `Slack`: as it follows “by”. */
export const byWay = (kind: ChannelKind) => (kind === 'email' ? 'mail' : kind === 'push' ? 'notification' : names[kind]);
export const stateWords: Record<Channel['state'], { label: string; dot: string; text: string }> = {
  ready: { label: 'Works', dot: 'bg-good', text: 'text-good' },
  unconfirmed: { label: 'Waits for you to confirm it', dot: 'bg-brass', text: 'text-brass-ink' },
  troubled: { label: 'In trouble', dot: 'bg-bad', text: 'text-bad' },
  off: { label: 'Not connected', dot: 'bg-line-strong', text: 'text-ink-3' },
};

/** Which of the ways would bring the next delivery: the first that works; null when none does. */
export const carrier = (order: readonly ChannelKind[], channels: readonly Channel[]): ChannelKind | null => order.find((kind) => wayOf(kind, channels).state === 'ready') ?? null;
/** The place of each way, in words: `1st`, `if that fails`, … */
export function place(at: number): string {
  return at === 0 ? 'first' : at === 1 ? 'if that fails' : 'and then';
}
