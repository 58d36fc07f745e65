import { describe, expect, it } from 'vitest';
import { expectAccessible, expectNoSidewaysScroll, getPost, loaded, makeDrafts, openPage, phone, send, signUp, withBrowser } from './helpers';

withBrowser();

describe('approvals', () => {
  it('go from a rule to a link, to the client’s word without an account, and to an approved draft', async () => {
    const desk = await signUp();
    const { page } = desk;
    const { posts } = await makeDrafts(desk, ['linkedin.short']);
    const post = posts[0]?.id ?? '';

    // with a picture, drawn by the browser
    const drawn = await page.evaluate(() => Object.assign(document.createElement('canvas'), { width: 640, height: 480 }).toDataURL('image/png').split(',')[1] ?? '');
    const taken = await desk.context.request.post(`${desk.api}/media?name=door.png`, { data: Buffer.from(drawn, 'base64'), headers: { origin: new URL(page.url()).origin, 'content-type': 'image/png' } });
    const { media } = (await taken.json()) as { media: { id: string } };
    const before = await getPost(desk, post);
    await send(desk, 'PATCH', `${desk.api}/posts/${post}`, { media: [{ media_id: media.id, alt_text: 'The door of the bakery' }] }, { 'if-match': `"${before.version}"` });

    // a rule, by the form
    await page.goto(`${desk.home}/brand/approvals`);
    await page.getByText('No rule yet').waitFor();
    await expectAccessible(page, 'no rules and no links');
    await page.getByRole('button', { name: 'New rule' }).click();
    const rule = page.getByRole('dialog', { name: 'New rule' });
    await rule.getByLabel('Must be approved by').selectOption('client');
    await expectAccessible(page, 'a new rule');
    await rule.getByRole('button', { name: 'Make the rule' }).click();
    await page.getByRole('list', { name: 'Approval rules' }).getByText('Every network: the client approves').waitFor();

    // the draft says what it lacks, and is sent to the client
    await page.goto(`${desk.home}/library?post=${post}`);
    const review = page.getByRole('region', { name: 'Review' });
    await review.getByText(/asks for the client’s approval|asks for the client's approval/).waitFor();
    await review.getByRole('button', { name: 'Ask for review' }).click();
    await page.getByRole('dialog', { name: 'Ask for review' }).getByRole('button', { name: 'Make a link' }).click();
    const made = page.getByRole('dialog', { name: 'A link to this post' });
    await made.getByLabel('For whom').fill('Bell Rock Bakery');
    await made.getByRole('button', { name: 'Make the link' }).click();
    const once = page.getByRole('dialog', { name: 'Send this link' });
    const url = new URL((await once.locator('code').textContent()) ?? '');
    await expectAccessible(page, 'a link that is shown once');
    await once.getByRole('button', { name: 'I have it' }).click();

    // the client has no account
    const guest = await openPage(phone);
    await guest.page.goto(url.pathname);
    const card = guest.page.getByRole('article').first();
    await card.waitFor();
    await guest.page.getByRole('heading', { level: 1 }).waitFor();
    // the picture is there for somebody without an account too
    const door = card.getByRole('img', { name: 'The door of the bakery' });
    await expect.poll(() => door.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(640);
    await expectAccessible(guest.page, 'a client’s page');
    await expectNoSidewaysScroll(guest.page, 'a client’s page');
    await card.getByRole('button', { name: 'Ask for changes' }).click();
    await card.getByRole('button', { name: 'Ask for changes' }).click();
    await card.getByText('Say it in words.').waitFor();
    await card.getByLabel('What should be different?').fill('Say Saturday, not the weekend.');
    await card.getByRole('button', { name: 'Ask for changes' }).click();
    const name = guest.page.getByRole('dialog', { name: 'Who are you?' });
    await name.getByLabel('Your name').fill('Tom Achterberg');
    await name.getByRole('button', { name: 'Go on' }).click();
    await card.getByText('You asked for changes').waitFor();

    // the team reads it and settles it
    const told = review.getByRole('list', { name: 'What was said' });
    await told.getByText('Say Saturday, not the weekend.').waitFor();
    await expectAccessible(page, 'a draft with a request');
    await told.getByRole('button', { name: /^Settle/ }).click();
    await told.getByText('settled').waitFor();

    // asked for the name once only
    await guest.page.reload();
    await card.getByRole('button', { name: 'Approve', exact: true }).click();
    await card.getByText('You approved this text.').waitFor();
    await expect.poll(async () => (await getPost(desk, post)).status).toBe('approved');

    // when it was opened is known; taken back, it opens a kind page
    await page.goto(`${desk.home}/brand/approvals`);
    const links = page.getByRole('list', { name: 'Client links' });
    await links.getByText(/Opened (once|\d+ times)/).waitFor();
    await expectAccessible(page, 'rules and links');
    await links.getByRole('button', { name: /^Take back/ }).click();
    await page.getByRole('alertdialog').or(page.getByRole('dialog')).getByRole('button', { name: 'Take it back' }).click();
    await links.getByText('Taken back').waitFor();
    await guest.page.reload();
    await guest.page.getByRole('heading', { name: 'This link doesn’t open any more' }).waitFor();
    await expectAccessible(guest.page, 'a link that is over');
    expect([...desk.complaints, ...guest.complaints]).toEqual([]);
  }, 240_000);

  it('tell a person on Today what waits for them', async () => {
    const desk = await signUp();
    const { page } = desk;
    const { posts } = await makeDrafts(desk, ['sandbox.post']);
    const post = posts[0]?.id ?? '';
    await page.goto(`${desk.home}/today`);
    await loaded(page);
    expect(await page.getByRole('region', { name: 'Waiting for your review' }).count()).toBe(0);
    await send(desk, 'POST', `${desk.api}/approval-rules`, { approver: 'manager' });
    const waiting = page.getByRole('region', { name: 'Waiting for your review' });
    await waiting.waitFor();
    await expectAccessible(page, 'Today with a review that waits');
    await send(desk, 'POST', `${desk.api}/posts/${post}/reviews`, { verdict: 'approved' });
    await waiting.waitFor({ state: 'detached' });
    expect(desk.complaints).toEqual([]);
  }, 120_000);
});
