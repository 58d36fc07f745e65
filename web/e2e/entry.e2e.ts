import { randomUUID } from 'node:crypto';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectAccessible, expectNoSidewaysScroll, loaded, openPage, phone, signUp, tabTo, withBrowser } from './helpers';
import { mailedLink, operatorOf } from './mails';
import { startProgram, type Program } from './program';

withBrowser();

/** A program whose door is kept in one way, and who runs it. */
function keptBy(mode: 'application' | 'waitlist') {
  const it: { program?: Program; operator?: Awaited<ReturnType<typeof operatorOf>> } = {};
  beforeAll(async () => {
    it.program = await startProgram(`[identity]\nsign_up = "${mode}"\n`);
    it.operator = await operatorOf(it.program);
  });
  afterAll(async () => {
    await it.program?.stop();
  });
  return () => {
    if (!it.program || !it.operator) throw new Error('not started');
    return { url: it.program.url, operator: it.operator };
  };
}

const address = (who: string) => `${who}-${randomUUID().slice(0, 8)}@example.com`;

/** Makes the account that a mailed permit allows, and sees the desk. */
async function comeIn(page: Page, link: string, email: string): Promise<void> {
  await page.goto(link);
  await page.getByRole('heading', { name: 'Make an account' }).waitFor();
  expect(await page.getByLabel('Email').inputValue()).toBe(email);
  expect(page.url()).not.toContain('token');
  await page.getByLabel('Your name').fill('Mara Lind');
  await page.getByLabel('Password').fill('a lighthouse at four');
  await page.getByLabel('Name you publish under').fill(`North Quay ${email.slice(0, 12)}`);
  await expectAccessible(page, 'an account by a permit');
  await page.getByRole('button', { name: 'Make the account' }).click();
  await page.waitForURL(/\/today$/);
}

describe('coming back from a network’s consent that belongs to nobody known', () => {
  it('is told before the desk and on it, once, and leaves the address', async () => {
    const stranger = await openPage(phone);
    await stranger.page.goto('/?error=not_signed_in');
    const told = stranger.page.getByRole('alert').filter({ hasText: 'You were not signed in when you came back' });
    await told.waitFor();
    await stranger.page.waitForURL(/\/sign-in$/);
    await expectAccessible(stranger.page, 'signing in after a consent that was lost');
    await expectNoSidewaysScroll(stranger.page, 'signing in after a consent that was lost');
    await stranger.page.reload();
    await stranger.page.getByRole('button', { name: 'Sign in', exact: true }).waitFor();
    expect(await told.count()).toBe(0);
    const { page, complaints } = await signUp();
    await page.goto('/?error=unknown_state');
    await page.getByText('That consent could not be matched').waitFor();
    await page.waitForURL(/\/today$/);
    expect([...stranger.complaints, ...complaints]).toEqual([]);
  });
});

