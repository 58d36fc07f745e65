/** Notifications of this browser: they come with the tab closed, by `public/push-worker.js`. */
import { keepMine } from '@/shared/api/push';
import { deviceWords } from '@/shared/lib/device';
import { keepSubscription, pushKey } from './queries';

/** `blocked` only the person can undo, in the browser's own settings. */
export type Ability = 'can' | 'blocked' | 'cannot';

export function ability(): Ability {
  if (!('serviceWorker' in navigator) || !('PushManager' in window) || typeof Notification === 'undefined') return 'cannot';
  return Notification.permission === 'denied' ? 'blocked' : 'can';
}

/** A key of the server as the browser wants it. */
export function keyBytes(base64url: string): Uint8Array<ArrayBuffer> {
  const text = atob(base64url.replaceAll('-', '+').replaceAll('_', '/').padEnd(Math.ceil(base64url.length / 4) * 4, '='));
  return Uint8Array.from(text, (c) => c.charCodeAt(0));
}

export class Refused extends Error {}

/** Asks for leave, and has the browser told from now on. The worker is registered here and nowhere else. */
export async function allowPush(): Promise<void> {
  // Asked before anything else: a browser asks only while it is still the press that it answers.
  if ((await Notification.requestPermission()) !== 'granted') throw new Refused('The browser was not given leave. It can be given in the browser’s settings for this site.');
  const { key } = await pushKey();
  await navigator.serviceWorker.register('/push-worker.js', { scope: '/' });
  const { pushManager } = await navigator.serviceWorker.ready;
  const wanted = { userVisibleOnly: true, applicationServerKey: keyBytes(key) };
  const subscription = await pushManager.subscribe(wanted).catch(async (error: unknown) => {
    const old = await pushManager.getSubscription();
    // It was made with the key of another installation, or of one before.
    if (!old) throw error;
    await old.unsubscribe();
    return pushManager.subscribe(wanted);
  });
  const { endpoint = '', keys } = subscription.toJSON();
  const kept = await keepSubscription({ endpoint, keys: { p256dh: keys?.['p256dh'] ?? '', auth: keys?.['auth'] ?? '' }, name: deviceWords(navigator.userAgent) });
  keepMine(kept.id);
}
