import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { expectAccessible, expectNoSidewaysScroll, loaded, makeDrafts, phone, send, signUp, tabTo, withBrowser, type Desk } from './helpers';

withBrowser();

interface Publication { id: string; state: string; local_time: string; title: string; version: number }
const read = async <T>(desk: Desk, path: string): Promise<T> => (await (await desk.context.request.get(`${desk.api}${path}`)).json()) as T;
const planned = async (desk: Desk) => (await read<{ items: Publication[] }>(desk, '/publications?limit=100')).items.filter((p) => p.state !== 'cancelled');
const later = (date: string, days: number) => new Date(Date.parse(`${date}T00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
async function today(desk: Desk): Promise<string> {
  const { time_zone } = await read<{ time_zone: string }>(desk, '');
  return new Intl.DateTimeFormat('en-CA', { timeZone: time_zone, dateStyle: 'short' }).format(new Date());
}
const connect = async (desk: Desk) => ((await send(desk, 'POST', `${desk.api}/connections`, { provider: 'sandbox', fields: {} })) as { items: { id: string; handle: string }[] }).items[0] ?? { id: '', handle: '' };
async function open(desk: Desk, item: string): Promise<void> {
  await desk.page.getByRole('button', { name: 'More of the plan' }).click();
  await desk.page.getByRole('menuitem', { name: item }).click();
}

describe('tables', () => {
  it('are looked at before they are imported, told by row and column, and come out as they went in', async () => {
    const desk = await signUp();
    const { page } = desk;
    const { handle } = await connect(desk);
    const day = later(await today(desk), 3);
    await page.goto(`${desk.home}/calendar?view=list`);
    await loaded(page);
    await open(desk, 'Import');
    const dialog = page.getByRole('dialog', { name: 'Import from a table' });
    await dialog.getByText('How the table looks').waitFor();
    await expectAccessible(page, 'before an import');
    await dialog.getByText('How the table looks').click();
    const [template] = await Promise.all([page.waitForEvent('download'), dialog.getByRole('button', { name: 'Download a template' }).click()]);
    const words = readFileSync(await template.path(), 'utf8');
    expect(words).toContain(`sandbox,${handle},`);

    // no table at all
    await dialog.getByLabel(/^Or paste rows/).fill('one,two\n1,2');
    await dialog.getByRole('button', { name: 'Check it' }).click();
    await dialog.getByRole('alert').getByText(/has to be `text`/).waitFor();
    // two right rows, two to mend
    await dialog.getByLabel(/^Or paste rows/).fill(`target,connection,local_time,text,mood\nsandbox,,${day} 09:00,"First, with a comma",good\nsandbox,,the day after,Second,bad\nnowhere,,,Third,bad\nsandbox,,,A draft,good\n`);
    await dialog.getByRole('button', { name: 'Check it' }).click();
    await dialog.getByText('2 of 4 rows can be imported').waitFor();
    const faults = dialog.getByRole('table').first().getByRole('row');
    expect(await faults.nth(1).innerText()).toMatch(/3\s+local_time\s+Write a time such as/);
    expect(await faults.nth(2).innerText()).toMatch(/4\s+target\s+There is no target/);
    await dialog.getByText('“mood”').waitFor();
    await expectAccessible(page, 'what an import would do');
    expect(await planned(desk)).toEqual([]);
    await dialog.getByRole('button', { name: 'Import the 2 right rows' }).click();
    await dialog.waitFor({ state: 'detached' });
    await page.getByRole('list', { name: 'Publications by day' }).getByText('First, with a comma').waitFor();
    expect((await planned(desk)).map((p) => p.local_time)).toEqual([`${day}T09:00`]);

    // out again, by way of the queue
    await page.goto(`${desk.home}/queue`);
    await loaded(page);
    await open(desk, 'Export');
    const out = page.getByRole('dialog', { name: 'Export as a table' });
    await expectAccessible(page, 'before an export');
    await out.getByLabel('State').selectOption('published');
    await out.getByRole('button', { name: 'Download' }).click();
    await out.getByText('Nothing on these days fits.').waitFor();
    await out.getByLabel('State').selectOption('');
    const [file] = await Promise.all([page.waitForEvent('download'), out.getByRole('button', { name: 'Download' }).click()]);
    const csv = readFileSync(await file.path(), 'utf8');
    expect(csv).toContain('"First, with a comma"');
    expect(csv.trim().split('\r\n').length).toBe(2);
    expect(desk.complaints).toEqual([]);
  });
});

describe('what recurs', () => {
  it('is made from a draft, shows what comes next, pauses with undo, and ends', async () => {
    const desk = await signUp();
    const { page } = desk;
    await page.goto(`${desk.home}/recurring`);
    await page.getByRole('heading', { name: 'Nothing recurs yet' }).waitFor();
    await expectAccessible(page, 'nothing recurs');
    await connect(desk);
    const { posts } = await makeDrafts(desk, ['sandbox.post']);
    const post = posts[0]?.id ?? '';
    await send(desk, 'POST', `${desk.api}/posts/${post}/approve`, {});

    await page.goto(`${desk.home}/library?post=${post}`);
    await page.getByRole('group', { name: 'Finish' }).getByRole('link', { name: 'Repeat' }).click();
    const dialog = page.getByRole('dialog', { name: 'Repeat a post' });
    await dialog.getByLabel('First time').fill(`${later(await today(desk), 2)}T09:00`);
    await dialog.getByRole('radio', { name: 'day', exact: true }).click();
    await dialog.getByLabel('Every').fill('2');
    await dialog.getByRole('radio', { name: 'So many times' }).click();
    await dialog.getByLabel('How many times').fill('20');
    await dialog.getByText('Every second day, 09:00, 20 times').waitFor();
    await dialog.getByText('FREQ=DAILY;INTERVAL=2;COUNT=20').waitFor();
    await expect.poll(() => dialog.getByRole('list', { name: 'The next times' }).getByRole('listitem').count()).toBe(5);
    await expectAccessible(page, 'about to repeat a post');
    await dialog.getByRole('button', { name: 'Repeat it' }).click();

    const panel = page.getByRole('region', { name: 'Recurrence' });
    const next = panel.getByRole('region', { name: 'Next' });
    await expect.poll(() => next.getByRole('listitem').count()).toBe(5);
    await expectAccessible(page, 'a recurrence');
    const before = (await planned(desk)).length;
    expect(before).toBeGreaterThan(1);
    await panel.getByRole('button', { name: 'Change' }).click();
    const change = page.getByRole('dialog', { name: /^Change/ });
    await change.getByLabel('Name').fill('Every third morning');
    await change.getByLabel('Every', { exact: true }).fill('3');
    await change.getByText('Every 3 days, 09:00, 20 times').waitFor();
    await expectAccessible(page, 'about to change what recurs');
    await change.getByRole('button', { name: 'Save and plan anew' }).click();
    await panel.getByRole('heading', { name: 'Every third morning' }).waitFor();
    await panel.getByText('Every 3 days, 09:00, 20 times').waitFor();
    await panel.getByRole('button', { name: 'Pause' }).click();
    await panel.getByText('Nothing is planned while it is paused.').waitFor();
    expect(await planned(desk)).toEqual([]);
    await page.getByRole('button', { name: 'Undo' }).click();
    await panel.getByRole('button', { name: 'Pause' }).waitFor();
    await panel.getByRole('button', { name: 'End it' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'End it' }).click();
    await page.getByRole('region', { name: 'Over' }).getByRole('link').waitFor();
    expect(await planned(desk)).toEqual([]);
    expect(desk.complaints).toEqual([]);
  });

  it('is a rotation of posts at the times of the queue', async () => {
    const desk = await signUp();
    const { page } = desk;
    await connect(desk);
    const { version } = await read<{ version: number }>(desk, '/schedule');
    await send(desk, 'PUT', `${desk.api}/schedule`, { slots: [{ days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'], time: '10:00' }], min_minutes_apart: 0, daily_caps: {}, late_minutes: 60 }, { 'if-match': `"${version}"` });
    const posts = (await makeDrafts(desk, ['sandbox.post'])).posts.concat((await makeDrafts(desk, ['sandbox.post'], `Why do old doors stick in winter?\n\n${'It is seldom the wood. A door that sticks in January has a hinge that let go in June. '.repeat(6)}`)).posts);
    for (const { id } of posts) await send(desk, 'POST', `${desk.api}/posts/${id}/approve`, {});
    await page.goto(`${desk.home}/recurring`);
    await tabTo(page, page.getByRole('button', { name: 'Rotate several' }));
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: 'New rotation' });
    const boxes = dialog.getByRole('list', { name: 'Posts to choose from' }).getByRole('checkbox');
    await boxes.first().waitFor();
    for (const box of await boxes.all()) await box.click();
    await dialog.getByLabel('Name').fill('What stays good');
    await dialog.getByLabel('Days that each post rests').fill('14');
    await expectAccessible(page, 'about to begin a rotation');
    await dialog.getByRole('button', { name: 'Begin the rotation' }).click();
    const panel = page.getByRole('region', { name: 'Recurrence' });
    await panel.getByText(`${posts.length} post${posts.length === 1 ? ' takes' : 's take'} turns at the times of the queue, each rests 14 days.`).waitFor();
    await panel.getByRole('region', { name: 'Next' }).getByRole('link').waitFor();
    expect((await planned(desk)).map((p) => p.local_time.slice(11))).toEqual(['10:00']);
    expect(desk.complaints).toEqual([]);
  });
});

describe('a plan', () => {
  it('is read elsewhere by a secret address that is revoked, and moves as a whole with undo', async () => {
    const desk = await signUp();
    const { page } = desk;
    const { id: connection } = await connect(desk);
    const { version } = await read<{ version: number }>(desk, '/schedule');
    await send(desk, 'PUT', `${desk.api}/schedule`, { slots: [{ days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'], time: '12:15' }], min_minutes_apart: 0, daily_caps: {}, late_minutes: 60 }, { 'if-match': `"${version}"` });
    const day = later(await today(desk), 2);
    const made: string[] = [];
    for (const time of ['08:00', '16:00']) {
      const { posts } = await makeDrafts(desk, ['sandbox.post'], `What opens at ${time}?\n\nThe door by the harbour, and nothing else on the whole quay. We open when the first boat is in and close when the last one has gone. ${'Come by and see for yourself what we mean by that. '.repeat(6)}`);
      const answer = await send(desk, 'POST', `${desk.api}/posts/${posts[0]?.id}/publications`, { connection_ids: [connection], when: { at: `${day}T${time}` }, approve: true }) as { items: { id: string }[] };
      made.push(answer.items[0]?.id ?? '');
    }
    const times = async () => (await Promise.all(made.map((id) => read<Publication>(desk, `/publications/${id}`)))).map((p) => p.local_time);

    await page.goto(`${desk.home}/calendar?view=list`);
    await loaded(page);
    await open(desk, 'In your own calendar');
    const dialog = page.getByRole('dialog', { name: 'In your own calendar' });
    await dialog.getByLabel('For whom or what').fill('My phone');
    await page.keyboard.press('Enter');
    const address = await dialog.locator('code').innerText();
    await expectAccessible(page, 'an address for calendars');
    const path = new URL(address).pathname;
    expect(await (await desk.context.request.get(path)).text()).toContain('BEGIN:VEVENT');
    await dialog.getByRole('button', { name: 'Revoke the address for My phone' }).click();
    await page.getByRole('dialog', { name: /^Revoke the address/ }).getByRole('button', { name: 'Revoke' }).click();
    await dialog.getByText('In your own calendar').waitFor();
    await expect.poll(() => dialog.locator('code').count()).toBe(0);
    expect((await desk.context.request.get(path)).status()).toBe(404);
    await page.keyboard.press('Escape');

    await open(desk, 'Select several');
    const boxes = page.getByRole('list', { name: 'Publications by day' }).getByRole('checkbox');
    for (const box of await boxes.all()) await box.click();
    const bar = page.getByRole('toolbar', { name: 'Selected publications' });
    await expectAccessible(page, 'several selected in the calendar');
    await bar.getByRole('button', { name: 'Move' }).click();
    await page.getByRole('menuitem', { name: 'By days or hours…' }).click();
    const moving = page.getByRole('dialog', { name: 'Move 2 publications' });
    await moving.getByLabel('Number').fill('3');
    await moving.getByLabel('Unit').selectOption('hours');
    await expectAccessible(page, 'about to move several');
    await moving.getByRole('button', { name: 'Move', exact: true }).click();
    await expect.poll(times).toEqual([`${day}T11:00`, `${day}T19:00`]);
    await page.getByRole('button', { name: 'Undo' }).click();
    await expect.poll(times).toEqual([`${day}T08:00`, `${day}T16:00`]);

    await page.goto(`${desk.home}/queue`);
    await loaded(page);
    for (const box of await page.getByRole('region', { name: 'Upcoming' }).getByRole('checkbox').all()) await box.click({ force: true });
    await bar.getByRole('button', { name: 'Move' }).click();
    await page.getByRole('menuitem', { name: 'Into free queue times…' }).click();
    await expect.poll(() => moving.getByRole('listitem').count()).toBe(2);
    await moving.getByRole('button', { name: 'Move', exact: true }).click();
    await expect.poll(async () => (await times()).map((t) => t.slice(11))).toEqual(['12:15', '12:15']);
    expect(new Set(await times()).size).toBe(2);
    await page.getByRole('button', { name: 'Undo' }).click();
    await expect.poll(times).toEqual([`${day}T08:00`, `${day}T16:00`]);
    expect(desk.complaints).toEqual([]);
  });

  it('fits on a phone with all that is done to it', async () => {
    const desk = await signUp({ ...phone, viewport: { width: 360, height: 740 } });
    const { page } = desk;
    const { id: connection } = await connect(desk);
    const { posts } = await makeDrafts(desk, ['sandbox.post']);
    await send(desk, 'POST', `${desk.api}/recurrences`, { name: 'Every Friday, the opening hours', connection_id: connection, post_ids: [posts[0]?.id], rule: 'FREQ=WEEKLY;BYDAY=MO,WE,FR;UNTIL=20301231', first_time: `${later(await today(desk), 1)}T09:00` });
    await page.goto(`${desk.home}/recurring`);
    await loaded(page);
    await expectNoSidewaysScroll(page, 'what recurs');
    await expectAccessible(page, 'what recurs, on a phone');
    await page.getByRole('link', { name: 'Every Friday, the opening hours' }).click();
    await page.getByRole('region', { name: 'Next' }).getByRole('listitem').first().waitFor();
    await expectNoSidewaysScroll(page, 'a recurrence');
    await expectAccessible(page, 'a recurrence, on a phone');
    await page.goto(`${desk.home}/recurring?make=repetition`);
    await page.getByRole('dialog').getByLabel('First time').waitFor();
    await expectNoSidewaysScroll(page, 'about to repeat');
    await expectAccessible(page, 'about to repeat, on a phone');
    await page.goto(`${desk.home}/calendar`);
    for (const item of ['Import', 'Export', 'In your own calendar']) {
      await loaded(page);
      await open(desk, item);
      await page.getByRole('dialog').waitFor();
      await expectNoSidewaysScroll(page, item);
      await expectAccessible(page, `${item}, on a phone`);
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
    }
    expect(desk.complaints).toEqual([]);
  });
});
