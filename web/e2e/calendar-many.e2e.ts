import { describe, expect, it } from 'vitest';
import { expectNoSidewaysScroll, loaded, send, signUp, withBrowser } from './helpers';

withBrowser();

const many = 5_000;

describe('a calendar with 5,000 posts in a month', () => {
  it('draws as much as one sees, in every view, and the page itself does not scroll below what stands above it', async () => {
    const desk = await signUp();
    const { page } = desk;
    // a line above every page
    await send(desk, 'PUT', `${desk.api}/pauses`, { scope: 'brand', reason: 'We wait for the news from the mill.' });
    const month = new Date().toISOString().slice(0, 7);
    const states = ['scheduled', 'published', 'failed', 'held', 'in_review', 'approved'];
    await page.route('**/api/v1/**/calendar?*', async (route) => {
      const answer = await route.fetch();
      const two = (n: number) => String(n).padStart(2, '0');
      const items = Array.from({ length: many }, (_, i) => ({
        id: `pub_${String(i).padStart(8, '0')}`, post_id: 'post', connection_id: 'conn', network: 'sandbox', target: 'sandbox.post', state: states[i % states.length], held_reason: null,
        title: `Post ${i} of the month`, local_time: `${month}-${two((i % 28) + 1)}T${two(Math.floor(i / 28) % 24)}:${two((i * 7) % 60)}`, due_at: `${month}-01T00:00:00Z`, remote_url: null, version: 1,
      })).sort((a, b) => (a.local_time < b.local_time ? -1 : 1));
      await route.fulfill({ json: { ...(await answer.json()), items } });
    });
    const drawn = () => page.locator('[data-publication]').count();
    const scrolls = () => page.evaluate(() => document.documentElement.scrollHeight - window.innerHeight);

    await page.goto(`${desk.home}/calendar?view=month&date=${month}-15`);
    await page.getByRole('button', { name: /^\+\d+ more on / }).first().waitFor();
    await page.getByRole('region', { name: 'Publishing is paused' }).waitFor();
    // six of each day, and how many more there are
    expect(await drawn()).toBeLessThanOrEqual(42 * 6);
    expect(await page.evaluate(() => document.querySelectorAll('*').length)).toBeLessThan(5_000);
    await expect.poll(scrolls).toBe(0);
    // one of them by a key: it is among those of its new day
    const card = page.locator('[data-publication]').filter({ hasNotText: 'nothing' }).nth(2);
    await card.focus();
    await page.keyboard.press(' ');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Escape');
    expect(await drawn()).toBeLessThanOrEqual(42 * 6);

    for (const view of ['week', 'day', 'list']) {
      await page.goto(`${desk.home}/calendar?view=${view}&date=${month}-15`);
      await loaded(page);
      await page.locator('[data-publication]').first().waitFor();
      // a week has at most three side by side in each half hour
      expect(await drawn(), view).toBeLessThanOrEqual(view === 'week' ? 7 * 48 * 3 : 60);
      await expect.poll(scrolls, { message: view }).toBe(0);
    }
    // the end of the list is reached, and no more is drawn there
    const list = page.getByRole('region', { name: 'Calendar' });
    await expect.poll(async () => {
      await list.evaluate((e) => e.scrollTo(0, e.scrollHeight));
      return list.evaluate((e) => e.scrollTop + e.clientHeight >= e.scrollHeight - 2);
    }).toBe(true);
    expect(await drawn()).toBeLessThanOrEqual(60);
    await page.setViewportSize({ width: 360, height: 740 });
    await expectNoSidewaysScroll(page, 'a list of thousands');
    await page.setViewportSize({ width: 1280, height: 860 });

    for (const path of ['queue', 'library', 'media', 'recurring']) {
      await page.goto(`${desk.home}/${path}`);
      await page.getByRole('region', { name: 'Publishing is paused' }).waitFor();
      await loaded(page);
      await expect.poll(scrolls, { message: path }).toBe(0);
    }
    expect(desk.complaints).toEqual([]);
  }, 240_000);
});