describe('where one applies', () => {
  const at = keptBy('application');

  it('applies on a phone, is reviewed and approved, and makes the account by the mailed link', async () => {
    const { url, operator } = at();
    const email = address('mara');
    const { page, complaints } = await openPage({ baseURL: url, ...phone });
    await page.goto('/sign-up');
    await page.getByRole('link', { name: 'Apply' }).tap();
    await page.getByRole('heading', { name: 'Apply' }).waitFor();
    await page.getByRole('button', { name: 'Send the application' }).tap();
    await page.locator('[aria-invalid="true"]').first().waitFor();
    await expectNoSidewaysScroll(page, 'an application with faults');
    await expectAccessible(page, 'an application with faults');
    await page.getByRole('radio', { name: 'An agency' }).tap();
    await page.getByLabel('Your name').fill('Mara Lind');
    await page.getByLabel('Email').fill(email);
    await page.getByLabel('Name of the agency').fill('North Quay');
    await page.getByLabel('How many clients').fill('9');
    await page.getByRole('checkbox', { name: 'LinkedIn' }).tap();
    await page.getByLabel('What should get better?').fill('One calendar for all of them.');
    await page.getByRole('button', { name: 'Send the application' }).tap();
    await page.getByRole('heading', { name: 'Thank you' }).waitFor();
    await expectAccessible(page, 'an application is sent');

    const desk = operator.page;
    await desk.goto('/admin/applications');
    await loaded(desk);
    await expectAccessible(desk, 'the applications');
    const row = desk.getByRole('list', { name: 'Applications' }).getByRole('listitem').filter({ hasText: email });
    await tabTo(desk, row.getByRole('button', { name: 'Mara Lind' }));
    await desk.keyboard.press('Enter');
    const dialog = desk.getByRole('dialog', { name: 'Mara Lind' });
    await dialog.getByText('One calendar for all of them.').waitFor();
    await dialog.getByLabel('Notes for operators').fill('Known from the harbour.');
    await expectAccessible(desk, 'an application');
    await dialog.getByRole('button', { name: 'Approve' }).click();
    await desk.getByText('Mara Lind is let in').waitFor();
    await expect.poll(() => row.count()).toBe(0);
    await desk.getByRole('radio', { name: 'Approved' }).click();
    await row.getByRole('button', { name: 'Mara Lind' }).click();
    await expect.poll(() => dialog.getByLabel('Notes for operators').inputValue()).toBe('Known from the harbour.');
    await desk.keyboard.press('Escape');

    await comeIn(page, await mailedLink(operator.context, email, '/sign-up'), email);
    expect([...complaints, ...operator.complaints]).toEqual([]);
  });

  it('tells why not', async () => {
    const { url, operator } = at();
    const email = address('spam');
    const { page, complaints } = await openPage({ baseURL: url });
    await page.goto('/apply');
    await page.getByLabel('Your name').fill('Buy Now');
    await page.getByLabel('Email').fill(email);
    await page.getByRole('button', { name: 'Send the application' }).click();
    await page.getByRole('heading', { name: 'Thank you' }).waitFor();
    const desk = operator.page;
    await desk.goto('/admin/applications');
    await desk.getByRole('list', { name: 'Applications' }).getByRole('listitem').filter({ hasText: email }).getByRole('button').click();
    const dialog = desk.getByRole('dialog', { name: 'Buy Now' });
    await dialog.getByRole('button', { name: 'Reject…' }).click();
    expect(await dialog.getByRole('button', { name: 'Reject and tell them' }).isDisabled()).toBe(true);
    await dialog.getByLabel('Why not? They read it.').fill('We know too little of what you make.');
    await expectAccessible(desk, 'rejecting an application');
    await dialog.getByRole('button', { name: 'Reject and tell them' }).click();
    await desk.getByText('Buy Now is told').waitFor();
    await desk.goto('/admin/outbox');
    await desk.getByRole('list', { name: 'Mails' }).getByRole('listitem').filter({ hasText: email }).first().getByRole('button').click();
    await desk.getByRole('dialog').getByText('We know too little of what you make.').waitFor();
    expect([...complaints, ...operator.complaints]).toEqual([]);
  });

  it('asks for a demo, which is planned', async () => {
    const { url, operator } = at();
    const email = address('theo');
    const { page, complaints } = await openPage({ baseURL: url, ...phone });
    await page.goto('/apply?demo=true');
    await page.getByLabel('Your name').fill('Theo Marsh');
    await page.getByLabel('Email').fill(email);
    await page.getByLabel('How many you are').selectOption('11-50');
    await page.getByLabel('What do you want to see?').fill('How several locations work together.');
    await expectNoSidewaysScroll(page, 'a request for a demo');
    await expectAccessible(page, 'a request for a demo');
    await page.getByRole('button', { name: 'Ask' }).tap();
    await page.getByText(`Somebody writes to ${email}`).waitFor();

    const desk = operator.page;
    await desk.goto('/admin/demos');
    const row = desk.getByRole('list', { name: 'Demos' }).getByRole('listitem').filter({ hasText: email });
    await row.getByRole('button').click();
    const dialog = desk.getByRole('dialog', { name: 'Theo Marsh' });
    await dialog.getByText('How several locations work together.').waitFor();
    await dialog.getByLabel('When').fill(new Date(Date.now() + 3 * 86_400_000).toISOString().slice(0, 16));
    await expectAccessible(desk, 'planning a demo');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await desk.getByText('Theo Marsh is told the date').waitFor();
    await desk.getByRole('radio', { name: 'Planned' }).click();
    await row.waitFor();
    expect([...complaints, ...operator.complaints]).toEqual([]);
  });
});

describe('where one waits', () => {
  const at = keptBy('waitlist');

  it('joins by keyboard, is let in, and makes the account by the mailed link', async () => {
    const { url, operator } = at();
    const email = address('ngozi');
    const { page, complaints } = await openPage({ baseURL: url });
    await page.goto('/sign-up');
    await tabTo(page, page.getByRole('link', { name: 'Join the waitlist' }));
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Join the waitlist' }).waitFor();
    await tabTo(page, page.getByLabel('Email'));
    await page.keyboard.type(email);
    await expectAccessible(page, 'the waitlist');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'You are on the list' }).waitFor();

    const desk = operator.page;
    await desk.goto('/admin/waitlist');
    const row = desk.getByRole('list', { name: 'Waitlist' }).getByRole('listitem').filter({ hasText: email });
    await row.waitFor();
    await expectAccessible(desk, 'those who wait');
    await row.getByRole('button', { name: `Let ${email} in` }).click();
    await row.getByText(/^let in/).waitFor();
    await comeIn(page, await mailedLink(operator.context, email, '/sign-up'), email);
    await desk.reload();
    await row.getByText('has an account').waitFor();
    expect([...complaints, ...operator.complaints]).toEqual([]);
  });

  it('lets operators invite past it', async () => {
    const { url, operator } = at();
    const email = address('guest');
    const desk = operator.page;
    await desk.goto('/admin/waitlist');
    await desk.getByLabel('Email').fill(email);
    await desk.getByRole('button', { name: 'Send the link' }).click();
    await desk.getByText(`A link is on its way to ${email}`).waitFor();
    const { page, complaints } = await openPage({ baseURL: url, ...phone });
    await comeIn(page, await mailedLink(operator.context, email, '/sign-up'), email);
    expect([...complaints, ...operator.complaints]).toEqual([]);
  });
});
