import { describe, expect, it } from 'vitest';
import { expectAccessible, expectNoSidewaysScroll, openPage, send, signUp, withBrowser } from './helpers';

withBrowser();

describe('the people of an organization', () => {
  it('are invited by a link, join, get another role and single permissions, are suspended and removed', async () => {
    const desk = await signUp();
    const { page } = desk;
    await page.goto(`${desk.home}/settings/members`);
    await page.getByRole('button', { name: 'What each role may' }).click();
    await page.getByRole('dialog', { name: 'What each role may' }).getByRole('table').waitFor();
    await expectAccessible(page, 'the permission matrix');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Invite' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('radio', { name: 'By a link to hand on' }).click();
    await dialog.getByRole('button', { name: 'Make the link' }).click();
    const link = await page.getByRole('dialog', { name: 'Hand on this link' }).locator('code').innerText();
    await page.getByRole('button', { name: 'I have it' }).click();

    const { page: guest, complaints } = await openPage();
    await guest.goto(link);
    await guest.getByRole('heading', { name: /^Join Harbour/ }).waitFor();
    expect(guest.url()).not.toContain('token');
    await expectAccessible(guest, 'an invitation');
    await guest.getByLabel('Your name').fill('Bo Keeper');
    await guest.getByLabel('Email').fill(`bo-${Date.now().toString(36)}@example.com`);
    await guest.getByLabel('Password').fill('three lines every night');
    await guest.getByRole('button', { name: /^Join Harbour/ }).click();
    await guest.waitForURL(/\/today$/);
    expect(complaints).toEqual([]);

    await page.reload();
    const row = page.getByRole('list', { name: 'Members' }).getByRole('listitem').filter({ hasText: 'Bo Keeper' });
    await row.getByText('Member', { exact: true }).waitFor();
    await row.getByRole('button', { name: 'Bo Keeper', exact: true }).click();
    const member = page.getByRole('dialog', { name: 'Bo Keeper' });
    await member.getByRole('radio', { name: 'Manager' }).click();
    await member.getByText('Single permissions').click();
    await member.getByRole('checkbox', { name: /^Schedule, publish and cancel/ }).click();
    await expectAccessible(page, 'what a member may');
    await member.getByRole('button', { name: 'Save' }).click();
    await row.getByText('Manager').waitFor();
    await row.getByText('1 fewer').waitFor();

    await row.getByRole('button', { name: 'More for Bo Keeper' }).click();
    await page.getByRole('menuitem', { name: 'Suspend' }).click();
    // What is looked at stays.
    await page.getByRole('button', { name: /^Undo/ }).hover();
    await row.getByText('suspended').waitFor();
    await page.getByRole('button', { name: /^Undo/ }).click();
    await expect.poll(() => row.getByText('suspended').count()).toBe(0);
    await row.getByRole('button', { name: 'More for Bo Keeper' }).click();
    await page.getByRole('menuitem', { name: 'Remove' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
    await expect.poll(() => row.count()).toBe(0);
    expect(desk.complaints).toEqual([]);
  });
});

describe('an organization', () => {
  it('moves to another address, and links with the former one lead on', async () => {
    const desk = await signUp();
    const { page } = desk;
    const slug = `moved-${Date.now().toString(36)}`;
    await page.goto(`${desk.home}/settings/organization`);
    await page.getByLabel('Address').fill(slug);
    await page.getByRole('button', { name: 'Save' }).click();
    await page.waitForURL(new RegExp(`/${slug}/`));
    await page.goto(`${desk.home}/library?status=pending`);
    await page.waitForURL(new RegExp(`/${slug}/.*/library\\?status=pending`));
    expect(desk.complaints).toEqual([]);
  });

  it('is deleted after its name is typed, and brought back', async () => {
    const desk = await signUp();
    const { page } = desk;
    const org = desk.home.split('/')[1] ?? '';
    await page.goto(`${desk.home}/settings/danger`);
    await page.getByRole('button', { name: /^Delete Harbour/ }).click();
    const dialog = page.getByRole('dialog');
    expect(await dialog.getByRole('button', { name: 'Delete' }).isDisabled()).toBe(true);
    await dialog.getByRole('textbox').fill(org);
    await expectAccessible(page, 'deleting an organization');
    await dialog.getByRole('button', { name: 'Delete' }).click();
    await page.getByRole('button', { name: /^Undo/ }).click();
    await page.getByText(/ is back$/).waitFor();
    await page.goto(`${desk.home}/today`);
    await page.getByRole('heading', { level: 1 }).waitFor();
  });
});

describe('an agency', () => {
  it('makes a client, works there marked as its own, and stops', async () => {
    const desk = await signUp();
    const { page } = desk;
    const org = `/api/v1/organizations/${desk.home.split('/')[1]}`;
    const before = await (await desk.context.request.get(org)).json();
    await send(desk, 'PATCH', org, { type: 'agency' }, { 'if-match': `"${before.version}"` });
    await page.goto(`${desk.home}/settings/clients`);
    await page.getByRole('heading', { name: 'No clients yet' }).waitFor();
    await page.getByRole('button', { name: 'Link a client' }).click();
    const dialog = page.getByRole('dialog', { name: 'Link a client' });
    await dialog.getByRole('radio', { name: 'Make one for them' }).click();
    await dialog.getByLabel('Its name').fill('Bell Rock Bakery');
    await expectAccessible(page, 'linking a client');
    await dialog.getByRole('button', { name: 'Make it' }).click();
    const row = page.getByRole('list', { name: 'Clients' }).getByRole('listitem');
    await row.getByText('Bell Rock Bakery').first().waitFor();
    await row.getByText('Working').waitFor();
    await expectAccessible(page, 'the clients of an agency');
    await row.getByRole('button', { name: /^More for/ }).click();
    await page.getByRole('menuitem', { name: 'Stop working for them' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Stop' }).click();
    await page.getByRole('heading', { name: 'No clients yet' }).waitFor();
    expect(desk.complaints).toEqual([]);
  });
});

describe('on a phone', () => {
  it('every page of the organization fits and is accessible', async () => {
    const desk = await signUp({ viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true, colorScheme: 'dark' });
    for (const section of ['organization', 'brands', 'members', 'agencies', 'log', 'danger']) {
      await desk.page.goto(`${desk.home}/settings/${section}`);
      await desk.page.locator('h2').first().waitFor();
      await expect.poll(() => desk.page.locator('[role="status"][aria-label^="Loading"]').count()).toBe(0);
      await expectNoSidewaysScroll(desk.page, section);
      await expectAccessible(desk.page, `${section} on a phone`);
    }
    expect(desk.complaints).toEqual([]);
  });
});
