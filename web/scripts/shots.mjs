#!/usr/bin/env node
// Pictures of every screen and state, wide and on a phone, light and dark, for a designer's eye.
//
//   BELLWETHER_URL   where it runs (default http://127.0.0.1:7080)
//   BELLWETHER_LINK  a one-time sign-in link, as `bellwether up` prints it
//   SHOTS            comma-separated parts of names to take only some
//
// Works on the organization that the link leads to and adds a few generations to it, so use the demo one.
import { chromium } from 'playwright-core';
import { mkdir } from 'node:fs/promises';

const base = (process.env.BELLWETHER_URL ?? 'http://127.0.0.1:7080').replace(/\/$/, '');
const link = process.env.BELLWETHER_LINK;
const only = process.env.SHOTS?.split(',');
if (!link) {
  console.error('Set BELLWETHER_LINK to a one-time sign-in link.');
  process.exit(2);
}
const out = new URL('../shots/', import.meta.url).pathname;
await mkdir(out, { recursive: true });

const article = `# What a lighthouse keeper taught us about release notes

Nobody reads release notes for pleasure. Yet the keepers of the Bell Rock light wrote one every night for 90 years, and sailors fought over copies.

The difference was the reader. A keeper wrote for the captain who would pass at 4 in the morning: what changed, what to watch, what to do. Three lines, no adjectives.

We rewrote ours the same way last spring. Support tickets about upgrades fell by 38 percent in 2 months, and the notes got shorter each time.

Start with the change that can hurt somebody. Then say what got better. Leave out what only you care about.

The best test is cheap: read the first line aloud to somebody who does not work with you. If they ask "so what?", you have found the line to write instead.
`;
const sizes = [
  { name: 'wide', viewport: { width: 1440, height: 900 } },
  { name: 'phone', viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, deviceScaleFactor: 2 },
  { name: 'small', viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true, deviceScaleFactor: 2 },
];

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox'] });
const first = await browser.newContext({ baseURL: base });
const start = await first.newPage();
await start.goto(link);
await start.waitForURL(/\/today$/);
const home = new URL(start.url()).pathname.replace(/\/today$/, '');
const state = await first.storageState();

/** A generation with drafts in several states, made once. */
const api = `/api/v1/organizations/${home.split('/')[1]}/brands/${home.split('/')[2]}`;
const post = async (path, data) => {
  const answer = await first.request.post(path, { data, headers: { origin: base } });
  if (!answer.ok()) throw new Error(`${path} answered ${answer.status()}: ${await answer.text()}`);
  return answer.json();
};
const get = async (path) => (await first.request.get(path)).json();
const all = (await get('/api/v1/networks')).networks.filter((n) => n.id !== 'sandbox').flatMap((n) => n.content_types.filter((t) => t.is_default).map((t) => t.target));
let made = await post(`${api}/generations`, { input: { type: 'text', text: article }, targets: [...all, 'linkedin.carousel', 'x.post'], tone: 'conversational' });
for (let tries = 0; ['pending', 'running'].includes(made.status); tries++) {
  if (tries > 200) throw new Error('The drafts did not come.');
  await new Promise((r) => setTimeout(r, 250));
  made = await get(`${api}/generations/${made.id}`);
}
const drafts = (await get(`${api}/posts?generation=${made.id}&limit=100`)).items;
for (const [target, verb] of [['facebook.post', 'approve'], ['mastodon.post', 'reject']]) {
  const draft = drafts.find((d) => d.target === target);
  if (draft?.status === 'pending') await post(`${api}/posts/${draft.id}/${verb}`, {});
}
const some = (target) => drafts.find((d) => d.target === target) ?? drafts[0];

