import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { expectAccessible, expectNoSidewaysScroll, phone, send, signUp, withBrowser, type Desk } from './helpers';

withBrowser();

const asked = (page: Page, name: string) => page.getByRole('alertdialog', { name });

/** The session ends elsewhere, as it does when it is over or somebody ends it in another browser. */
async function endSession({ context, page }: Desk): Promise<void> {
  const answer = await context.request.post('/api/v1/auth/sign-out', { headers: { origin: new URL(page.url()).origin } });
  expect(answer.ok()).toBe(true);
}

describe('what is typed', () => {
  it('is not lost by Escape, the cross or a tap beside a dialog', async () => {
    const desk = await signUp();
    const { page } = desk;
    await page.goto(`${desk.home}/brand/voice`);
    await page.getByRole('main').getByRole('button', { name: 'Add samples' }).click();
    const dialog = page.getByRole('dialog', { name: 'Add samples' });
    const text = dialog.getByLabel('Your texts');
    await text.fill('Three lines, no adjectives.');
    await page.keyboard.press('Escape');
    const question = asked(page, 'Discard what you typed?');
    await question.waitFor();
    await expectAccessible(page, 'the question before typed words go');
    await page.keyboard.press('Enter');
    await question.waitFor({ state: 'detached' });
    expect(await text.inputValue()).toBe('Three lines, no adjectives.');
    // the hands go on where they were
    await expect.poll(() => text.evaluate((field) => field === document.activeElement)).toBe(true);
    await page.keyboard.type(' Then the reader.');

    await page.mouse.click(20, 400);
    await question.getByRole('button', { name: 'Keep writing' }).click();
    await dialog.getByRole('button', { name: 'Close' }).click();
    await question.getByRole('button', { name: 'Keep writing' }).click();
    expect(await text.inputValue()).toBe('Three lines, no adjectives. Then the reader.');
    // the cross, which has had the focus, may still show its name: Escape would take that away first
    await text.focus();
    await expect.poll(() => page.getByRole('tooltip').count()).toBe(0);
    await text.press('Escape');
    await question.getByRole('button', { name: 'Discard' }).click();
    await dialog.waitFor({ state: 'detached' });

    // with nothing typed there is nothing to ask
    await page.getByRole('main').getByRole('button', { name: 'Add samples' }).click();
    expect(await text.inputValue()).toBe('');
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    expect(desk.complaints).toEqual([]);
  });

  it('is not lost by leaving the page, by a link or by the way back', async () => {
    const desk = await signUp();
    const { page } = desk;
    await page.goto(`${desk.home}/library`);
    await page.getByRole('navigation').first().getByRole('link', { name: 'Brand', exact: true }).click();
    const section = page.getByRole('region', { name: 'Business' });
    await section.getByRole('button', { name: 'Edit business' }).click();
    const field = section.getByRole('textbox').first();
    await field.fill('We sharpen old saws.');
    const question = asked(page, 'Leave without saving?');
    await page.getByRole('navigation').first().getByRole('link', { name: 'Library', exact: true }).click();
    await question.waitFor();
    await expectAccessible(page, 'the question before a page is left');
    await question.getByRole('button', { name: 'Keep writing' }).click();
    await question.waitFor({ state: 'detached' });
    expect(new URL(page.url()).pathname).toBe(`${desk.home}/brand`);
    expect(await field.inputValue()).toBe('We sharpen old saws.');

    await page.goBack();
    await question.getByRole('button', { name: 'Keep writing' }).click();
    await question.waitFor({ state: 'detached' });
    await expect.poll(() => new URL(page.url()).pathname).toBe(`${desk.home}/brand`);
    expect(await field.inputValue()).toBe('We sharpen old saws.');

    // saved, nobody asks
    await section.getByRole('button', { name: 'Save' }).click();
    await section.getByText('We sharpen old saws.').waitFor();
    await page.getByRole('navigation').first().getByRole('link', { name: 'Library', exact: true }).click();
    await page.waitForURL(/\/library$/);

    // and whoever means it goes
    await page.goto(`${desk.home}/settings/profile`);
    await page.getByLabel('About you').fill('Keeper of the light.');
    await page.getByRole('navigation').first().getByRole('link', { name: 'Library', exact: true }).click();
    await question.getByRole('button', { name: 'Discard and leave' }).click();
    await page.waitForURL(/\/library$/);
    expect(desk.complaints).toEqual([]);
  });

  it('does not hold what moves its own address when it is saved', async () => {
    const desk = await signUp();
    const { page } = desk;
    await page.goto(`${desk.home}/settings/brands`);
    const address = page.getByRole('main').getByLabel('Address', { exact: true });
    const slug = `${await address.inputValue()}-anew`;
    await address.fill(slug);
    await page.getByRole('button', { name: 'Save' }).first().click();
    await page.waitForURL((url) => url.pathname.split('/')[2] === slug);
    expect(await page.getByRole('alertdialog').count()).toBe(0);
    expect(desk.complaints).toEqual([]);
  });
});

