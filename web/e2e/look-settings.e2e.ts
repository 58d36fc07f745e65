import { afterEach, describe, expect, it } from 'vitest';
import { expectSignedOut, openPage, signUp, withBrowser, type Desk } from './helpers';
import { expectGood, look, phoneFirst, small, wide } from './look';

withBrowser();

const settings = ['profile', 'sessions', 'organization', 'brands', 'security', 'activity', 'data', 'members', 'api-keys', 'clients', 'agencies', 'log', 'danger'];
/** Of the settings, those that are looked at in a wide window too; the others differ from them in their words alone. */
const alsoWide = settings.slice(0, 4);
const doors = ['/sign-in', '/sign-up', '/sign-in/link#token=wrong', '/sign-in?deleted=2030-01-01T00:00:00Z', '/forgot-password', '/reset-password#token=x', '/reset-password', '/sign-in/second-factor', '/invitation#token=wrong', '/confirm-email#token=wrong', '/undo-email#token=x', '/restore-account#token=x', '/apply', '/apply?demo=true'];


describe('every page of the settings and every door fits a phone of 360 px and is accessible, in both themes', () => {
  let made: Promise<Desk> | undefined;
  // nobody signs in by these doors: one window for all of them
  let stranger: ReturnType<typeof openPage> | undefined;
  afterEach(async () => expect((await made)?.complaints.splice(0) ?? []).toEqual([]));

  it.each(settings)('%s in the settings, and its name is in sight', async (section) => {
    const desk = await (made ??= signUp(phoneFirst));
    const { page } = desk;
    await look(page, `${desk.home}/settings/${section}`, section, alsoWide.includes(section) ? [small, wide] : [small], async () => {
      // Clients are an agency's; this organization is none.
      if (section === 'clients') return;
      const chosen = page.getByRole('navigation', { name: 'Settings' }).locator('[aria-current="page"]');
      await expect.poll(() => chosen.evaluate((e, width) => {
        const { left, right } = e.getBoundingClientRect();
        return left >= 0 && right <= width;
      }, small.width), { message: `the name of ${section} is in sight` }).toBe(true);
    });
  });

  it.each(doors)('the door %s', async (path) => {
    const { page, complaints } = await (stranger ??= openPage(phoneFirst));
    await look(page, path, path, doors.indexOf(path) < 3 ? [small, wide] : [small]);
    if (path === '/sign-up') {
      await page.getByRole('button', { name: 'Make the account' }).click();
      await page.locator('[aria-invalid="true"]').first().waitFor();
      await expectGood(page, 'sign-up with faults');
    }
    expect(complaints.splice(0)).toEqual([]);
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
    await expectSignedOut(other.page);
  });
});
