import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectAccessible, expectNoSidewaysScroll, loaded, openPage, phone, send, signUp, tabTo, withBrowser, type Desk } from './helpers';
import { operatorOf } from './mails';
import { startProgram, type Program } from './program';

withBrowser();

/** Somebody new joins by a link. */
async function joins(desk: Desk, name: string): Promise<void> {
  const { link } = (await send(desk, 'POST', `/api/v1/organizations/${desk.home.split('/')[1]}/invitations`, { max_uses: 1, role: 'member' })) as { link: string };
  const { page, context } = await openPage();
  await page.goto(link);
  await page.getByLabel('Your name').fill(name);
  await page.getByLabel('Email').fill(`guest-${crypto.randomUUID()}@example.com`);
  await page.getByLabel('Password').fill('three lines every night');
  await page.getByRole('button', { name: /^Join Harbour/ }).click();
  await page.waitForURL(/\/today$/);
  await context.close();
}
const bell = (page: Page, unread: number) => page.getByRole('button', { name: unread === 0 ? 'Notifications' : `Notifications, ${unread} unread`, exact: true });
const count = async (desk: Desk) => ((await (await desk.context.request.get('/api/v1/me/notifications/count')).json()) as { unread: number }).unread;

describe('what people are told', () => {
  it('rings the bell without a reload, leads to its place, and is read by that', async () => {
    const desk = await signUp();
    const { page } = desk;
    await bell(page, 0).click();
    const list = page.getByRole('dialog', { name: 'Notifications' });
    await list.getByRole('heading', { name: 'All quiet' }).waitFor();
    await expectAccessible(page, 'a bell with nothing to say');
    await page.keyboard.press('Escape');
    await expect.poll(() => list.count()).toBe(0);

    await joins(desk, 'Bo Keeper');
    // Who made the link hears of both: that somebody joined, and that the link was taken.
    await expect.poll(() => count(desk), { timeout: 30_000 }).toBeGreaterThan(0);
    const told = await count(desk);
    await bell(page, told).waitFor();
    await page.keyboard.press('g');
    await page.keyboard.press('n');
    const rows = list.getByRole('list', { name: 'Notifications' }).getByRole('listitem');
    await rows.first().waitFor();
    expect(await rows.count()).toBe(told);
    await expectAccessible(page, 'the bell');
    const row = rows.filter({ hasText: 'Bo Keeper' }).first().getByRole('link');
    await tabTo(page, row);
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/settings\/members$/);
    await page.getByRole('list', { name: 'Members' }).getByText('Bo Keeper').waitFor();
    await expect.poll(() => list.count()).toBe(0);
    await bell(page, told - 1).waitFor();
    await expect.poll(() => count(desk)).toBe(told - 1);

    await joins(desk, 'Cleo Tide');
    await page.getByRole('button', { name: /^Notifications, \d+ unread$/ }).click();
    await rows.filter({ hasText: 'Cleo Tide' }).first().waitFor();
    await list.getByRole('button', { name: 'Mark all as read' }).click();
    await bell(page, 0).waitFor();
    await expect.poll(() => count(desk)).toBe(0);
    expect(desk.complaints).toEqual([]);
  });

  it('is chosen in the settings, and kept', async () => {
    const desk = await signUp();
    const { page } = desk;
    await bell(page, 0).click();
    await page.getByRole('link', { name: 'What you are told of' }).click();
    await page.waitForURL(/\/settings\/notifications$/);
    const box = (name: string) => page.getByRole('checkbox', { name, exact: true });
    await box('Somebody joins: by mail').click();
    await box('Your post is approved: in the app').click();
    await box('Send me news').click();
    await page.getByText(/^You agreed on/).waitFor();
    await expectAccessible(page, 'the preferences');

    await box('Keep quiet hours').click();
    await page.getByLabel('From', { exact: true }).fill('21:30');
    await page.getByLabel('To', { exact: true }).fill('21:30');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('They end when they begin; leave them out to get mail at any time.').waitFor();
    await page.getByLabel('To', { exact: true }).fill('06:45');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Saved').waitFor();

    await page.reload();
    await box('Somebody joins: by mail').waitFor();
    expect(await box('Somebody joins: by mail').isChecked()).toBe(true);
    expect(await box('Somebody joins: in the app').isChecked()).toBe(true);
    expect(await box('Your post is approved: in the app').isChecked()).toBe(false);
    expect(await box('Send me news').isChecked()).toBe(true);
    expect(await page.getByLabel('From', { exact: true }).inputValue()).toBe('21:30');
    expect(await page.getByLabel('To', { exact: true }).inputValue()).toBe('06:45');

    // Without mail there is nothing to choose there; the choices stay for when it is back.
    await box('Send me mail').click();
    await expect.poll(() => box('Somebody joins: by mail').isDisabled()).toBe(true);
    await expectAccessible(page, 'the preferences without mail');
    await box('Send me mail').click();
    await expect.poll(() => box('Somebody joins: by mail').isEnabled()).toBe(true);
    expect(await box('Somebody joins: by mail').isChecked()).toBe(true);
    expect(desk.complaints).toEqual([]);
  });

  it('fits a phone', async () => {
    const desk = await signUp({ ...phone, viewport: { width: 360, height: 740 } });
    const { page } = desk;
    await joins(desk, 'Bo Keeper of the Long Name That Goes On Until the Lighthouse');
    await page.getByRole('button', { name: /^Notifications, \d+ unread$/ }).tap();
    const list = page.getByRole('dialog', { name: 'Notifications' });
    await list.getByRole('link', { name: /Bo Keeper/ }).first().waitFor();
    await expectNoSidewaysScroll(page, 'the bell');
    await expectAccessible(page, 'the bell of a phone');
    await list.getByRole('button', { name: 'Close' }).tap();
    await expect.poll(() => list.count()).toBe(0);
    await page.goto(`${desk.home}/settings/notifications`);
    await loaded(page);
    const box = page.getByRole('checkbox', { name: 'Somebody joins: by mail', exact: true });
    await box.tap();
    await expect.poll(() => box.isChecked()).toBe(true);
    await expectNoSidewaysScroll(page, 'the preferences');
    await expectAccessible(page, 'the preferences of a phone');
    expect(desk.complaints).toEqual([]);
  });
});

