import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { base, expectAccessible, expectNoSidewaysScroll, loaded, makeDrafts, openPage, phone, send, signUp, tabTo, withBrowser, type Desk } from './helpers';

withBrowser();

const organizationOf = (desk: Desk) => `/api/v1/organizations/${desk.home.split('/')[1]}`;

describe('API keys', () => {
  it('are shown once, open what they may and nothing else, and stop when revoked', async () => {
    const desk = await signUp();
    const { page } = desk;
    await page.goto(`${desk.home}/settings/api-keys`);
    await page.getByRole('heading', { name: 'No keys yet' }).waitFor();
    await tabTo(page, page.getByRole('button', { name: 'New key' }));
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: 'New API key' });
    await tabTo(page, dialog.getByLabel('What is it for?'));
    await page.keyboard.type('Nightly import');
    await dialog.getByRole('radio', { name: '30 days' }).click();
    await dialog.getByRole('checkbox', { name: /^See who belongs/ }).waitFor();
    await expectAccessible(page, 'a new API key');
    await dialog.getByRole('button', { name: 'Make the key' }).click();
    const once = page.getByRole('dialog', { name: 'Copy the key now' });
    const key = await once.locator('code').innerText();
    await expectAccessible(page, 'an API key, shown once');
    await once.getByRole('button', { name: 'I have it' }).click();

    const ask = (path: string, method = 'GET') => fetch(`${base}${path}`, { method, headers: { authorization: `Bearer ${key}` } });
    expect((await ask(`${desk.api}/posts`)).status).toBe(200);
    expect((await ask(`${organizationOf(desk)}/members`)).ok).toBe(false);
    await page.reload();
    const row = page.getByRole('list', { name: 'API keys' }).getByRole('listitem').filter({ hasText: 'Nightly import' });
    await row.getByText('Works', { exact: true }).waitFor();
    expect(await page.content()).not.toContain(key);
    await expect.poll(async () => {
      await page.reload();
      await row.waitFor();
      return row.getByText(/^used /).count();
    }, { timeout: 60_000 }).toBe(1);
    await expectAccessible(page, 'the API keys');

    await row.getByRole('button', { name: 'Revoke Nightly import' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
    await row.getByText('Revoked').waitFor();
    expect((await ask(`${desk.api}/posts`)).status).toBe(401);
    expect(desk.complaints).toEqual([]);
  });

  it('are made on a phone', async () => {
    const desk = await signUp(phone);
    const { page } = desk;
    await page.goto(`${desk.home}/settings/api-keys`);
    await page.getByRole('button', { name: 'New key' }).tap();
    await page.getByLabel('What is it for?').fill('Shortcut');
    await expectNoSidewaysScroll(page, 'a new API key');
    await page.getByRole('button', { name: 'Make the key' }).tap();
    await page.getByRole('dialog', { name: 'Copy the key now' }).locator('code').waitFor();
    await expectNoSidewaysScroll(page, 'an API key, shown once');
    await expectAccessible(page, 'an API key on a phone');
    expect(desk.complaints).toEqual([]);
  });
});

describe('brands', () => {
  it('are made, changed, moved to another address, deleted and brought back', async () => {
    const desk = await signUp();
    const { page } = desk;
    const [, org, first] = desk.home.split('/');
    await page.goto(`${desk.home}/settings/brands`);
    await page.getByLabel('Name of the new brand').fill('Second Light');
    await page.keyboard.press('Enter');
    await page.getByText('Second Light is ready').waitFor();
    await page.getByRole('link', { name: 'Second Light' }).click();
    await page.waitForURL(/\/second-light\/settings\/brands$/);
    await expect.poll(() => page.getByLabel('Name', { exact: true }).inputValue()).toBe('Second Light');
    await page.getByLabel('About').fill('Short words about long nights.');
    await page.getByLabel('Address').fill('third-light');
    await page.getByText('Where it is').click();
    await page.getByLabel('City').fill('Arbroath');
    await page.getByLabel('Country').selectOption('GB');
    await expectAccessible(page, 'a brand');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.waitForURL(/\/third-light\/settings\/brands$/);
    await page.goto(`/${org}/second-light/library?status=pending`);
    await page.waitForURL(new RegExp(`/${org}/third-light/library\\?status=pending$`));

    await page.goto(`/${org}/third-light/settings/brands`);
    await expect.poll(() => page.getByLabel('City').inputValue()).toBe('Arbroath');
    await page.getByRole('button', { name: 'Delete this brand' }).click();
    await expectAccessible(page, 'deleting a brand');
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await page.waitForURL(new RegExp(`/${first}/settings/brands$`));
    await page.getByRole('button', { name: 'Bring back' }).click();
    await page.getByText('Second Light is back').waitFor();
    await page.getByRole('link', { name: 'Second Light' }).waitFor();
    expect(desk.complaints).toEqual([]);
  });

  it('say what is wrong with an address, beside it', async () => {
    const desk = await signUp(phone);
    const { page } = desk;
    await page.goto(`${desk.home}/settings/brands`);
    await page.getByLabel('Address').fill('No spaces, please');
    await page.getByRole('button', { name: 'Save' }).tap();
    await page.getByLabel('Address').and(page.locator('[aria-invalid="true"]')).waitFor();
    await expectNoSidewaysScroll(page, 'a brand with a fault');
    await expectAccessible(page, 'a brand with a fault');
    expect(desk.complaints).toEqual([]);
  });
});

