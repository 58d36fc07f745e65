/** Which of the browsers that are told is this one, and its end. How it begins is a matter of the delivery. */
import { forget, remember, remembered } from '../lib/theme';
import { api } from './client';

const memory = 'bellwether.push';
/** The id of this browser among those that are told. */
export const mine = () => remembered(memory);
export const keepMine = (id: string) => remember(memory, id);

/**
 * No more notifications in a browser; where it is this one, the worker goes too, and with it the address at the push
 * service: also when the server can't be told, or knows the browser by an address that it has had since.
 */
export async function endPush(id: string): Promise<void> {
  try {
    await api.DELETE('/api/v1/me/push/subscriptions/{subscription}', { params: { path: { subscription: id } } });
  } finally {
    if (id === mine()) await endHere();
  }
}

async function endHere(): Promise<void> {
  forget(memory);
  const registration = await navigator.serviceWorker.getRegistration('/push-worker.js');
  await (await registration?.pushManager.getSubscription())?.unsubscribe();
  await registration?.unregister();
}

/** Signs out, and ends what this browser is told: what is one person's is not shown to whoever sits here next. */
export async function signOut(): Promise<void> {
  const here = mine();
  // That it can't be ended keeps nobody signed in.
  if (here) await endPush(here).catch(() => undefined);
  await api.POST('/api/v1/auth/sign-out');
}
