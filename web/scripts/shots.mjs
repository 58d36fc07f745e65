#!/usr/bin/env node
// Pictures of every screen and state, wide and on a phone, light and dark, for a designer's eye.
//
//   BELLWETHER_URL             where it runs (default http://127.0.0.1:7080)
//   BELLWETHER_LINK            a one-time sign-in link, as `bellwether up` prints it
//   BELLWETHER_WEBHOOK_SECRET  the secret of Clerk's webhooks there, to have some in the inbox
//   SHOTS                      comma-separated parts of names to take only some: `SHOTS=admin,settings-member`
//   SHOTS_SIZES                `wide`, `phone`, `small` (360 px), comma-separated; all when absent
//   SHOTS_THEMES               `light`, `dark`; both when absent
//
// Works on the organization that the link leads to and makes accounts beside it, so use a demo.
import { chromium } from 'playwright-core';
import { mkdir } from 'node:fs/promises';
import { account, brandOf, clients, drafts, guard, media, over, publishing, reviewing, twoSamples, webhooks } from './shots/data.mjs';
import { screens as screensOf } from './shots/screens.mjs';

const base = (process.env.BELLWETHER_URL ?? 'http://127.0.0.1:7080').replace(/\/$/, '');
const link = process.env.BELLWETHER_LINK;
if (!link) {
  console.error('Set BELLWETHER_LINK to a one-time sign-in link.');
  process.exit(2);
}
const some = (name) => process.env[name]?.split(',');
const only = some('SHOTS');
const out = new URL('../shots/', import.meta.url).pathname;
await mkdir(out, { recursive: true });

const sizes = [
  { name: 'wide', viewport: { width: 1440, height: 900 } },
  { name: 'phone', viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, deviceScaleFactor: 2 },
  { name: 'small', viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true, deviceScaleFactor: 2 },
].filter(({ name }) => some('SHOTS_SIZES')?.includes(name) ?? true);
const themes = ['light', 'dark'].filter((name) => some('SHOTS_THEMES')?.includes(name) ?? true);

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox'] });
const context = () => browser.newContext({ baseURL: base });

const owner = await context();
const start = await owner.newPage();
await start.goto(link);
await start.waitForURL(/\/today$/);
const home = new URL(start.url()).pathname.replace(/\/today$/, '');
const [, slug, brand] = home.split('/');
const api = over(owner, base);
const org = `/api/v1/organizations/${slug}`;

const contexts = { fresh: await context(), agency: await context(), guarded: await context(), press: await context() };
const { generation, of } = await drafts(api, `${org}/brands/${brand}`);
await brandOf(api, `${org}/brands/${brand}`);
const fresh = await account(contexts.fresh, base, { name: 'Mara Lindqvist', organization: 'North Quay' });
const agency = await account(contexts.agency, base, { name: 'Tom Achterberg', organization: 'Achterberg & Co', type: 'agency' });
const guarded = await account(contexts.guarded, base, { name: 'Ada Winter', organization: 'Winter Press' });
const client = await clients(agency, slug);
await twoSamples(agency.api, `${agency.org}/brands/${agency.home.split('/')[2]}`);
await guard(guarded);
const press = await account(contexts.press, base, { name: 'Ada Winter', organization: 'Bell Rock Press' });
const life = await publishing(press.api, `${press.org}/brands/${press.home.split('/')[2]}`);
const review = await reviewing(press.api, `${press.org}/brands/${press.home.split('/')[2]}`, life);
const library = await media(contexts.press, base, press, life);
const { link: invitation } = await api.post(`${org}/invitations`, { max_uses: 3, role: 'member' });
await webhooks(owner, process.env.BELLWETHER_WEBHOOK_SECRET);

const screens = screensOf({ home, studio: `${home}/studio/${generation}`, of, fresh, agency, client, guarded, press, life, review, library, invitation: invitation.replace(base, '') });
const states = { owner: await owner.storageState() };
for (const [name, each] of Object.entries(contexts)) states[name] = await each.storageState();

/** Nothing is a skeleton any more, where that is not what is looked at, and nothing moves. */
async function settled(page, screen) {
  await page.waitForTimeout(300);
  if (!screen.name.endsWith('loading')) await page.waitForFunction(() => !document.querySelector('[role="status"][aria-label^="Loading"]'), undefined, { timeout: 10_000 }).catch(() => undefined);
  await page.evaluate(() => document.fonts.ready);
  await page.waitForTimeout(250);
}

let taken = 0;
for (const { name: size, ...device } of sizes) {
  for (const theme of themes) {
    const settings = { baseURL: base, colorScheme: theme, reducedMotion: 'reduce', ...device };
    const eyes = { nobody: await browser.newContext(settings) };
    for (const [name, storageState] of Object.entries(states)) eyes[name] = await browser.newContext({ ...settings, storageState });
    for (const screen of screens) {
      const name = `${screen.name}-${size}-${theme}`;
      if (only && !only.some((part) => name.includes(part))) continue;
      const page = await eyes[screen.as ?? 'owner'].newPage();
      page.setDefaultTimeout(15_000);
      try {
        await screen.before?.(page);
        await page.goto(screen.path, { waitUntil: 'load' });
        // the first word on the page: before it nothing is loading either
        await page.locator('h1, h2').first().waitFor({ state: 'attached' });
        await settled(page, screen);
        await screen.act?.(page);
        await settled(page, screen);
        await page.screenshot({ path: `${out}${name}.png`, fullPage: screen.full ?? false });
        taken++;
      } catch (error) {
        console.error(`${name}: ${error instanceof Error ? error.message.split('\n').slice(0, 3).join(' ') : error}`);
        process.exitCode = 1;
      }
      await page.close();
    }
    for (const eye of Object.values(eyes)) await eye.close();
  }
}
await browser.close();
console.log(`${taken} pictures in ${out}`);
