import { describe, expect, it } from 'vitest';
import { expectAccessible, expectNoSidewaysScroll, makeDrafts, openPage, send, signUp, withBrowser, type Desk } from './helpers';

withBrowser();

const everyShape = ['x.thread', 'linkedin.carousel', 'instagram.caption', 'facebook.post', 'tiktok.script', 'google_business.post', 'email.newsletter', 'blog.article', 'mastodon.post'];

async function furnish(desk: Desk): Promise<Record<string, string>> {
  const { generation, posts } = await makeDrafts(desk, everyShape);
  const of = (target: string) => posts.find((p) => p.target === target)?.id ?? '';
  await send(desk, 'POST', `${desk.api}/posts/${of('facebook.post')}/approve`, {});
  await send(desk, 'POST', `${desk.api}/posts/${of('mastodon.post')}/reject`, {});
  return {
    today: `${desk.home}/today`,
    studio: `${desk.home}/studio`,
    drafts: `${desk.home}/studio/${generation}?post=${of('x.thread')}`,
    library: `${desk.home}/library`,
    'library with a draft': `${desk.home}/library?post=${of('tiktok.script')}`,
    'library without a match': `${desk.home}/library?q=zzzznothing`,
    profile: `${desk.home}/settings/profile`,
    sessions: `${desk.home}/settings/sessions`,
    organization: `${desk.home}/settings/organization`,
    brands: `${desk.home}/settings/brands`,
    nowhere: `${desk.home}/nowhere`,
  };
}

/** Quiet: no skeleton is left and nothing is being fetched. */
async function settled(desk: Pick<Desk, 'page'>): Promise<void> {
  await desk.page.waitForLoadState('load');
  await desk.page.locator('h1').first().waitFor();
  await expect.poll(() => desk.page.locator('[role="status"][aria-label^="Loading"]').count()).toBe(0);
  // Colours move for 120 ms; axe must not measure one halfway.
  await desk.page.waitForFunction(() => document.getAnimations().every((a) => a.playState !== 'running'));
}

describe.each(['light', 'dark'] as const)('in %s', (colorScheme) => {
  it('every screen is accessible, wide', async () => {
    const desk = await signUp({ colorScheme });
    for (const [what, path] of Object.entries(await furnish(desk))) {
      await desk.page.goto(path);
      await settled(desk);
      expect(await desk.page.evaluate(() => document.documentElement.dataset['theme'])).toBe(colorScheme);
      await expectAccessible(desk.page, `${what}, ${colorScheme}`);
      await expectNoSidewaysScroll(desk.page, what);
    }
    await desk.page.goto(`${desk.home}/library`);
    await settled(desk);
    for (const [key, name] of [['Control+k', 'Search or do anything'], ['?', 'Keyboard shortcuts']] as const) {
      await desk.page.keyboard.press(key);
      await desk.page.getByRole('dialog', { name }).waitFor();
      await settled(desk);
      await expectAccessible(desk.page, `${name}, ${colorScheme}`);
      await desk.page.keyboard.press('Escape');
      await desk.page.getByRole('dialog').waitFor({ state: 'detached' });
    }
    expect(desk.complaints).toEqual([]);
  });

  it('every screen fits a phone of 360 px and is accessible there', async () => {
    const desk = await signUp({ colorScheme, viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true });
    for (const [what, path] of Object.entries(await furnish(desk))) {
      await desk.page.goto(path);
      await settled(desk);
      await expectNoSidewaysScroll(desk.page, `${what} at 360 px`);
      await expectAccessible(desk.page, `${what} at 360 px, ${colorScheme}`);
    }
    // The bar at the bottom goes everywhere.
    await desk.page.goto(`${desk.home}/today`);
    const bar = desk.page.getByRole('navigation', { name: 'Main' });
    await bar.getByRole('link', { name: 'Library' }).tap();
    await desk.page.waitForURL(/\/library/);
    await desk.page.getByRole('list', { name: 'Drafts' }).getByRole('link').first().tap();
    await desk.page.getByRole('button', { name: 'Library' }).tap();
    await desk.page.getByRole('button', { name: 'Select' }).tap();
    await desk.page.getByRole('checkbox').nth(1).tap();
    await desk.page.getByRole('toolbar', { name: 'Selected drafts' }).waitFor();
    expect(desk.complaints).toEqual([]);
  });

  it('the doors are accessible', async () => {
    const { page, complaints } = await openPage({ colorScheme });
    for (const path of ['/sign-in', '/sign-up', '/sign-in/link#token=wrong']) {
      await page.goto(path);
      await settled({ page });
      await expectAccessible(page, `${path}, ${colorScheme}`);
    }
    await page.goto('/sign-up');
    await page.getByRole('button', { name: 'Make the account' }).click();
    await page.locator('[aria-invalid="true"]').first().waitFor();
    await expectAccessible(page, `sign-up with faults, ${colorScheme}`);
    expect(complaints).toEqual([]);
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
