import { createHmac, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectAccessible, expectNoSidewaysScroll, expectSignedOut, loaded, openPage, phone, send, signUp, tabTo, withBrowser } from './helpers';
import { mailedLink, operatorOf } from './mails';
import { startProgram, type Program } from './program';

withBrowser();

const secret = 'whsec_dGhlIGluYm94IG9mIHdlYmhvb2tzLCBpbiB0ZXN0cw==';
let program: Program;
let operator: Awaited<ReturnType<typeof operatorOf>>;
beforeAll(async () => {
  program = await startProgram(`[identity.clerk]\nwebhook_secrets = ["${secret}"]\n`);
  operator = await operatorOf(program);
});
afterAll(async () => {
  await program?.stop();
});

const at = (more: Parameters<typeof openPage>[0] = {}) => ({ baseURL: program.url, ...more });

async function signIn(page: Page, email: string, password: string): Promise<void> {
  await page.getByLabel('Email').fill(email);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}

describe('signing in', () => {
  it('goes by keyboard alone, and back to where one wanted to be', async () => {
    const desk = await signUp(at());
    const { page, complaints } = await openPage(at());
    await page.goto(`${desk.home}/library?status=approved`);
    await page.waitForURL(/\/sign-in\?next=/);
    await tabTo(page, page.getByLabel('Email'));
    await page.keyboard.type(desk.email);
    await tabTo(page, page.getByLabel('Password'));
    await page.keyboard.type('not the password at all');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').waitFor();
    await expectAccessible(page, 'a sign-in that failed');
    await page.getByLabel('Password').focus();
    await page.keyboard.press('Control+a');
    await page.keyboard.type(desk.password);
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/library\?status=approved$/);
    expect(complaints).toEqual([]);
  });

  it('goes by a mailed link, once, on a phone', async () => {
    const desk = await signUp(at());
    const { page, complaints } = await openPage(at(phone));
    await page.goto('/sign-in');
    await page.getByLabel('Email').fill(desk.email);
    await page.getByRole('button', { name: 'Mail me a link instead' }).tap();
    await page.getByRole('heading', { name: 'Look into your mail' }).waitFor();
    await expectNoSidewaysScroll(page, 'the link is mailed');
    await expectAccessible(page, 'the link is mailed');
    const link = await mailedLink(operator.context, desk.email, '/sign-in/link');
    await page.goto(link);
    await page.waitForURL(/\/today$/);
    const { page: again } = await openPage(at(phone));
    await again.goto(link);
    await again.getByRole('heading', { name: 'This link does not work' }).waitFor();
    expect(complaints).toEqual([]);
  });

  it('goes on after the password was forgotten, and ends what was signed in', async () => {
    const desk = await signUp(at());
    const { page, complaints } = await openPage(at());
    await page.goto('/sign-in');
    await page.getByRole('link', { name: 'Forgot the password?' }).click();
    await page.getByLabel('Email').fill(desk.email);
    await expectAccessible(page, 'a forgotten password');
    await page.getByRole('button', { name: 'Send the link' }).click();
    await page.getByRole('heading', { name: 'Look into your mail' }).waitFor();
    await page.goto(await mailedLink(operator.context, desk.email, '/reset-password'));
    await page.getByLabel('New password').fill('short');
    await page.getByRole('button', { name: 'Set the password' }).click();
    await page.locator('[aria-invalid="true"]').waitFor();
    await expectAccessible(page, 'a password that is too short');
    await page.getByLabel('New password').fill('another lighthouse at five');
    await page.getByRole('button', { name: 'Set the password' }).click();
    await page.getByRole('heading', { name: 'Your password is set' }).waitFor();
    await expectSignedOut(desk.page);
    await page.getByRole('link', { name: 'Sign in' }).click();
    await signIn(page, desk.email, 'another lighthouse at five');
    await page.waitForURL(/\/today$/);
    expect(complaints).toEqual([]);
  });
});

