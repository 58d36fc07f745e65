import type { Page } from 'playwright-core';
import { afterEach, describe, expect, it } from 'vitest';
import { expectAccessible, expectNoSidewaysScroll, makeDrafts, openPage, send, signUp, withBrowser, type Desk } from './helpers';

withBrowser();

const everyShape = ['x.thread', 'linkedin.carousel', 'instagram.caption', 'facebook.post', 'tiktok.script', 'google_business.post', 'email.newsletter', 'blog.article', 'mastodon.post'];
const small = { width: 360, height: 740 };
const wide = { width: 1280, height: 860 };
const themes = ['light', 'dark'] as const;
const settings = ['profile', 'sessions', 'organization', 'brands', 'security', 'activity', 'data', 'members', 'api-keys', 'clients', 'agencies', 'log', 'danger'];
/** Of the settings, those that are looked at in a wide window too; the others differ from them in their words alone. */
const alsoWide = settings.slice(0, 4);
const doors = ['/sign-in', '/sign-up', '/sign-in/link#token=wrong', '/sign-in?deleted=2030-01-01T00:00:00Z', '/forgot-password', '/reset-password#token=x', '/reset-password', '/sign-in/second-factor', '/invitation#token=wrong', '/confirm-email#token=wrong', '/undo-email#token=x', '/restore-account#token=x', '/apply', '/apply?demo=true'];

const screens = [
  'today', 'studio', 'drafts', 'library', 'library with a draft', 'library without a match', 'nowhere',
  'a month', 'a week', 'a day', 'a list', 'a publication', 'the queue', 'something held in the queue', 'connections', 'how to set up a network', 'queue times', 'the sandbox',
];
async function furnish(desk: Desk): Promise<Record<string, string>> {
  const { generation, posts } = await makeDrafts(desk, everyShape);
  const of = (target: string) => posts.find((p) => p.target === target)?.id ?? '';
  await send(desk, 'POST', `${desk.api}/posts/${of('facebook.post')}/approve`, {});
  await send(desk, 'POST', `${desk.api}/posts/${of('mastodon.post')}/reject`, {});
  const { out, held, next } = await publish(desk, [of('facebook.post'), of('linkedin.carousel'), of('x.thread')]);
  return {
    'a month': `calendar?view=month&item=${next}`, 'a week': 'calendar?view=week', 'a day': 'calendar?view=day', 'a list': 'calendar?view=list',
    'a publication': `queue?item=${out}`, 'the queue': 'queue', 'something held in the queue': `queue?item=${held}`,
    connections: 'brand/connections', 'how to set up a network': 'brand/connections?setup=linkedin', 'queue times': 'brand/queue-times', 'the sandbox': 'sandbox',
    today: 'today', studio: 'studio', drafts: `studio/${generation}?post=${of('x.thread')}`, library: 'library', 'library with a draft': `library?post=${of('tiktok.script')}`,
    'library without a match': 'library?q=zzzznothing', nowhere: 'nowhere',
  };
}

/** One thing out, one planned, one held by a pause that every page tells of. */
async function publish(desk: Desk, [first, second, third]: string[]): Promise<{ out: string; held: string; next: string }> {
  const { items } = await send(desk, 'POST', `${desk.api}/connections`, { provider: 'sandbox' }) as { items: { id: string }[] };
  await send(desk, 'PUT', `${desk.api}/schedule`, { slots: [{ days: ['mon', 'tue', 'wed', 'thu', 'fri'], time: '09:00' }, { days: ['sat'], time: '12:30', network: 'linkedin' }], daily_caps: { x: 3 } }, { 'if-match': '"0"' });
  const plan = async (post: string | undefined, when: object): Promise<string> => {
    const made = await send(desk, 'POST', `${desk.api}/posts/${post}/publications`, { connection_ids: [items[0]?.id], when, approve: true }) as { items: { id: string }[] };
    return made.items[0]?.id ?? '';
  };
  const comesTo = (id: string, state: string) => expect.poll(async () => (await (await desk.context.request.get(`${desk.api}/publications/${id}`)).json()).state).toBe(state);
  const next = await plan(second, { queue: true });
  const out = await plan(first, { now: true });
  await comesTo(out, 'published');
  await send(desk, 'PUT', `${desk.api}/pauses`, { scope: 'brand', reason: 'We wait for the news from the mill.' });
  const held = await plan(third, { now: true });
  await comesTo(held, 'held');
  return { out, held, next };
}