describe('campaigns', () => {
  let program: Program;
  beforeAll(async () => {
    program = await startProgram('');
  });
  afterAll(async () => {
    await program?.stop();
  });

  it('are made and ended by who runs the installation', async () => {
    const { page, complaints } = await operatorOf(program);
    await page.goto('/admin/campaigns');
    await page.getByText('Nothing is counted down to.').waitFor();
    await page.getByRole('button', { name: 'New campaign' }).click();
    const dialog = page.getByRole('dialog', { name: 'New campaign' });
    await dialog.getByLabel('What begins').fill('Bellwether 2');
    await dialog.getByLabel('Day').fill('2099-05-04');
    await dialog.getByLabel('Link').fill('https://bellwether.example/2');
    await dialog.getByRole('button', { name: 'Start the countdown' }).click();
    await expect.poll(() => dialog.getByLabel('Day').getAttribute('aria-invalid')).toBe('true');
    await dialog.getByLabel('Day').fill(`${new Date().getFullYear() + 1}-05-04`);
    await dialog.getByLabel('Link').fill('bellwether.example');
    await dialog.getByRole('button', { name: 'Start the countdown' }).click();
    await expect.poll(() => dialog.getByLabel('Link').getAttribute('aria-invalid')).toBe('true');
    await expectAccessible(page, 'a campaign in the making');
    await dialog.getByLabel('Link').fill('https://bellwether.example/2');
    await dialog.getByRole('button', { name: 'Start the countdown' }).click();
    const row = page.getByRole('list', { name: 'Campaigns' }).getByRole('listitem');
    await row.getByText('Bellwether 2', { exact: true }).waitFor();
    await expectAccessible(page, 'campaigns');
    await page.setViewportSize({ width: 360, height: 740 });
    await expectNoSidewaysScroll(page, 'campaigns');
    await row.getByRole('button', { name: 'End Bellwether 2' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'End it' }).click();
    await row.getByText('Ended', { exact: true }).waitFor();
    expect(complaints).toEqual([]);
  });
});