describe('an invitation by mail', () => {
  it('brings in somebody new, at their own address only, on a phone', async () => {
    const desk = await signUp(at());
    const email = `new-${randomUUID().slice(0, 8)}@example.com`;
    await desk.page.goto(`${desk.home}/settings/members`);
    // By keyboard, from the button to the answer.
    await tabTo(desk.page, desk.page.getByRole('button', { name: 'Invite' }));
    await desk.page.keyboard.press('Enter');
    await tabTo(desk.page, desk.page.getByRole('dialog').getByLabel('Email'));
    await desk.page.keyboard.type(email);
    await expectAccessible(desk.page, 'inviting somebody');
    await desk.page.keyboard.press('Enter');
    await desk.page.getByRole('list', { name: 'Invitations' }).getByText(email).waitFor();

    const { page, complaints } = await openPage(at(phone));
    await page.goto(await mailedLink(operator.context, email, '/invitation'));
    await page.getByRole('heading', { name: /^Join Harbour/ }).waitFor();
    expect(await page.getByLabel('Email').inputValue()).toBe(email);
    expect(await page.getByLabel('Email').isEditable()).toBe(false);
    await expectNoSidewaysScroll(page, 'an invitation');
    await expectAccessible(page, 'an invitation by mail');
    await page.getByLabel('Your name').fill('Bo Keeper');
    await page.getByLabel('Password').fill('three lines every night');
    await page.getByRole('button', { name: /^Join Harbour/ }).tap();
    await page.waitForURL(/\/today$/);
    await desk.page.reload();
    await desk.page.getByRole('list', { name: 'Members' }).getByText(email).waitFor();
    await expect.poll(() => desk.page.getByRole('list', { name: 'Invitations' }).count()).toBe(0);
    expect([...complaints, ...desk.complaints]).toEqual([]);
  });

  it('waits while somebody who is known signs in', async () => {
    const [desk, known] = [await signUp(at()), await signUp(at())];
    await send(desk, 'POST', `/api/v1/organizations/${desk.home.split('/')[1]}/invitations`, { email: known.email, role: 'manager' });
    const link = await mailedLink(operator.context, known.email, '/invitation');
    const { page, complaints } = await openPage(at());
    await page.goto(link);
    await page.getByRole('link', { name: 'Sign in and join' }).click();
    await signIn(page, known.email, known.password);
    await page.waitForURL(/\/invitation$/);
    await page.getByText(`You are signed in as ${known.email}`).waitFor();
    await expectAccessible(page, 'an invitation to somebody known');
    await page.getByRole('button', { name: /^Join Harbour/ }).click();
    await page.waitForURL(new RegExp(`${desk.home.split('/')[1]}/.*/today$`));
    expect(complaints).toEqual([]);
  });
});

describe('an account', () => {
  it('takes its data along', async () => {
    const desk = await signUp(at(phone));
    await desk.page.goto(`${desk.home}/settings/data`);
    await loaded(desk.page);
    await expectNoSidewaysScroll(desk.page, 'one’s own data');
    await expectAccessible(desk.page, 'one’s own data');
    const download = desk.page.waitForEvent('download');
    await desk.page.getByRole('button', { name: 'Download' }).tap();
    const file = readFileSync(await (await download).path(), 'utf8');
    expect(file).toContain(desk.email);
    expect(file).not.toContain(desk.password);
    expect(desk.complaints).toEqual([]);
  });

  it('is deleted after its address is typed, says until when, and comes back by the mailed link', async () => {
    const desk = await signUp(at());
    const { page } = desk;
    await page.goto(`${desk.home}/settings/data`);
    await page.getByRole('button', { name: 'Delete my account' }).click();
    const dialog = page.getByRole('dialog', { name: 'Delete your account?' });
    expect(await dialog.getByRole('button', { name: 'Delete my account' }).isDisabled()).toBe(true);
    await dialog.getByRole('textbox').fill(desk.email);
    await expectAccessible(page, 'deleting an account');
    await dialog.getByRole('button', { name: 'Delete my account' }).click();
    await page.waitForURL(/\/sign-in/);
    await page.getByText('Your account is deleted').waitFor();
    await expectAccessible(page, 'an account is deleted');
    await page.goto(`${desk.home}/today`);
    await page.waitForURL(/\/sign-in\?next=/);
    // it is there, and not on its way: what comes next would come across it
    await page.getByRole('button', { name: 'Sign in', exact: true }).waitFor();

    await page.goto(await mailedLink(operator.context, desk.email, '/restore-account'));
    await page.getByRole('button', { name: 'Bring it back' }).click();
    await page.getByRole('heading', { name: 'You are back' }).waitFor();
    await expectAccessible(page, 'an account is back');
    await page.getByRole('link', { name: 'Sign in' }).click();
    await signIn(page, desk.email, desk.password);
    await page.waitForURL(/\/today$/);
    await page.goto(`${desk.home}/library`);
    await page.getByRole('heading', { name: 'No drafts yet' }).waitFor();
    expect(desk.complaints).toEqual([]);
  });

  it('moves to another address once that is confirmed', async () => {
    const desk = await signUp(at());
    const email = `moved-${randomUUID().slice(0, 8)}@example.com`;
    await desk.page.goto(`${desk.home}/settings/profile`);
    await desk.page.getByLabel('New address').fill(email);
    await desk.page.getByRole('button', { name: 'Change the address' }).click();
    await desk.page.getByText(`A link is on its way to ${email}`).waitFor();
    await desk.page.goto(await mailedLink(operator.context, email, '/confirm-email'));
    await desk.page.getByRole('heading', { name: 'Confirmed' }).waitFor();
    await expectAccessible(desk.page, 'a confirmed address');
    const { page, complaints } = await openPage(at());
    await page.goto('/sign-in');
    await signIn(page, email, desk.password);
    await page.waitForURL(/\/today$/);
    expect([...complaints, ...desk.complaints]).toEqual([]);
  });
});