/** Quiet: no skeleton is left and no colour is on its way (for 120 ms), which axe must not measure halfway. */
async function settled(page: Page): Promise<void> {
  await page.waitForLoadState('load');
  await page.locator('h1, h2').first().waitFor({ state: 'attached' });
  await expect.poll(() => page.locator('[role="status"][aria-label^="Loading"]').count()).toBe(0);
  await page.waitForFunction(() => document.getAnimations().every((a) => a.playState !== 'running'));
}

/**
 * Looks at what is on screen in both themes, and leaves the light one. The theme follows the system while the page is
 * open and changes colours alone, so in the dark only the rules about colours are asked again.
 */
async function expectGood(page: Page, what: string): Promise<void> {
  for (const colorScheme of themes) {
    await page.emulateMedia({ colorScheme });
    await expect.poll(() => page.evaluate(() => document.documentElement.dataset['theme'])).toBe(colorScheme);
    await settled(page);
    await expectAccessible(page, `${what}, ${colorScheme}`, colorScheme === 'dark' ? 'colours' : 'all');
  }
  await page.emulateMedia({ colorScheme: 'light' });
}

/** A phone first, as it is loaded there; then the same page in a wide window. */
async function look(page: Page, path: string, what: string, sizes: readonly { width: number; height: number }[]): Promise<void> {
  await page.setViewportSize(small);
  // an address that differs in its fragment alone would not be loaded
  await page.goto('about:blank');
  await page.goto(path);
  for (const size of sizes) {
    await page.setViewportSize(size);
    await settled(page);
    await expectNoSidewaysScroll(page, what);
    await expectGood(page, `${what} at ${size.width} px`);
  }
}

describe('every screen fits a phone of 360 px and is accessible there and wide, in both themes', () => {
  const phoneFirst = { viewport: small, isMobile: true, hasTouch: true, colorScheme: 'light' } as const;
  // One desk for all of them, made by the first that needs it.
  let made: Promise<{ desk: Desk; paths: Record<string, string> }> | undefined;
  const furnished = () => (made ??= (async () => {
    const desk = await signUp(phoneFirst);
    return { desk, paths: await furnish(desk) };
  })());
  afterEach(async () => expect((await made)?.desk.complaints.splice(0) ?? []).toEqual([]));

  it.each(screens)('%s', async (what) => {
    const { desk, paths } = await furnished();
    await look(desk.page, `${desk.home}/${paths[what]}`, what, [small, wide]);
  });

  it.each([['Control+k', 'Search or do anything'], ['?', 'Keyboard shortcuts']] as const)('what %s opens', async (key, name) => {
    const { desk } = await furnished();
    const { page } = desk;
    await page.setViewportSize(wide);
    await page.goto(`${desk.home}/library`);
    await settled(page);
    await page.keyboard.press(key);
    await page.getByRole('dialog', { name }).waitFor();
    await expectGood(page, name);
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  });

  it('the bar at the bottom goes everywhere', async () => {
    const { desk } = await furnished();
    const { page } = desk;
    await page.setViewportSize(small);
    await page.goto(`${desk.home}/today`);
    const bar = page.getByRole('navigation', { name: 'Main' });
    await bar.getByRole('link', { name: 'Library' }).tap();
    await page.waitForURL(/\/library/);
    await page.getByRole('list', { name: 'Drafts' }).getByRole('link').first().tap();
    await page.getByRole('button', { name: 'Library' }).tap();
    await page.getByRole('button', { name: 'Select' }).tap();
    await page.getByRole('checkbox').nth(1).tap();
    await page.getByRole('toolbar', { name: 'Selected drafts' }).waitFor();
  });

  it.each(settings)('%s in the settings, and its name is in sight', async (section) => {
    const { desk } = await furnished();
    const { page } = desk;
    await look(page, `${desk.home}/settings/${section}`, section, [small]);
    // Clients are an agency's; this organization is none.
    if (section !== 'clients') {
      const chosen = page.getByRole('navigation', { name: 'Settings' }).locator('[aria-current="page"]');
      await expect.poll(() => chosen.evaluate((e, width) => {
        const { left, right } = e.getBoundingClientRect();
        return left >= 0 && right <= width;
      }, small.width), { message: `the name of ${section} is in sight` }).toBe(true);
    }
    if (!alsoWide.includes(section)) return;
    await page.setViewportSize(wide);
    await expectNoSidewaysScroll(page, section);
    await expectGood(page, `${section} at ${wide.width} px`);
  });

  it.each(doors)('the door %s', async (path) => {
    const { page, context, complaints } = await openPage(phoneFirst);
    await look(page, path, path, doors.indexOf(path) < 3 ? [small, wide] : [small]);
    if (path === '/sign-up') {
      await page.getByRole('button', { name: 'Make the account' }).click();
      await page.locator('[aria-invalid="true"]').first().waitFor();
      await expectGood(page, 'sign-up with faults');
    }
    expect(complaints).toEqual([]);
    await context.close();
  });
});

