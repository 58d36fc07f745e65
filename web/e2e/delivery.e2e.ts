import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Locator } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { expectAccessible, expectNoSidewaysScroll, loaded, makeDrafts, send, signUp, withBrowser, type Desk } from './helpers';
import { expectGood } from './look';
import { operatorOf } from './mails';
import { startProgram, type Program } from './program';

withBrowser();

let slack: Server;
const heard: string[] = [];
let hooks: string;
let program: Program | undefined;
beforeAll(async () => {
  slack = createServer((request, answer) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const bot = /^\/bot\d+:[\w-]+\/sendMessage$/.test(request.url ?? '');
      if (bot) {
        const good = request.url?.startsWith('/bot110201543:');
        answer.writeHead(good ? 200 : 401, { 'content-type': 'application/json' }).end(JSON.stringify(good ? { ok: true, result: { message_id: 1 } } : { ok: false, error_code: 401, description: 'Unauthorized' }));
        return;
      }
      const known = request.url === '/hooks/T1/B1/secret';
      if (known) heard.push(body);
      answer.writeHead(known ? 200 : 404, { 'content-type': 'text/plain' }).end(known ? 'ok' : 'no_service');
    });
  });
  await new Promise<void>((done) => slack.listen(0, '127.0.0.1', done));
  hooks = `http://127.0.0.1:${(slack.address() as AddressInfo).port}/hooks/`;
  program = await startProgram(`[fetch]\nallow_private = ["127.0.0.0/8"]\npause_ms = 0\n\n[delivery.slack]\nwebhooks = ["${hooks}"]\n\n[delivery.telegram]\napi_url = "${hooks.replace('/hooks/', '')}"\n`);
});
afterAll(async () => {
  await program?.stop();
  await new Promise((done) => slack.close(done));
});

interface Morning { time: string; days: string[]; channels: string[]; max_drafts: number; networks: string[]; content_formats: string[] }
const kept = async (desk: Desk) => ((await (await desk.context.request.get('/api/v1/me/notification-preferences')).json()) as { morning: Morning }).morning;

