import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { totp, withAuthenticator } from './factors';
import { expectAccessible, expectNoSidewaysScroll, openPage, send, signUp, withBrowser, type Desk } from './helpers';
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
const byPassword = (desk: Desk, who: Desk = desk) => send(desk, 'POST', '/api/v1/auth/sign-in', { email: who.email, password: who.password });

describe('who came in by the password alone', () => {
  it('shows the passkey before a passkey goes', async () => {
    const desk = await signUp({ baseURL: at() });
    const { page, context } = desk;
    await withAuthenticator(context, page);
    await page.goto(`${desk.home}/settings/security`);
    await page.getByRole('button', { name: 'Add a passkey' }).click();
    await page.getByLabel('Name of the passkey').fill('The key by the door');
    await page.keyboard.press('Enter');
    const list = page.getByRole('list', { name: 'Passkeys' });
    await list.getByText('The key by the door').waitFor();

    await byPassword(desk);
    await page.reload();
    await page.getByRole('button', { name: 'Remove The key by the door' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
    const ask = page.getByRole('dialog', { name: 'Show your second factor' });
    await ask.getByRole('button', { name: 'Use your passkey' }).waitFor();
    // the password would not be enough, so it is not offered
    expect(await ask.getByLabel('Your password').count()).toBe(0);
    await expectAccessible(page, 'asked for a passkey');
    await ask.getByRole('button', { name: 'Use your passkey' }).click();
    await expect.poll(() => list.count()).toBe(0);
    await ask.waitFor({ state: 'detached' });
    expect(desk.complaints).toEqual([]);
  });

  it('shows a code or a recovery code before the second factor changes, on a phone too', async () => {
    const desk = await signUp({ baseURL: at() });
    // signed in elsewhere before there was a second factor
    const other: Desk = { ...desk, ...(await openPage({ baseURL: at(), viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true })) };
    await other.page.goto('/sign-in');
    await byPassword(other);
    const { secret } = (await send(desk, 'POST', '/api/v1/me/factors/totp', {})) as { secret: string };
    const { recovery_codes: codes } = (await send(desk, 'POST', '/api/v1/me/factors/totp/confirm', { code: totp(secret) })) as { recovery_codes: string[] };

    const { page } = other;
    await page.goto(`${desk.home}/settings/security`);
    await page.getByRole('button', { name: 'New recovery codes' }).click();
    const ask = page.getByRole('dialog', { name: 'Show your second factor' });
    await ask.getByLabel('Code of your app').fill('000000');
    await expectAccessible(page, 'asked for a code');
    await expectNoSidewaysScroll(page, 'asked for a code');
    await page.keyboard.press('Enter');
    await ask.locator('[aria-invalid="true"]').waitFor();
    await ask.getByRole('group', { name: 'Another way' }).getByRole('button', { name: 'Recovery code' }).click();
    await ask.getByLabel('Recovery code').fill(codes[0] ?? '');
    await ask.getByRole('button', { name: 'Go on' }).click();
    // what was asked for is done then
    const keep = page.getByRole('dialog', { name: 'Keep these codes' });
    await keep.getByRole('listitem').nth(9).waitFor();
    await keep.getByRole('button', { name: 'I wrote them down' }).click();
    await keep.getByRole('button', { name: 'I have them' }).click();
    // and the session has shown both: nothing more is asked
    await page.getByRole('button', { name: 'Turn off' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Turn off' }).click();
    await page.getByRole('button', { name: 'Set up', exact: true }).waitFor();
    expect(desk.complaints).toEqual([]);
    expect(other.complaints).toEqual([]);
  });
});

describe('who signed in a while ago', () => {
  it('shows it again by any way, and what was asked for is done', async () => {
    const desk = await signUp({ baseURL: at() });
    const { page } = desk;
    const { secret } = (await send(desk, 'POST', '/api/v1/me/factors/totp', {})) as { secret: string };
    await send(desk, 'POST', '/api/v1/me/factors/totp/confirm', { code: totp(secret) });
    // The first answer is the one that a quarter of an hour later would get; the next are the server's own.
    const old = { title: 'Forbidden', status: 403, code: 'confirmation_needed', detail: 'Confirm that it is you.' };
    const tooOld = () => page.route('**/api/v1/me/export', (route) => route.fulfill({ status: 403, contentType: 'application/problem+json', body: JSON.stringify(old) }), { times: 1 });
    await page.goto(`${desk.home}/settings/data`);
    const ask = page.getByRole('dialog', { name: 'Is it you?' });
    const download = page.getByRole('button', { name: 'Download' });

    await tooOld();
    await download.click();
    await ask.getByLabel('Your password').fill('not the password at all');
    await ask.getByRole('button', { name: 'Go on' }).click();
    await ask.getByText('This is not your password.').waitFor();
    await expectAccessible(page, 'asked for the password');
    await ask.getByLabel('Your password').fill(desk.password);
    const [file] = await Promise.all([page.waitForEvent('download'), page.keyboard.press('Enter')]);
    expect(file.suggestedFilename()).toBe('bellwether-account.json');
    await ask.waitFor({ state: 'detached' });

    await tooOld();
    await download.click();
    await ask.getByRole('button', { name: 'Code of your app' }).click();
    // the code that set the app up is spent; the next step's is good a little early
    await ask.getByLabel('Code of your app').fill(totp(secret, Date.now() + 30_000));
    await Promise.all([page.waitForEvent('download'), ask.getByRole('button', { name: 'Go on' }).click()]);

    // called off: nothing is done, nothing is left open
    await tooOld();
    await download.click();
    await ask.getByRole('button', { name: 'Cancel' }).click();
    await ask.waitFor({ state: 'detached' });
    expect(desk.complaints).toEqual([]);
  });
});