describe('the theme', () => {
  it('is chosen, kept over a reload, and follows the system when told to', async () => {
    const { page } = await signUp({ colorScheme: 'light' });
    const theme = () => page.evaluate(() => document.documentElement.dataset['theme']);
    await page.getByRole('button', { name: /^Account of/ }).click();
    await page.getByRole('menuitemradio', { name: 'Dark' }).click();
    await expect.poll(theme).toBe('dark');
    await page.reload();
    expect(await theme()).toBe('dark');
    await page.getByRole('button', { name: /^Account of/ }).click();
    await page.getByRole('menuitemradio', { name: 'As the system' }).click();
    await expect.poll(theme).toBe('light');
    await page.emulateMedia({ colorScheme: 'dark' });
    await expect.poll(theme).toBe('dark');
  });
});

describe('settings', () => {
  it('saves the profile and the brand, makes a brand, ends another session', async () => {
    const desk = await signUp();
    const { page } = desk;
    await page.goto(`${desk.home}/settings/profile`);
    await page.getByLabel('Name', { exact: true }).fill('Ada Lovelace Winter');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('button', { name: 'Account of Ada Lovelace Winter' }).waitFor();

    await page.getByRole('link', { name: 'Brands' }).click();
    await page.getByRole('radio', { name: 'Authority' }).click();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Saved').first().waitFor();
    await page.getByLabel('Name of the new brand').fill('Second Light');
    await page.getByRole('button', { name: 'Make the brand' }).click();
    await page.getByText('Second Light is ready').waitFor();
    await page.getByRole('button', { name: /: switch$/ }).click();
    await page.getByRole('menuitemradio', { name: 'Second Light' }).click();
    await page.waitForURL(/second-light\/today$/);

    const other = await openPage();
    await other.page.goto('/sign-in');
    await other.page.getByLabel('Email').fill(desk.email);
    await other.page.getByLabel('Password').fill(desk.password);
    await other.page.getByRole('button', { name: 'Sign in' }).click();
    await other.page.waitForURL(/\/today$/);
    await page.goto(`${desk.home}/settings/sessions`);
    await page.getByRole('button', { name: 'End all others' }).click();
    await expect.poll(() => page.getByRole('button', { name: 'End', exact: true }).count()).toBe(0);
    await other.page.reload();
    await other.page.waitForURL(/\/sign-in/);
  });
});