describe('an organization', () => {
  it('is handed over to a member, who is its owner then', async () => {
    const desk = await signUp();
    const { page } = desk;
    const org = organizationOf(desk);
    const { link } = await send(desk, 'POST', `${org}/invitations`, { role: 'manager', max_uses: 1 });
    const { page: heir, context } = await openPage();
    await heir.goto(String(link));
    await heir.getByLabel('Your name').fill('Bo Keeper');
    await heir.getByLabel('Email').fill(`bo-${randomUUID().slice(0, 8)}@example.com`);
    await heir.getByLabel('Password').fill('three lines every night');
    await heir.getByRole('button', { name: /^Join Harbour/ }).click();
    await heir.waitForURL(/\/today$/);

    await page.goto(`${desk.home}/settings/danger`);
    const choice = page.getByLabel('To whom');
    await expect.poll(() => choice.getByRole('option', { name: /^Bo Keeper/ }).count()).toBe(1);
    await choice.selectOption({ label: await choice.getByRole('option', { name: /^Bo Keeper/ }).innerText() });
    await page.getByRole('button', { name: 'Hand over' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('textbox').fill(desk.home.split('/')[1] ?? '');
    await expectAccessible(page, 'handing an organization over');
    await dialog.getByRole('button', { name: 'Hand over' }).click();
    await page.getByText(/ belongs to Bo Keeper now$/).waitFor();
    await expect.poll(() => page.getByRole('heading', { name: 'Hand over' }).count()).toBe(0);
    const role = async (of: Desk['context']) => ((await (await of.request.get('/api/v1/me')).json()) as { organizations: { role: string }[] }).organizations[0]?.role;
    expect(await role(context)).toBe('owner');
    expect(await role(desk.context)).toBe('admin');
    // Who owns it no longer can leave it now.
    await page.getByRole('button', { name: /^Leave Harbour/ }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Leave' }).click();
    await page.getByRole('heading', { name: 'Nothing lies here' }).waitFor();
    expect(desk.complaints).toEqual([]);
  });
});

describe('the first steps', () => {
  it('count by themselves, are skipped and put away, and come back', async () => {
    const desk = await signUp(phone);
    const { page } = desk;
    const steps = page.getByRole('region', { name: /^First steps/ });
    await steps.getByText('0 of 6').waitFor();
    await expectNoSidewaysScroll(page, 'the first steps');
    await expectAccessible(page, 'the first steps');
    await steps.getByRole('button', { name: 'Skip Say who you are' }).tap();
    await steps.getByText('skipped', { exact: true }).waitFor();
    const { posts } = await makeDrafts(desk, ['x.post', 'facebook.post']);
    await page.reload();
    await steps.getByText('1 of 6').waitFor();
    await send(desk, 'POST', `${desk.api}/posts/${posts[0]?.id}/approve`, {});
    await page.reload();
    await steps.getByText('2 of 6').waitFor();
    await steps.getByRole('link', { name: 'Bring somebody in' }).tap();
    await page.waitForURL(/\/settings\/members$/);
    await page.goBack();
    await loaded(page);
    await steps.getByRole('button', { name: 'Put the first steps away' }).tap();
    await expect.poll(() => steps.count()).toBe(0);
    await page.getByRole('button', { name: /^Undo/ }).tap();
    await steps.getByText('2 of 6').waitFor();
    expect(desk.complaints).toEqual([]);
  });
});
