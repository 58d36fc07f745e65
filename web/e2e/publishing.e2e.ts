import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { expectAccessible, expectNoSidewaysScroll, loaded, makeDrafts, phone, send, signUp, tabTo, withBrowser, type Desk } from './helpers';

withBrowser();

interface Publication { id: string; state: string; local_time: string; title: string; zone: string; version: number; attempts_list: { outcome: string | null }[] }
const read = async <T>(desk: Desk, path: string): Promise<T> => (await (await desk.context.request.get(`${desk.api}${path}`)).json()) as T;
const publication = (desk: Desk, id: string) => read<Publication>(desk, `/publications/${id}`);
/** A day on the calendar, so many days from now where the brand is, and a time of it. */
async function wallClock(desk: Desk, days: number, time: string): Promise<string> {
  const { time_zone } = await read<{ time_zone: string }>(desk, '');
  const today = new Intl.DateTimeFormat('en-CA', { timeZone: time_zone, dateStyle: 'short' }).format(new Date());
  return `${later(today, days)}T${time}`;
}
const later = (date: string, days: number) => new Date(Date.parse(`${date}T00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);

/** A week begins around now: what is far from it may be cut by the days' names, as in all that scrolls. */
const inSight = (page: Page) => page.locator('[data-hours] [data-publication]').evaluateAll((cards) => cards[0]?.scrollIntoView({ block: 'center' }));

describe('publishing', () => {
  it('goes from the sandbox to a plan, moves on the calendar by keys, goes out, and stands in the queue and on the feed', async () => {
    const desk = await signUp();
    const { page } = desk;

    // nothing yet: every page teaches what belongs there
    await page.goto(`${desk.home}/queue`);
    await page.getByRole('heading', { name: 'Nothing is queued' }).waitFor();
    await expectAccessible(page, 'an empty queue');
    await page.goto(`${desk.home}/sandbox`);
    await page.getByRole('heading', { name: 'Nobody has said anything yet' }).waitFor();
    await expectAccessible(page, 'an empty sandbox');

    // a connection, by one key
    await page.goto(`${desk.home}/brand/connections`);
    await page.getByRole('heading', { name: 'Begin in the sandbox' }).waitFor();
    await expectAccessible(page, 'no connection');
    await tabTo(page, page.getByRole('button', { name: 'Connect the sandbox' }));
    await page.keyboard.press('Enter');
    await page.getByRole('list', { name: 'Connections' }).getByText('Active').waitFor();
    await expectAccessible(page, 'connections');

    // a draft gets its time
    const { posts } = await makeDrafts(desk, ['sandbox.post']);
    const post = posts[0]?.id ?? '';
    // a day whose next one is in the same month: a month that is left is loaded, and keys are not heard meanwhile
    const [third, fourth] = [await wallClock(desk, 3, '09:00'), await wallClock(desk, 4, '09:00')];
    const at = third.slice(0, 7) === fourth.slice(0, 7) ? third : await wallClock(desk, 2, '09:00');
    await page.goto(`${desk.home}/library?post=${post}`);
    await page.getByRole('group', { name: 'Finish' }).getByRole('button', { name: 'Schedule' }).click();
    const dialog = page.getByRole('dialog', { name: 'Publish this draft' });
    await dialog.getByLabel('When it goes out').fill(at);
    await dialog.getByText(/^Time in /).waitFor();
    await expectAccessible(page, 'choosing accounts and a time');
    await dialog.getByRole('button', { name: 'Schedule', exact: true }).click();
    const goes = page.getByRole('list', { name: 'Where it goes' });
    await goes.getByText('Scheduled').waitFor();
    const id = (await read<{ items: Publication[] }>(desk, `/publications?post=${post}`)).items[0]?.id ?? '';
    expect((await publication(desk, id)).local_time).toBe(at);

    // moved on the calendar by keys: Escape puts it back, Enter keeps it
    await page.goto(`${desk.home}/calendar?view=month&date=${at.slice(0, 10)}`);
    const card = page.locator(`[data-publication="${id}"]`);
    await card.waitFor();
    await expectAccessible(page, 'a month');
    await card.focus();
    await page.keyboard.press('ArrowRight');
    await page.getByRole('status').filter({ hasText: 'Enter keeps it' }).waitFor({ state: 'attached' });
    await page.keyboard.press('Escape');
    await page.getByRole('status').filter({ hasText: /^Back at/ }).waitFor({ state: 'attached' });
    expect((await publication(desk, id)).local_time).toBe(at);
    await card.focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Enter');
    const nextDay = `${later(at.slice(0, 10), 1)}T09:00`;
    await expect.poll(async () => (await publication(desk, id)).local_time).toBe(nextDay);
    await page.getByRole('button', { name: 'Undo' }).click();
    await expect.poll(async () => (await publication(desk, id)).local_time).toBe(at);

    // by a quarter of an hour in a week, and the focus goes along
    await page.goto(`${desk.home}/calendar?view=week&date=${at.slice(0, 10)}`);
    await card.waitFor();
    await inSight(page);
    await expectAccessible(page, 'a week');
    await card.focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await expect.poll(async () => (await publication(desk, id)).local_time).toBe(`${at.slice(0, 10)}T09:30`);
    await expect.poll(() => card.evaluate((e) => e === document.activeElement)).toBe(true);
    await page.goto(`${desk.home}/calendar?view=list`);
    await card.waitFor();
    await expectAccessible(page, 'a list');

    // out it goes
    await card.focus();
    await page.keyboard.press('Enter');
    const panel = page.getByRole('region', { name: 'Publication' });
    await panel.getByText('Nothing has been sent yet.').waitFor();
    await expectAccessible(page, 'a publication that is planned');
    await panel.getByRole('button', { name: 'Publish now' }).click();
    await page.getByRole('dialog', { name: 'Publish it now?' }).getByRole('button', { name: 'Publish now' }).click();
    await expect.poll(async () => (await publication(desk, id)).state, { timeout: 60_000 }).toBe('published');
    await page.goto(`${desk.home}/queue`);
    const row = page.getByRole('region', { name: 'Published' }).getByRole('link').first();
    await row.click();
    await panel.getByRole('list', { name: 'Attempts' }).getByRole('listitem').first().waitFor();
    await expectAccessible(page, 'a publication that is out, with its attempts');
    const { title } = await publication(desk, id);
    await page.goto(`${desk.home}/sandbox`);
    await page.getByRole('list', { name: 'Posts', exact: true }).getByText(title.replace(/…$/, '').slice(0, 40)).first().waitFor();
    await expectAccessible(page, 'the sandbox');
    await page.goto(`${desk.home}/today`);
    await page.getByRole('region', { name: 'Going out today' }).waitFor();
    await expectAccessible(page, 'today, with what goes out');
    expect(desk.complaints).toEqual([]);
  });

  it('leads from a planned draft to its plan, which goes and comes back with the draft', async () => {
    const desk = await signUp();
    const { page } = desk;
    await send(desk, 'POST', `${desk.api}/connections`, { provider: 'sandbox', fields: {} });
    const { posts } = await makeDrafts(desk, ['sandbox.post', 'x.post']);
    const [post, other] = posts;
    const accounts = await read<{ items: { id: string }[] }>(desk, '/connections');
    await send(desk, 'POST', `${desk.api}/posts/${post?.id}/publications`, { connection_ids: [accounts.items[0]?.id], when: { at: await wallClock(desk, 3, '09:00') }, approve: true });
    const id = (await read<{ items: Publication[] }>(desk, `/publications?post=${post?.id}`)).items[0]?.id ?? '';

    // who presses again is shown the plan instead of an error
    await page.goto(`${desk.home}/library?post=${post?.id}`);
    const draft = page.getByRole('region', { name: 'Draft', exact: true });
    await draft.getByRole('group', { name: 'Finish' }).getByRole('button', { name: 'Publish now' }).click();
    const dialog = page.getByRole('dialog', { name: 'Publish this draft' });
    await dialog.getByRole('link', { name: 'Open its plan' }).waitFor();
    expect(await dialog.getByRole('checkbox', { name: /^Sandbox/ }).isDisabled()).toBe(true);
    expect(await dialog.getByRole('button', { name: 'Publish now' }).isDisabled()).toBe(true);
    await expectAccessible(page, 'a draft that is planned already');
    await dialog.getByRole('link', { name: 'Open its plan' }).click();
    await page.getByRole('region', { name: 'Publication' }).getByRole('button', { name: 'Publish now' }).waitFor();

    // a half-written remark is there again after a look at another draft
    await page.goto(`${desk.home}/library?post=${post?.id}`);
    await draft.getByRole('button', { name: 'Comment' }).click();
    await draft.getByLabel('Your comment').fill('The second sentence');
    await page.locator(`[href*="post=${other?.id}"]`).first().click();
    await page.waitForURL((url) => url.searchParams.get('post') === other?.id);
    await draft.getByRole('button', { name: 'Comment' }).waitFor();
    await page.locator(`[href*="post=${post?.id}"]`).first().click();
    expect(await draft.getByLabel('Your comment').inputValue()).toBe('The second sentence');
    await draft.getByRole('button', { name: 'Cancel' }).click();

    // deleted: the next one is shown, and the plan is gone until the deletion is undone
    const more = draft.getByRole('button', { name: /^More for/ });
    await more.click();
    await page.getByRole('menuitem', { name: 'Delete' }).click();
    await page.waitForURL((url) => url.searchParams.get('post') === other?.id);
    await expect.poll(async () => (await publication(desk, id)).state).toBe('cancelled');
    await page.getByRole('button', { name: /^Undo/ }).click();
    await expect.poll(async () => (await publication(desk, id)).state).toBe('scheduled');
    await page.goto(`${desk.home}/library?post=${post?.id}`);
    await page.getByRole('list', { name: 'Where it goes' }).getByText('Scheduled').waitFor();
    // archived, it says on its page why it is taken out
    await send(desk, 'POST', `${desk.api}/posts/${post?.id}/archive`, {});
    await expect.poll(async () => (await publication(desk, id)).state).toBe('cancelled');
    await page.goto(`${desk.home}/queue?item=${id}`);
    await page.getByText('The post was archived. This comes back with it.').waitFor();
    await expectAccessible(page, 'a publication that left with its post');
    expect(desk.complaints).toEqual([]);
  });

  it('pauses with a reason that every page says, holds nothing back afterwards, and has queue times', async () => {
    const desk = await signUp();
    const { page } = desk;
    await send(desk, 'POST', `${desk.api}/connections`, { provider: 'sandbox', fields: {} });
    await page.goto(`${desk.home}/queue`);
    await page.getByRole('button', { name: 'Pause publishing' }).click();
    const dialog = page.getByRole('dialog', { name: 'Pause publishing' });
    await dialog.getByLabel('Why').fill('We wait for the news from the mill.');
    await expectAccessible(page, 'about to pause');
    await dialog.getByRole('button', { name: 'Pause now' }).click();
    const banner = page.getByRole('region', { name: 'Publishing is paused' });
    await banner.getByText('We wait for the news from the mill.').waitFor();
    await page.goto(`${desk.home}/library`);
    await banner.waitFor();
    await expectAccessible(page, 'the banner of a pause');
    await banner.getByRole('button', { name: /^Resume/ }).click();
    await banner.waitFor({ state: 'detached' });
    expect(await read(desk, '/pauses')).toMatchObject({ items: [] });

    await page.goto(`${desk.home}/brand/queue-times`);
    // before the times are there nothing can be said of what is offered
    await page.getByRole('heading', { name: 'The next ten' }).waitFor();
    const first = page.getByRole('button', { name: 'Workdays at nine' });
    if (await first.isVisible()) await first.click();
    await page.getByRole('list', { name: 'The next ten times' }).getByRole('listitem').nth(9).waitFor();
    await page.getByRole('button', { name: 'Add a time' }).click();
    await page.getByLabel(/^Time \d+$/).last().fill('16:45');
    await expectAccessible(page, 'queue times');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await expect.poll(async () => (await read<{ slots: { time: string }[] }>(desk, '/schedule')).slots.map((s) => s.time)).toContain('16:45');

    // a free time on the calendar asks what shall go out, and leads to the composer with it
    await page.goto(`${desk.home}/calendar?view=list`);
    await page.getByRole('button', { name: /^Free queue time/ }).first().click();
    const fill = page.getByRole('dialog', { name: /^What goes out on/ });
    await expectAccessible(page, 'filling a free time');
    await fill.getByRole('link', { name: 'Write something new' }).click();
    await page.waitForURL(/\/studio\?at=/);
    await page.getByText(/^For .*, \d\d:\d\d/).waitFor();
    expect(desk.complaints).toEqual([]);
  });

  it('is usable on a phone, where the calendar begins as a list', async () => {
    const desk = await signUp({ ...phone, viewport: { width: 360, height: 740 } });
    const { page } = desk;
    await send(desk, 'POST', `${desk.api}/connections`, { provider: 'sandbox', fields: {} });
    const { posts } = await makeDrafts(desk, ['sandbox.post']);
    const { items } = await read<{ items: { id: string }[] }>(desk, '/connections');
    await send(desk, 'POST', `${desk.api}/posts/${posts[0]?.id}/publications`, { connection_ids: [items[0]?.id], when: { at: await wallClock(desk, 2, '10:00') } });
    for (const path of ['calendar', 'calendar?view=month', 'calendar?view=week', 'queue', 'brand/connections', 'brand/queue-times', 'sandbox']) {
      await page.goto(`${desk.home}/${path}`);
      await loaded(page);
      await inSight(page);
      await expectNoSidewaysScroll(page, path);
      await expectAccessible(page, `${path} on a phone`);
    }
    await page.goto(`${desk.home}/calendar`);
    await page.getByRole('list', { name: 'Publications by day' }).locator('[data-publication]').first().click();
    const panel = page.getByRole('region', { name: 'Publication' });
    await panel.getByRole('button', { name: 'Reschedule' }).click();
    await page.getByRole('dialog', { name: 'Choose another time' }).getByLabel('When it goes out').fill(await wallClock(desk, 4, '11:15'));
    await page.getByRole('button', { name: 'Move it' }).click();
    await expect.poll(async () => (await read<{ items: { local_time: string }[] }>(desk, `/publications?post=${posts[0]?.id}`)).items[0]?.local_time.slice(11)).toBe('11:15');
    await expectNoSidewaysScroll(page, 'a publication');
    expect(desk.complaints).toEqual([]);
  });
});