describe('the inbox of webhooks', () => {
  /** As Clerk sends it: signed by Svix over id, time and body. */
  const tell = async (type: string, data: unknown) => {
    const body = JSON.stringify({ type, object: 'event', data });
    const [id, time] = [`msg_${randomUUID()}`, String(Math.floor(Date.now() / 1000))];
    const signature = createHmac('sha256', Buffer.from(secret.slice(6), 'base64')).update(`${id}.${time}.${body}`).digest('base64');
    const answer = await fetch(`${program.url}/webhooks/clerk`, { method: 'POST', body, headers: { 'content-type': 'application/json', 'svix-id': id, 'svix-timestamp': time, 'svix-signature': `v1,${signature}` } });
    expect(answer.status).toBe(204);
    return id;
  };

  it('shows what failed and why, and has it worked on again', async () => {
    const failing = await tell('user.updated', { id: 7 });
    await tell('session.created', { id: 'sess_1' });
    const { page } = operator;
    await page.goto('/admin/webhooks');
    const list = page.getByRole('list', { name: 'Webhooks' });
    const row = list.getByRole('listitem').filter({ hasText: 'user.updated' });
    await row.getByText('failed').waitFor();
    await row.getByText(/not as Clerk describes it/).waitFor();
    await list.getByRole('listitem').filter({ hasText: 'session.created' }).getByText('left alone').waitFor();
    await expectAccessible(page, 'the inbox of webhooks');
    await page.getByRole('radio', { name: 'Failed' }).click();
    await page.waitForURL(/status=failed/);
    await expect.poll(() => list.getByRole('listitem').count()).toBe(1);

    await tabTo(page, row.getByRole('button', { name: 'user.updated', exact: true }));
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: 'user.updated' });
    await dialog.getByText(failing).waitFor();
    await page.waitForURL(/webhook=webhook_/);
    await dialog.getByText('"id": 7').waitFor();
    await expectAccessible(page, 'a webhook');
    await dialog.getByRole('button', { name: 'Replay' }).click();
    await page.getByText('user.updated is worked on again').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('radio', { name: 'All' }).click();
    await row.getByText('tried 2 times').waitFor();
    expect(operator.complaints).toEqual([]);
  });

  it('fits a phone', async () => {
    const { page, complaints } = await openPage(at({ ...phone, colorScheme: 'dark', storageState: await operator.context.storageState() }));
    for (const section of ['applications', 'waitlist', 'demos', 'people', 'organizations', 'outbox', 'webhooks', 'notifications']) {
      await page.goto(`/admin/${section}`);
      await loaded(page);
      await expectNoSidewaysScroll(page, `admin: ${section}`);
      await expectAccessible(page, `admin: ${section}, on a phone`);
    }
    expect(complaints).toEqual([]);
  });
});