const studio = `${home}/studio/${made.id}`;
const screens = [
  { name: 'today', path: `${home}/today` },
  { name: 'studio', path: `${home}/studio` },
  { name: 'studio-filled', path: `${home}/studio`, act: async (p) => p.getByRole('textbox', { name: 'Text, or a link' }).fill(article.slice(0, 700)) },
  { name: 'drafts', path: studio },
  { name: 'drafts-all', path: studio, full: true },
  { name: 'drafts-over-limit', path: `${studio}?post=${some('x.post').id}`, act: async (p) => {
    const field = p.locator(`[data-post="${some('x.post').id}"] textarea`).first();
    await field.fill(`${await field.inputValue()} ${'And one more thing that nobody asked for. '.repeat(8)}`);
    await p.waitForTimeout(1200);
  } },
  { name: 'versions', path: `${studio}?post=${some('x.post').id}`, act: async (p) => { await p.keyboard.press('v'); await p.getByRole('dialog').waitFor(); await p.waitForTimeout(500); } },
  { name: 'compare', path: `${studio}?post=${some('x.post').id}`, act: async (p) => { await p.keyboard.press('d'); await p.getByRole('dialog').waitFor(); } },
  { name: 'regenerate', path: `${studio}?post=${some('x.post').id}`, act: async (p) => { await p.keyboard.press('r'); await p.getByRole('dialog').waitFor(); } },
  { name: 'library', path: `${home}/library` },
  { name: 'library-detail', path: `${home}/library?post=${some('linkedin.long').id}` },
  { name: 'library-bulk', path: `${home}/library?status=pending`, act: async (p) => {
    const more = p.getByRole('button', { name: 'Select', exact: true });
    if (await more.isVisible()) await more.click();
    for (const i of [0, 1, 2]) await p.getByRole('checkbox').nth(i).click({ force: true });
  } },
  { name: 'library-nothing', path: `${home}/library?q=zzzznothing` },
  { name: 'palette', path: `${home}/library`, act: async (p) => { await p.keyboard.press('Control+k'); await p.getByRole('dialog').waitFor(); await p.keyboard.type('light'); await p.waitForTimeout(600); } },
  { name: 'shortcuts', path: `${home}/today`, act: async (p) => { await p.keyboard.press('?'); await p.getByRole('dialog').waitFor(); } },
  { name: 'switcher', path: `${home}/today`, act: async (p) => p.getByRole('button', { name: /: switch$/ }).first().click() },
  { name: 'settings-profile', path: `${home}/settings/profile` },
  { name: 'settings-security', path: `${home}/settings/security` },
  { name: 'settings-activity', path: `${home}/settings/activity` },
  { name: 'settings-log', path: `${home}/settings/log` },
  { name: 'drafts-article', path: `${studio}?post=${some('blog.article').id}` },
  { name: 'settings-sessions', path: `${home}/settings/sessions` },
  { name: 'settings-organization', path: `${home}/settings/organization` },
  { name: 'settings-brands', path: `${home}/settings/brands` },
  { name: 'not-found', path: `${home}/nowhere` },
  { name: 'error', path: `${home}/library`, act: (p) => p.getByRole('alert').waitFor(), before: (p) => p.route('**/posts?*', (r) => r.fulfill({ status: 503, contentType: 'application/problem+json', body: JSON.stringify({ status: 503, code: 'unavailable', detail: 'The database does not answer. Try again in a moment.', request_id: '0198f2c4-5d1e' }) })) },
  { name: 'loading', path: `${home}/library`, before: (p) => p.route('**/posts?*', () => undefined) },
  { name: 'sign-in', path: '/sign-in', anonymous: true },
  { name: 'sign-up', path: '/sign-up', anonymous: true },
  { name: 'sign-up-wrong', path: '/sign-up', anonymous: true, act: async (p) => { await p.getByRole('button', { name: 'Make the account' }).click(); await p.waitForTimeout(500); } },
  { name: 'link-wrong', path: '/sign-in/link#token=wrong', anonymous: true },
];

let taken = 0;
for (const size of sizes) {
  for (const theme of ['light', 'dark']) {
    const { name: sizeName, ...device } = size;
    const settings = { baseURL: base, colorScheme: theme, reducedMotion: 'reduce', ...device };
    const inside = await browser.newContext({ ...settings, storageState: state });
    const outside = await browser.newContext(settings);
    for (const screen of screens) {
      const name = `${screen.name}-${sizeName}-${theme}`;
      if (only && !only.some((part) => name.includes(part))) continue;
      const page = await (screen.anonymous ? outside : inside).newPage();
      try {
        await screen.before?.(page);
        await page.goto(screen.path, { waitUntil: 'load' });
        await page.waitForTimeout(500);
        if (screen.name !== 'loading') await page.waitForFunction(() => !document.querySelector('[role="status"][aria-label^="Loading"]'), undefined, { timeout: 10_000 }).catch(() => undefined);
        await page.waitForTimeout(300);
        await screen.act?.(page);
        await page.waitForTimeout(250);
        await page.screenshot({ path: `${out}${name}.png`, fullPage: screen.full ?? false });
        taken++;
      } catch (error) {
        console.error(`${name}: ${error instanceof Error ? error.message.split('\n')[0] : error}`);
        process.exitCode = 1;
      }
      await page.close();
    }
    await inside.close();
    await outside.close();
  }
}
await browser.close();
console.log(`${taken} pictures in ${out}`);
