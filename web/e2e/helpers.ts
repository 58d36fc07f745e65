import { createRequire } from 'node:module';
import { chromium, type Browser, type BrowserContext, type BrowserContextOptions, type Locator, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect } from 'vitest';

/** The real program, started by whoever runs these tests, with sign-up allowed. */
export const base = (process.env['BELLWETHER_URL'] ?? 'http://127.0.0.1:7080').replace(/\/$/, '');
const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium';

export const article = `# What a lighthouse keeper taught us about release notes

Nobody reads release notes for pleasure. Yet the keepers of the Bell Rock light wrote one every night for 90 years, and sailors fought over copies.

The difference was the reader. A keeper wrote for the captain who would pass at 4 in the morning: what changed, what to watch, what to do. Three lines, no adjectives.

We rewrote ours the same way last spring. Support tickets about upgrades fell by 38 percent in 2 months, and the notes got shorter each time.

Start with the change that can hurt somebody. Then say what got better. Leave out what only you care about.

The best test is cheap: read the first line aloud to somebody who does not work with you. If they ask "so what?", you have found the line to write instead.
`;

/** Of the version that `@axe-core/playwright` brings. */
const { source: axeSource } = createRequire(createRequire(import.meta.url).resolve('@axe-core/playwright'))('axe-core') as { source: string };

let browser: Browser | undefined;

/** One browser for a file of tests. */
export function withBrowser(): void {
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  });
  afterAll(async () => {
    await browser?.close();
  });
}

export interface Desk {
  page: Page;
  context: BrowserContext;
  /** `/{org}/{brand}` of the account made for this test. */
  home: string;
  /** `/api/v1/organizations/{org}/brands/{brand}` of the same. */
  api: string;
  email: string;
  password: string;
  /** What the page's console complained about: script errors and broken policy. */
  complaints: string[];
}

let count = 0;

export async function openPage(options: BrowserContextOptions = {}): Promise<{ page: Page; context: BrowserContext; complaints: string[] }> {
  if (!browser) throw new Error('withBrowser() was not called');
  const context = await browser.newContext({ baseURL: base, viewport: { width: 1280, height: 860 }, reducedMotion: 'reduce', ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  // the first page of a program that just started, on a machine that does much else
  page.setDefaultNavigationTimeout(90_000);
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    // A 4xx that a test asks for is logged by the browser too; only the app's own errors and the policy's count.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) complaints.push(message.text());
  });
  return { page, context, complaints };
}

/** A fresh account through the real form, at its Today. */
export async function signUp(options: BrowserContextOptions = {}): Promise<Desk> {
  const { page, context, complaints } = await openPage(options);
  const tag = `${Date.now().toString(36)}${(count++).toString(36)}`;
  const email = `e2e-${tag}@example.com`;
  const password = 'a lighthouse at four';
  await page.goto('/sign-up');
  await page.getByLabel('Your name').fill('Ada Winter');
  await page.getByLabel('Email').fill(email);
  await page.getByLabel('Password').fill(password);
  await page.getByLabel('Name you publish under').fill(`Harbour ${tag}`);
  await page.getByRole('button', { name: 'Make the account' }).click();
  await page.waitForURL(/\/today$/);
  const home = new URL(page.url()).pathname.replace(/\/today$/, '');
  const [, org, brand] = home.split('/');
  return { page, context, complaints, home, api: `/api/v1/organizations/${org}/brands/${brand}`, email, password };
}

/** Drafts made over the API, for tests that are about something else. */
export async function makeDrafts(desk: Desk, targets: string[], text = article): Promise<{ generation: string; posts: { id: string; target: string; version: number }[] }> {
  const made = await send(desk, 'POST', `${desk.api}/generations`, { input: { type: 'text', text }, targets });
  const id = made.id as string;
  await expect.poll(async () => (await (await desk.context.request.get(`${desk.api}/generations/${id}`)).json()).status, { timeout: 30_000 }).toMatch(/completed|partial|failed/);
  const posts = await (await desk.context.request.get(`${desk.api}/posts?generation=${id}&limit=100`)).json();
  return { generation: id, posts: posts.items };
}

export async function send(desk: Desk, method: 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, data: unknown, headers: Record<string, string> = {}): Promise<Record<string, unknown>> {
  // Changes are taken from the app's own origin, which is not `base` where a test has a program of its own.
  const answer = await desk.context.request.fetch(path, { method, data, headers: { origin: new URL(desk.page.url()).origin, ...headers } });
  expect(answer.ok(), `${method} ${path}: ${answer.status()} ${await answer.text()}`).toBe(true);
  return answer.status() === 204 ? {} : ((await answer.json()) as Record<string, unknown>);
}