describe('what is shown once', () => {
  it('stays until its button is pressed', async () => {
    const desk = await signUp(phone);
    const { page } = desk;
    await page.goto(`${desk.home}/settings/members`);
    await page.getByRole('link', { name: 'API keys' }).tap();
    await page.getByRole('button', { name: 'New key' }).tap();
    const form = page.getByRole('dialog', { name: 'New API key' });
    await form.getByLabel('What is it for?').fill('Nightly import');
    await form.getByRole('button', { name: 'Make the key' }).tap();
    const once = page.getByRole('dialog', { name: 'Copy the key now' });
    const key = await once.locator('code').innerText();
    await page.keyboard.press('Escape');
    await page.touchscreen.tap(195, 60);
    expect(await once.getByRole('button', { name: 'Close' }).count()).toBe(0);
    await page.evaluate(() => history.back());
    const question = asked(page, 'Have you stored it?');
    await question.waitFor();
    await expectNoSidewaysScroll(page, 'the question before a key goes');
    await expectAccessible(page, 'the question before a key goes');
    await question.getByRole('button', { name: 'Stay here' }).tap();
    await question.waitFor({ state: 'detached' });
    expect(await once.locator('code').innerText()).toBe(key);
    await once.getByRole('button', { name: 'I have it' }).tap();
    await once.waitFor({ state: 'detached' });
    expect(desk.complaints).toEqual([]);
  });
});

describe('a session that has ended', () => {
  it('offers to sign in beside the page, and what is typed is saved afterwards', async () => {
    const desk = await signUp();
    const { page, context } = desk;
    await page.goto(`${desk.home}/brand`);
    const section = page.getByRole('region', { name: 'Business' });
    await section.getByRole('button', { name: 'Edit business' }).click();
    const field = section.getByRole('textbox').first();
    await field.fill('We sharpen old saws.');
    await endSession(desk);
    await section.getByRole('button', { name: 'Save' }).click();
    const question = asked(page, 'You were signed out');
    await question.waitFor();
    await expectAccessible(page, 'a session that has ended');
    await expect.poll(() => question.getByRole('link', { name: /^Sign in/ }).evaluate((link) => link === document.activeElement)).toBe(true);

    const [tab] = await Promise.all([context.waitForEvent('page'), page.keyboard.press('Enter')]);
    // a wrong password is no session that ends
    await tab.getByLabel('Email').fill(desk.email);
    await tab.getByLabel('Password').fill('not the password at all');
    await tab.getByRole('button', { name: 'Sign in', exact: true }).click();
    await tab.getByRole('alert').waitFor();
    expect(await tab.getByRole('alertdialog').count()).toBe(0);
    expect(await question.count()).toBe(1);
    await tab.getByLabel('Password').fill(desk.password);
    await tab.getByRole('button', { name: 'Sign in', exact: true }).click();
    await tab.getByRole('heading', { name: 'You are signed in again' }).waitFor();
    await expectAccessible(tab, 'signed in for another tab');
    await tab.close();

    await question.waitFor({ state: 'detached' });
    expect(await field.inputValue()).toBe('We sharpen old saws.');
    await section.getByRole('button', { name: 'Save' }).click();
    await section.getByRole('button', { name: 'Edit business' }).waitFor();
    await section.getByText('We sharpen old saws.').waitFor();
    expect(desk.complaints).toEqual([]);
  });

  it('stands before an open dialog, and can wait', async () => {
    const desk = await signUp();
    const { page } = desk;
    await page.goto(`${desk.home}/brand/hooks`);
    await page.getByRole('button', { name: 'New hook' }).click();
    const dialog = page.getByRole('dialog', { name: 'New hook' });
    await dialog.getByLabel('The line').fill('Nobody reads release notes for pleasure.');
    await endSession(desk);
    await dialog.getByRole('button', { name: 'Keep the hook' }).click();
    const question = asked(page, 'You were signed out');
    await question.getByRole('button', { name: 'Not now' }).click();
    await question.waitFor({ state: 'detached' });
    await dialog.getByText('You were signed out. Sign in again, then try once more.').waitFor();
    expect(await dialog.getByLabel('The line').inputValue()).toBe('Nobody reads release notes for pleasure.');
    // signed in elsewhere meanwhile: the next try goes through
    await send(desk, 'POST', '/api/v1/auth/sign-in', { email: desk.email, password: desk.password });
    await dialog.getByRole('button', { name: 'Keep the hook' }).click();
    await page.getByRole('list', { name: 'Hooks' }).getByText('Nobody reads release notes for pleasure.').waitFor();
    expect(desk.complaints).toEqual([]);
  });
});
