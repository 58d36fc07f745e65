import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { totp, withAuthenticator } from './factors';
import { expectAccessible, expectNoSidewaysScroll, openPage, signUp, withBrowser } from './helpers';
import { startProgram, type Program } from './program';

withBrowser();

// Passkeys belong to a name, not to an address of numbers: a program of its own that is reached as localhost.
let program: Program | undefined;
beforeAll(async () => {
  program = await startProgram('', {}, 'localhost');
});
afterAll(async () => {
  await program?.stop();
});
const at = (): string => {
  if (!program) throw new Error('not started');
  return program.url;
};

async function signOut(page: Page): Promise<void> {
  await page.getByRole('button', { name: /^Account of/ }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await page.waitForURL(/\/sign-in/);
}

describe('passkeys', () => {
  it('are added, named, sign in without a word typed, and are removed', async () => {
    const desk = await signUp({ baseURL: at() });
    const { page, context } = desk;
    const authenticator = await withAuthenticator(context, page);
    await page.goto(`${desk.home}/settings/security`);
    await page.getByRole('button', { name: 'Add a passkey' }).click();
    const name = page.getByLabel('Name of the passkey');
    await name.fill('The key by the door');
    await page.keyboard.press('Enter');
    const list = page.getByRole('list', { name: 'Passkeys' });
    await list.getByText('The key by the door').waitFor();
    expect(await authenticator.credentials()).toBe(1);
    await expectAccessible(page, 'security with a passkey');

    await signOut(page);
    // Where the browser offers passkeys in the field, the virtual one answers by itself; else the button asks.
    await Promise.race([page.waitForURL(/\/today$/), page.getByRole('button', { name: 'Use a passkey' }).click({ trial: true })]);
    if (!page.url().endsWith('/today')) await page.getByRole('button', { name: 'Use a passkey' }).click().catch(() => undefined);
    await page.waitForURL(/\/today$/);

    await page.goto(`${desk.home}/settings/security`);
    await list.getByText(/used just now/).waitFor();
    await page.getByRole('button', { name: 'Remove The key by the door' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
    await expect.poll(() => list.count()).toBe(0);
    expect(desk.complaints).toEqual([]);
  });
});

describe('the second factor', () => {
  it('is set up by its picture, asked for at the next sign-in, and its recovery codes work once', async () => {
    const desk = await signUp({ baseURL: at() });
    const { page } = desk;
    await page.goto(`${desk.home}/settings/security`);
    await page.getByRole('button', { name: 'Set up', exact: true }).click();
    const dialog = page.getByRole('dialog', { name: 'Set up the second factor' });
    await dialog.getByRole('img', { name: 'Picture for the authenticator app' }).waitFor();
    const secret = await dialog.locator('code').innerText();
    await expectAccessible(page, 'setting up the second factor');
    await dialog.getByLabel('Code that the app shows now').fill('000000');
    await dialog.getByRole('button', { name: 'Turn on' }).click();
    await dialog.locator('[aria-invalid="true"], [role="alert"]').first().waitFor();
    await dialog.getByLabel('Code that the app shows now').fill(totp(secret));
    await dialog.getByRole('button', { name: 'Turn on' }).click();
    const keep = page.getByRole('dialog', { name: 'Keep these codes' });
    await keep.getByRole('listitem').first().waitFor();
    const codes = await keep.getByRole('list', { name: 'Recovery codes' }).getByRole('listitem').allInnerTexts();
    expect(codes.length).toBe(10);
    // They are not lost by a stray press.
    await page.keyboard.press('Escape');
    expect(await keep.isVisible()).toBe(true);
    await keep.getByRole('button', { name: 'I wrote them down' }).click();
    await keep.getByRole('button', { name: 'I have them' }).click();
    await page.getByText('10 recovery codes are left').waitFor();

    const first = async (lost: string | null, code: string) => {
      await signOut(page);
      await page.getByLabel('Email').fill(desk.email);
      await page.getByLabel('Password').fill(desk.password);
      await page.getByRole('button', { name: 'Sign in', exact: true }).click();
      await page.getByRole('heading', { name: 'One more step' }).waitFor();
      if (lost) await page.getByRole('button', { name: lost }).click();
      await page.getByRole('textbox').fill(code);
      await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    };
    // The code that set it up is spent; the next step's is good a little early.
    await first(null, totp(secret, Date.now() + 30_000));
    await page.waitForURL(/\/today$/);
    await first('I don’t have my phone', codes[0] ?? '');
    await page.waitForURL(/\/today$/);
    await first('I don’t have my phone', codes[0] ?? '');
    await page.getByRole('alert').or(page.locator('[aria-invalid="true"]')).first().waitFor();
    await expectAccessible(page, 'the second step');
    await page.getByRole('textbox').fill(codes[1] ?? '');
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.waitForURL(/\/today$/);

    await page.goto(`${desk.home}/settings/security`);
    await page.getByText('8 recovery codes are left').waitFor();
    await page.getByRole('button', { name: 'Turn off' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Turn off' }).click();
    await page.getByRole('button', { name: 'Set up', exact: true }).waitFor();
    expect(desk.complaints).toEqual([]);
  });
});

describe('what happened around the account', () => {
  it('stands in its log, on a phone too', async () => {
    const desk = await signUp({ viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true });
    const { page } = desk;
    const { page: other } = await openPage();
    await other.goto('/sign-in');
    await other.getByLabel('Email').fill(desk.email);
    await other.getByLabel('Password').fill('not the password at all');
    await other.getByRole('button', { name: 'Sign in', exact: true }).click();
    await other.getByRole('alert').waitFor();
    for (const section of ['activity', 'security', 'log']) {
      await page.goto(`${desk.home}/settings/${section}`);
      await page.locator('h2').first().waitFor();
      await expect.poll(() => page.locator('[role="status"][aria-label^="Loading"]').count()).toBe(0);
      await expectNoSidewaysScroll(page, section);
      await expectAccessible(page, `settings: ${section}`);
    }
    await page.goto(`${desk.home}/settings/activity?kind=sign_in`);
    expect(await page.getByRole('radio', { name: 'Sign-ins' }).getAttribute('aria-checked')).toBe('true');
    expect(desk.complaints).toEqual([]);
  });
});

describe('the admin area', () => {
  it('is there for operators alone, who keep people out and let them in again', async () => {
    if (!program) throw new Error('not started');
    const { page, complaints } = await openPage({ baseURL: at() });
    await page.goto(program.link);
    await page.waitForURL(/\/today$/);
    await page.getByRole('button', { name: /^Account of/ }).click();
    await page.getByRole('menuitem', { name: 'Admin area' }).click();
    await page.waitForURL(/\/admin\//);
    await page.goto('/admin/outbox');
    await page.getByRole('heading', { name: 'Outbox' }).waitFor();
    await expect.poll(() => page.locator('[role="status"][aria-label^="Loading"]').count()).toBe(0);
    await expectAccessible(page, 'the outbox');
    await page.getByRole('radio', { name: 'Failed' }).click();
    await page.waitForURL(/status=failed/);
    const { page: other, context } = await signUp({ baseURL: at() });
    await other.goto('/admin/outbox');
    await other.getByRole('heading', { name: 'Nothing lies here' }).waitFor();

    const me = (await (await context.request.get('/api/v1/me')).json()) as { user: { email: string } };
    await page.goto(`/admin/people?q=${encodeURIComponent(me.user.email)}`);
    const row = page.getByRole('list', { name: 'People' }).getByRole('listitem').filter({ hasText: me.user.email });
    await row.getByRole('button', { name: /^More for/ }).click();
    await page.getByRole('menuitem', { name: 'Suspend' }).click();
    await row.getByText('suspended').waitFor();
    await expectAccessible(page, 'people, one of them suspended');
    expect((await context.request.get('/api/v1/me')).status()).toBe(401);
    await row.getByRole('button', { name: /^More for/ }).click();
    await page.getByRole('menuitem', { name: 'Let in again' }).click();
    await expect.poll(() => row.getByText('suspended').count()).toBe(0);
    expect(complaints).toEqual([]);
  });
});