export async function getPost(desk: Desk, id: string): Promise<{ status: string; version: number; content: Record<string, unknown>; edited: boolean; feedback: number }> {
  return (await desk.context.request.get(`${desk.api}/posts/${id}`)).json();
}

const rulesOf = {
  all: { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] },
  colours: { type: 'rule', values: ['color-contrast', 'link-in-text-block'] },
} as const;
interface Violation { id: string; impact: string | null; nodes: { target: string[]; why: string }[] }
interface Axe { run: (where: Document, options: object) => Promise<{ violations: { id: string; impact: string | null; nodes: { target: unknown[]; failureSummary?: string }[] }[] }> }

/**
 * What axe finds, run by itself in the page. Its builder for Playwright puts half a megabyte into the page for each look and
 * opens a second page to gather what frames say: most of the time of a flow went there, and the app has no frames but the
 * one in which a mail is shown, whose words are the mail's own.
 */
async function violations(page: Page, rules: keyof typeof rulesOf): Promise<Violation[]> {
  expect(page.frames().filter((frame) => frame.url() !== 'about:srcdoc').length, 'frames are not looked into').toBe(1);
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axeSource);
  // what is still fading in has colours that nobody reads by; a spinner never ends
  await page.waitForFunction(() => document.getAnimations().every((a) => a.timeline !== document.timeline || a.playState !== 'running' || a.effect?.getComputedTiming().iterations === Infinity));
  return page.evaluate(async (runOnly) => {
    const { axe } = window as unknown as { axe: Axe };
    // the rules that stylesheets are fetched again for are none of these
    const found = await axe.run(document, { runOnly, resultTypes: ['violations'], iframes: false, preload: { assets: ['media'] } });
    return found.violations.map((v) => ({ id: v.id, impact: v.impact, nodes: v.nodes.map((n) => ({ target: n.target.map(String), why: n.failureSummary?.split('\n')[1] ?? '' })) }));
  }, rulesOf[rules]);
}

/** Nothing serious or critical, by the rules of WCAG 2.2 AA: by all of them, or by those about colours. */
export async function expectAccessible(page: Page, what: string, rules: keyof typeof rulesOf = 'all'): Promise<void> {
  const bad = (await violations(page, rules)).filter((v) => v.impact === 'serious' || v.impact === 'critical');
  expect(bad.map((v) => `${v.id}: ${v.nodes.map((n) => `${n.target.join(' ')} ${n.why}`).slice(0, 4).join(' | ')}`), what).toEqual([]);
}

export const phone: BrowserContextOptions = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };

/** Nothing is a skeleton any more. */
export async function loaded(page: Page): Promise<void> {
  await page.locator('h1, h2').first().waitFor({ state: 'attached' });
  await expect.poll(() => page.locator('[role="status"][aria-label^="Loading"]').count(), { timeout: 30_000 }).toBe(0);
}

/** The page of a session that has ended leads to the sign-in when it is loaded again; until then it stays as it is. */
export async function expectSignedOut(page: Page): Promise<void> {
  await page.reload();
  await page.waitForURL(/\/sign-in/);
}

/** Goes to something by the Tab key alone, as somebody without a mouse does. */
export async function tabTo(page: Page, target: Locator): Promise<void> {
  await target.waitFor();
  for (let presses = 0; presses < 100; presses++) {
    if (await target.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`${target.toString()} is not reached by Tab`);
}

/**
 * Goes to a place by `g` and its letter. Keys are heard once the page stands, which nothing on it tells, and count together only
 * within a second or so: they are pressed until one is there.
 */
export async function goByKeys(page: Page, letter: string, place: RegExp): Promise<void> {
  await expect.poll(async () => {
    if (!place.test(page.url())) {
      await page.keyboard.press('g');
      await page.keyboard.press(letter);
    }
    return page.url();
  }, { interval: 500, timeout: 30_000 }).toMatch(place);
}

/** The page is no wider than its window; a phone's browser would zoom out for it, and `innerWidth` with it. */
export async function expectNoSidewaysScroll(page: Page, what: string): Promise<void> {
  const width = page.viewportSize()?.width ?? 0;
  const wide = await page.evaluate((window) => {
    if (document.documentElement.scrollWidth <= window) return [];
    const outside = [...document.querySelectorAll('body *')].filter((e) => e.getBoundingClientRect().right > window + 0.5).map((e) => `${e.tagName.toLowerCase()}.${e.getAttribute('class') ?? ''}`.slice(0, 90));
    return [`${document.documentElement.scrollWidth} px`, ...outside.slice(0, 6)];
  }, width);
  expect(wide, `${what} at ${width} px`).toEqual([]);
}