/** The words of a mail that stand out least from what is behind them, by WCAG's contrast. */
const faintest = (body: Locator) => body.evaluate((root) => {
  const channels = (colour: string) => (colour.match(/[\d.]+/g) ?? []).map(Number);
  const luminance = (colour: string) => channels(colour).slice(0, 3)
    .map((part) => part / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
    .reduce((sum, part, at) => sum + part * ([0.2126, 0.7152, 0.0722][at] ?? 0), 0);
  const behind = (of: Element | null): string => {
    if (!of) return 'rgb(255, 255, 255)';
    const own = getComputedStyle(of).backgroundColor;
    return channels(own)[3] === 0 ? behind(of.parentElement) : own;
  };
  const seen = [...root.querySelectorAll('*')].filter((one) => [...one.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.textContent?.trim()) && one.getClientRects().length > 0 && getComputedStyle(one).opacity !== '0');
  return seen.map((one) => {
    const [dim = 0, bright = 0] = [luminance(getComputedStyle(one).color), luminance(behind(one))].sort((a, b) => a - b);
    return { words: one.textContent.trim().slice(0, 40), contrast: (bright + 0.05) / (dim + 0.05) };
  }).sort((a, b) => a.contrast - b.contrast)[0];
});

it('is set by the person, and the next mail stands beside it as it will be', async () => {
  if (!program) throw new Error('not started');
  const desk = await signUp({ baseURL: program.url });
  const { page } = desk;
  await page.goto(`${desk.home}/settings/morning`);
  await page.getByText('Nothing would come').waitFor();
  await makeDrafts(desk, ['x.post', 'x.thread', 'linkedin.short', 'mastodon.post']);
  await page.reload();
  await loaded(page);
  const mail = page.frameLocator('iframe');
  await mail.getByText('Open in Bellwether').first().waitFor();
  await expectGood(page, 'the morning delivery');

  // what one reads is dressed as a mail program dresses it, in both looks
  const background = () => mail.locator('body').evaluate((body) => getComputedStyle(body).backgroundColor);
  const light = await background();
  expect((await faintest(mail.locator('body')))?.contrast, 'in the light').toBeGreaterThan(4.5);
  await page.getByRole('radio', { name: 'Dark' }).click();
  await expect.poll(background).not.toBe(light);
  expect((await faintest(mail.locator('body')))?.contrast, 'in the dark').toBeGreaterThan(4.5);
  await page.getByRole('radio', { name: 'As in a window' }).click();
  await expect.poll(() => Object.fromEntries(new URL(page.url()).searchParams)).toEqual({ width: 'desktop', look: 'dark' });
  await expect.poll(() => page.locator('iframe').evaluate((frame) => (frame as HTMLIFrameElement).contentWindow?.innerWidth)).toBe(660);
  await page.getByRole('radio', { name: 'Light' }).click();

  await page.getByLabel('Time', { exact: true }).fill('06:45');
  await expect.poll(async () => (await kept(desk)).time).toBe('06:45');
  await page.getByText(/^Due .*06:45|^Due .*6:45/).waitFor();
  await page.getByRole('button', { name: 'Saturday' }).click();
  await expect.poll(async () => (await kept(desk)).days).toContain('saturday');
  await page.getByLabel('At most').selectOption('1');
  await expect.poll(() => mail.getByText('Open in Bellwether').count()).toBe(1);
  await page.getByRole('group', { name: 'Only for these networks' }).getByRole('button', { name: 'LinkedIn' }).click();
  await mail.getByText(/^LinkedIn/).first().waitFor();
  await page.getByRole('group', { name: 'Only these forms' }).getByRole('button', { name: 'Carousel' }).click();
  await page.getByText('Nothing would come').waitFor();
  await page.getByRole('group', { name: 'Only these forms' }).getByRole('button', { name: 'Carousel' }).click();
  await mail.getByText(/^LinkedIn/).first().waitFor();
  expect(await kept(desk)).toMatchObject({ max_drafts: 1, networks: ['linkedin'], content_formats: [] });

  await page.getByRole('button', { name: 'Send me a trial' }).click();
  await page.getByText('A trial is on its way').waitFor();
  const operator = await operatorOf(program);
  const subjects = async () => ((await (await operator.context.request.get('/api/v1/admin/mails?limit=100')).json()) as { items: { to: string; subject: string }[] }).items.filter((m) => m.to === desk.email).map((m) => m.subject);
  const { subject } = (await (await desk.context.request.get(`${desk.api}/deliveries/preview`)).json()) as { subject: string };
  await expect.poll(async () => (await subjects()).some((s) => s.includes(subject))).toBe(true);

  await page.getByRole('radio', { name: 'What came' }).click();
  await page.getByRole('heading', { name: 'None came yet' }).waitFor();
  await expectAccessible(page, 'deliveries before the first');
  await page.setViewportSize({ width: 360, height: 740 });
  await page.goto(`${desk.home}/settings/morning`);
  await mail.getByText('Open in Bellwether').first().waitFor();
  await expectNoSidewaysScroll(page, 'the morning delivery on a phone');
  await expectAccessible(page, 'the morning delivery on a phone');
  expect(desk.complaints).toEqual([]);
});

it('comes by the ways that one connects, in the order that one gives them', async () => {
  if (!program) throw new Error('not started');
  const desk = await signUp({ baseURL: program.url });
  const { page } = desk;
  await page.goto(`${desk.home}/settings/morning`);
  const used = page.getByRole('list', { name: 'Ways in use, in order' });
  const order = () => used.getByRole('listitem').evaluateAll((rows) => rows.map((row) => (row as HTMLElement).dataset['way']));
  await expect.poll(order).toEqual(['email']);
  const others = page.getByRole('region', { name: 'Ways that are not used' });
  // nobody has set a bot up here, nor a number
  await others.getByText('Not set up on this installation').first().waitFor();

  await others.getByRole('button', { name: 'Connect it: Slack' }).click();
  const dialog = page.getByRole('dialog', { name: 'Slack' });
  await dialog.getByLabel('Webhook address').fill(`${hooks}T1/B1/wrong`);
  await dialog.getByRole('button', { name: 'Connect', exact: true }).click();
  await dialog.getByText(/no service/).waitFor();
  await expectAccessible(page, 'a webhook that is none');
  await dialog.getByLabel('Webhook address').fill(`${hooks}T1/B1/secret`);
  await dialog.getByRole('button', { name: 'Connect', exact: true }).click();
  await expect.poll(order).toEqual(['email', 'slack']);
  expect(heard.length).toBe(1);
  await expect.poll(async () => (await kept(desk)).channels).toEqual(['email', 'slack']);
  // a channel has many readers: links that approve come when somebody wants them
  const approve = used.getByRole('checkbox', { name: 'With links that approve' });
  expect(await approve.isChecked()).toBe(false);
  await approve.click();
  await used.getByText('Everybody who reads along can approve your drafts').waitFor();
  await expect.poll(async () => ((await (await desk.context.request.get('/api/v1/me/channels')).json()) as { items: { kind: string; approve_links: boolean | null }[] }).items.find((c) => c.kind === 'slack')?.approve_links).toBe(true);

  // by a button, which keeps the focus, and by the keys
  await used.getByRole('button', { name: 'Move Slack up' }).click();
  await expect.poll(order).toEqual(['slack', 'email']);
  await used.getByText('brings the next one').waitFor();
  await expect.poll(() => page.evaluate(() => document.activeElement?.getAttribute('aria-label'))).toBe('Move Slack down');
  await page.keyboard.press('Alt+ArrowDown');
  await expect.poll(order).toEqual(['email', 'slack']);
  await page.keyboard.press('Alt+ArrowUp');
  await expect.poll(async () => (await kept(desk)).channels).toEqual(['slack', 'email']);
  await expectGood(page, 'the ways');

  await used.getByRole('button', { name: 'More for Slack' }).click();
  await page.getByRole('menuitem', { name: 'Send a trial' }).click();
  await page.getByText('A trial is on its way by Slack').waitFor();
  await expect.poll(() => heard.length).toBe(2);
  await used.getByRole('button', { name: 'More for Mail' }).click();
  await page.getByRole('menuitem', { name: 'Don’t use it' }).click();
  await expect.poll(async () => (await kept(desk)).channels).toEqual(['slack']);
  await others.getByRole('button', { name: 'Use it: Mail' }).click();
  await expect.poll(order).toEqual(['slack', 'email']);

  // where the operator has no bot, one's own has its place among the ways
  await others.getByRole('button', { name: 'Connect your own bot: Telegram' }).click();
  const bot = page.getByRole('dialog', { name: 'Telegram' });
  await bot.getByLabel('Token of the bot').fill('99:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw');
  await bot.getByLabel('Chat').fill('42');
  await expectAccessible(page, 'a bot of one’s own');
  // at the foot, as in every other dialog
  expect(await bot.locator('form').getByRole('button').count()).toBe(0);
  await bot.getByRole('button', { name: 'Connect', exact: true }).click();
  await bot.getByText(/Unauthorized/).waitFor();
  await bot.getByLabel('Token of the bot').fill('110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw');
  await bot.getByRole('button', { name: 'Connect', exact: true }).click();
  await expect.poll(order).toEqual(['slack', 'email', 'telegram']);
  await used.getByRole('button', { name: 'More for Telegram' }).click();
  await page.getByRole('menuitem', { name: 'Change the connection' }).waitFor();
  await page.keyboard.press('Escape');

  await page.goto(`${desk.home}/settings/morning?connect=push`);
  await page.getByRole('dialog', { name: 'Notifications of this browser' }).waitFor();
  await expectAccessible(page, 'asking for notifications');
  // nobody who did not ask for it has a worker
  expect(await page.evaluate(async () => (await navigator.serviceWorker.getRegistrations()).length)).toBe(0);
  expect(desk.complaints).toEqual([]);
});

it('is sent as a trial by each way that is connected', async () => {
  if (!program) throw new Error('not started');
  const desk = await signUp({ baseURL: program.url });
  const { page } = desk;
  await makeDrafts(desk, ['x.post', 'mastodon.post']);
  await send(desk, 'PUT', '/api/v1/me/channels/slack', { webhook_url: `${hooks}T1/B1/secret` });
  const before = heard.length;
  await page.goto(`${desk.home}/settings/morning`);
  await page.frameLocator('iframe').getByText('Open in Bellwether').first().waitFor();
  await page.getByRole('button', { name: 'Send me a trial' }).click();
  await page.getByRole('menuitem', { name: 'By Slack' }).waitFor();
  await expectAccessible(page, 'the ways of a trial');
  await page.getByRole('menuitem', { name: 'By Slack' }).click();
  await page.getByText('A trial is on its way by Slack').waitFor();
  expect(heard.length).toBe(before + 1);
  expect(heard.at(-1)).toContain('2 drafts for today');
  expect(heard.at(-1)).not.toContain('/deliveries/');
  await page.getByRole('button', { name: 'Send me a trial' }).click();
  await page.getByRole('menuitem', { name: 'By mail' }).click();
  await page.getByText('A trial is on its way by mail').waitFor();
  expect(desk.complaints).toEqual([]);
});

it('ends in a browser whose person signs out on the page of an invitation', async () => {
  if (!program) throw new Error('not started');
  const desk = await signUp({ baseURL: program.url });
  const { page } = desk;
  // as RFC 8291's example has them
  const keys = { p256dh: 'BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4', auth: 'BTBZMqHH6r4Tts7J_aSIgg' };
  const { id } = await send(desk, 'POST', '/api/v1/me/push/subscriptions', { endpoint: 'https://push.example.com/1', keys, name: 'This one' });
  await page.evaluate((id) => localStorage.setItem('bellwether.push', id), String(id));
  const told = async () => ((await (await desk.context.request.get('/api/v1/me/channels')).json()) as { items: { id: string; kind: string }[] }).items.filter((c) => c.kind === 'push').map((c) => c.id);
  expect(await told()).toEqual([id]);
  const { link } = await send(desk, 'POST', `/api/v1/organizations/${desk.home.split('/')[1]}/invitations`, { role: 'manager', max_uses: 1 });
  await page.goto(String(link));
  await page.getByRole('button', { name: 'I’m somebody else' }).click();
  await page.getByLabel('Your name').waitFor();
  expect(await page.evaluate(() => localStorage.getItem('bellwether.push'))).toBe(null);
  await send(desk, 'POST', '/api/v1/auth/sign-in', { email: desk.email, password: desk.password });
  expect(await told()).toEqual(['push']);
  expect(desk.complaints).toEqual([]);
});
