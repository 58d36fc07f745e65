import { createDecipheriv, createECDH, hkdfSync, randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { CDPSession, Worker } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { loaded, makeDrafts, signUp, withBrowser } from './helpers';
import { startProgram, type Program } from './program';

withBrowser();

// A push service and the browser's half of its keys. Chromium's own service is its maker's, on the internet, and refuses a
// browser that is driven; everything else of the way is the real thing, to the notification that is shown.
const keys = createECDH('prime256v1');
keys.generateKeys();
const auth = randomBytes(16);
const came: Buffer[] = [];
let service: Server;
let address: string;
let program: Program | undefined;
beforeAll(async () => {
  service = createServer((request, answer) => {
    const parts: Buffer[] = [];
    request.on('data', (chunk: Buffer) => parts.push(chunk));
    request.on('end', () => {
      came.push(Buffer.concat(parts));
      answer.writeHead(201).end();
    });
  });
  await new Promise<void>((done) => service.listen(0, '127.0.0.1', done));
  address = `http://127.0.0.1:${(service.address() as AddressInfo).port}/wake/1`;
  program = await startProgram(`[fetch]\nallow_private = ["127.0.0.0/8"]\npause_ms = 0\n\n[delivery.push]\nplain_http = true\n`);
});
afterAll(async () => {
  await program?.stop();
  await new Promise((done) => service.close(done));
});

/** Opens what was sealed, as a browser does (RFC 8291 section 3.4, RFC 8188 section 2). */
function opened(sealed: Buffer): string {
  const [salt, length] = [sealed.subarray(0, 16), sealed[20] ?? 0];
  const sender = sealed.subarray(21, 21 + length);
  const record = sealed.subarray(21 + length);
  const derive = (secret: Buffer, by: Buffer, words: Buffer, bytes: number) => Buffer.from(hkdfSync('sha256', secret, by, words, bytes));
  const first = derive(keys.computeSecret(sender), auth, Buffer.concat([Buffer.from('WebPush: info\0'), keys.getPublicKey(), sender]), 32);
  const cipher = createDecipheriv('aes-128-gcm', derive(first, salt, Buffer.from('Content-Encoding: aes128gcm\0'), 16), derive(first, salt, Buffer.from('Content-Encoding: nonce\0'), 12));
  cipher.setAuthTag(record.subarray(-16));
  const plain = Buffer.concat([cipher.update(record.subarray(0, -16)), cipher.final()]);
  // the last record ends with a 2, and zeros that hide its length
  return plain.subarray(0, plain.lastIndexOf(2)).toString();
}

/** What the worker's browser shows. */
const shown = (worker: Worker) => worker.evaluate(async () => {
  const { registration } = self as unknown as { registration: ServiceWorkerRegistration };
  return (await registration.getNotifications()).map(({ title, body, tag, icon, data }) => ({ title, body, tag, icon: new URL(icon).pathname, url: (data as { url: string }).url }));
});

/** The browser's side of a push that its service hands over. */
async function delivers(cdp: CDPSession, origin: string, data: string): Promise<void> {
  const registration = new Promise<string>((done) => {
    cdp.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
      const ours = registrations.find((r) => r.scopeURL.startsWith(origin) && !r.isDeleted);
      if (ours) done(ours.registrationId);
    });
  });
  await cdp.send('ServiceWorker.enable');
  await cdp.send('ServiceWorker.deliverPushMessage', { origin, registrationId: await registration, data });
}

beforeEach(() => {
  came.length = 0;
});

it('shows the morning with every page closed, and leads to it', async () => {
  if (!program) throw new Error('not started');
  const desk = await signUp({ baseURL: program.url, permissions: ['notifications'] });
  const { page, context } = desk;
  await context.addInitScript(({ endpoint, keys }) => {
    PushManager.prototype.subscribe = () => Promise.resolve({ endpoint, toJSON: () => ({ endpoint, keys }) } as unknown as PushSubscription);
  }, { endpoint: address, keys: { p256dh: keys.getPublicKey('base64url'), auth: auth.toString('base64url') } });
  await makeDrafts(desk, ['x.post', 'linkedin.short', 'mastodon.post']);

  await page.goto(`${desk.home}/settings/morning?connect=push`);
  await page.getByRole('dialog').getByRole('button', { name: 'Allow notifications' }).click();
  await page.getByText('This browser is told from now on').waitFor();
  await page.getByRole('list', { name: 'Ways in use, in order' }).getByText(/\(this one\)/).waitFor();
  await page.getByRole('button', { name: 'Send me a trial' }).click();
  await page.getByRole('menuitem', { name: /notification/i }).click();
  await page.getByText(/A trial is on its way/).waitFor();
  expect(came).toHaveLength(1);

  const message = opened(came[0] ?? Buffer.alloc(0));
  const worker = context.serviceWorkers()[0] ?? (await context.waitForEvent('serviceworker'));
  // with nothing of the app open; a page of no site holds the line to the browser
  const outside = await context.newPage();
  await page.close();
  await delivers(await context.newCDPSession(outside), program.url, message);
  await expect.poll(() => shown(worker)).toHaveLength(1);
  const said = JSON.parse(message) as { title: string; body: string; url: string; tag: string };
  expect(said.title).toMatch(/3 drafts/);
  expect(await shown(worker)).toEqual([{ ...said, icon: '/icon-192.png' }]);

  // A second one of the same takes the first one's place; one that is no message of ours is shown as it is.
  const again = await context.newCDPSession(outside);
  await delivers(again, program.url, JSON.stringify({ ...said, title: 'Your morning, once more' }));
  await expect.poll(async () => (await shown(worker)).map((n) => n.title)).toEqual(['Your morning, once more']);
  await delivers(await context.newCDPSession(outside), program.url, 'plain words');
  await expect.poll(async () => (await shown(worker)).map((n) => n.title).sort()).toEqual(['Bellwether', 'Your morning, once more']);

  // Windows are opened for a hand that presses only, which nothing drives: the worker's own reaction is looked at, to the
  // address that it would open.
  const asked = await worker.evaluate(async (tag) => {
    const scope = self as unknown as { registration: ServiceWorkerRegistration; clients: { openWindow: (url: string) => Promise<null> }; dispatchEvent: (event: Event) => boolean };
    const [notification] = await scope.registration.getNotifications({ tag });
    const { NotificationEvent: Press } = self as unknown as { NotificationEvent: new (kind: string, init: object) => Event & { waitUntil: (work: Promise<unknown>) => void } };
    const urls: string[] = [];
    scope.clients.openWindow = (url) => {
      urls.push(url);
      return Promise.resolve(null);
    };
    const event = new Press('notificationclick', { notification });
    const work: Promise<unknown>[] = [];
    event.waitUntil = (promise) => void work.push(promise);
    scope.dispatchEvent(event);
    await Promise.all(work);
    return urls;
  }, said.tag);
  expect(asked).toEqual([said.url]);
  expect((await shown(worker)).map((n) => n.title)).toEqual(['Bellwether']);
  const after = await context.newPage();
  after.setDefaultTimeout(30_000);
  await after.goto(asked[0] ?? '');
  await loaded(after);
  expect(new URL(after.url()).pathname).toBe(`${desk.home}/library`);

  // Signing out ends it: no worker is left to show one person's morning to the next.
  await after.getByRole('button', { name: /^Account of/ }).click();
  await after.getByRole('menuitem', { name: 'Sign out' }).click();
  await after.waitForURL(/\/sign-in/);
  await expect.poll(() => after.evaluate(async () => (await navigator.serviceWorker.getRegistrations()).length)).toBe(0);
  expect(desk.complaints).toEqual([]);
});
