import { describe, expect, it } from 'vitest';
import { expectAccessible, expectNoSidewaysScroll, goByKeys, loaded, phone, send, signUp, tabTo, withBrowser, type Desk } from './helpers';

withBrowser();

interface Profile { version: number; completeness: number; business: { industry?: string; differentiators: string[] }; topics: { key_topics: string[] } }
const profileOf = async (desk: Desk): Promise<Profile> => (await desk.context.request.get(`${desk.api}/profile`)).json();
const named = async (desk: Desk, list: string): Promise<{ name: string }[]> => (await (await desk.context.request.get(`${desk.api}/${list}`)).json()).items;

/** A square picture of one colour, as a file. */
const picture = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAIAAABLbSncAAAAEUlEQVR42mOoChfAihiGlgQAFZI4QbWK2hMAAAAASUVORK5CYII=', 'base64');

describe('the profile', () => {
  it('is written by sections, by the keyboard, and says what is missing', async () => {
    const desk = await signUp();
    const { page } = desk;
    await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Brand' }).waitFor();
    await goByKeys(page, 'b', /\/brand$/);
    await loaded(page);
    await page.getByText(/^Missing: About, Kind of business/).waitFor();
    await expectAccessible(page, 'an empty profile');

    const section = page.getByRole('region', { name: 'Business' });
    await tabTo(page, section.getByRole('button', { name: 'Edit business' }));
    await page.keyboard.press('Enter');
    await tabTo(page, section.getByLabel('Industry'));
    await page.keyboard.type('Furniture');
    await tabTo(page, section.getByLabel('Add a difference'));
    await page.keyboard.type('Every joint is cut by hand, not by a machine');
    await page.keyboard.press('Enter');
    await expectAccessible(page, 'a section of the profile, edited');
    await tabTo(page, section.getByRole('button', { name: 'Save' }));
    await page.keyboard.press('Enter');
    await section.getByText('Every joint is cut by hand, not by a machine').waitFor();
    await section.getByText('40 %').waitFor();
    // back where one was
    await expect.poll(() => section.getByRole('button', { name: 'Edit business' }).evaluate((b) => b === document.activeElement)).toBe(true);
    const kept = await profileOf(desk);
    expect(kept.business).toMatchObject({ industry: 'Furniture', differentiators: ['Every joint is cut by hand, not by a machine'] });
    await page.getByText(`${kept.completeness} % filled`).waitFor();
    expect(desk.complaints).toEqual([]);
  });

  it('keeps what is typed when somebody else was faster, and no change of theirs is lost unseen', async () => {
    const desk = await signUp();
    const { page } = desk;
    await page.goto(`${desk.home}/brand/profile`);
    const section = page.getByRole('region', { name: 'Business' });
    await section.getByRole('button', { name: 'Edit business' }).click();
    await section.getByLabel('Industry').fill('Mine');
    const { version } = await profileOf(desk);
    await send(desk, 'PATCH', `${desk.api}/profile`, { business: { industry: 'Theirs', differentiators: ['Kept'] } }, { 'if-match': `"${version}"` });
    await section.getByRole('button', { name: 'Save' }).click();
    await section.getByText(/^Somebody changed this/).waitFor();
    await section.getByText('Theirs: Theirs').waitFor();
    expect(await section.getByLabel('Industry').inputValue()).toBe('Mine');
    await expectAccessible(page, 'a section that was changed meanwhile');
    await section.getByRole('button', { name: 'Save' }).click();
    await section.getByText('Mine', { exact: true }).waitFor();
    expect((await profileOf(desk)).business).toMatchObject({ industry: 'Mine', differentiators: ['Kept'] });
    expect(desk.complaints).toEqual([]);
  });

  it('has a picture, put there and taken away', async () => {
    const desk = await signUp();
    const { page } = desk;
    await page.goto(`${desk.home}/brand/profile`);
    await loaded(page);
    await page.getByLabel('Picture of the brand').setInputFiles({ name: 'words.png', mimeType: 'image/png', buffer: Buffer.from('no picture at all') });
    await page.getByRole('alert').waitFor();
    await page.getByLabel('Picture of the brand').setInputFiles({ name: 'mark.png', mimeType: 'image/png', buffer: picture });
    const shown = page.getByRole('main').locator('img').first();
    await expect.poll(() => shown.evaluate((i: HTMLImageElement) => i.naturalWidth)).toBeGreaterThan(0);
    await page.getByRole('button', { name: 'Remove', exact: true }).click();
    await page.getByRole('button', { name: 'Choose a picture' }).waitFor();
    await expect.poll(() => shown.count()).toBe(0);
    expect(desk.complaints).toEqual([]);
  });

  it('is written on a phone', async () => {
    const desk = await signUp(phone);
    const { page } = desk;
    await page.getByRole('navigation', { name: 'Main' }).getByRole('button', { name: 'More' }).tap();
    await page.getByRole('menuitem', { name: 'Brand' }).tap();
    const section = page.getByRole('region', { name: 'Topics and words' });
    await section.getByRole('button', { name: 'Edit topics and words' }).tap();
    await section.getByLabel('Add a topic').fill('Oak, Repairs');
    await section.getByRole('button', { name: 'Save' }).tap();
    await section.getByRole('button', { name: 'Edit topics and words' }).waitFor();
    await section.getByText('Repairs').waitFor();
    expect((await profileOf(desk)).topics.key_topics).toEqual(['Oak', 'Repairs']);
    await expectNoSidewaysScroll(page, 'the profile');
    await expectAccessible(page, 'the profile on a phone');
    for (const other of ['audiences', 'pillars', 'hooks', 'offers', 'knowledge']) {
      await page.goto(`${desk.home}/brand/${other}`);
      await loaded(page);
      await expectNoSidewaysScroll(page, other);
      await expectAccessible(page, `${other} on a phone`);
    }
    expect(desk.complaints).toEqual([]);
  });
});

describe('audiences', () => {
  it('are added, changed and deleted', async () => {
    const desk = await signUp();
    const { page } = desk;
    await page.goto(`${desk.home}/brand/audiences`);
    await page.getByRole('heading', { name: 'No audiences yet' }).waitFor();
    await expectAccessible(page, 'no audiences');
    await page.getByRole('button', { name: 'New audience' }).click();
    const dialog = page.getByRole('dialog', { name: 'New audience' });
    await dialog.getByLabel('What you call them').fill('Owners of old houses');
    await dialog.getByLabel('Add a pain').fill('Doors that stick, every winter');
    await dialog.getByLabel('How much they know').selectOption('problem_aware');
    await dialog.getByText('Age, place and what moves them').click();
    await dialog.getByLabel('Age', { exact: true }).fill('40 to 70');
    await expectAccessible(page, 'a new audience');
    await dialog.getByRole('button', { name: 'Add the audience' }).click();
    const card = page.getByRole('list', { name: 'Audiences' }).getByRole('listitem').filter({ hasText: 'Owners of old houses' }).first();
    await card.getByText('Doors that stick, every winter').waitFor();
    await card.getByText('40 to 70').waitFor();
    await expectAccessible(page, 'an audience');
    await card.getByRole('button', { name: 'Edit Owners of old houses' }).click();
    await page.getByRole('dialog').getByLabel('What you call them').fill('House owners');
    await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
    await page.getByRole('heading', { name: 'House owners' }).waitFor();
    expect(await named(desk, 'audiences')).toMatchObject([{ name: 'House owners', demographics: { age: '40 to 70' }, pain_points: ['Doors that stick, every winter'], awareness_stage: 'problem_aware' }]);
    await page.getByRole('button', { name: 'Delete House owners' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await page.getByRole('heading', { name: 'No audiences yet' }).waitFor();
    expect(await named(desk, 'audiences')).toEqual([]);
    expect(desk.complaints).toEqual([]);
  });
});

describe('pillars', () => {
  it('are proposed and accepted, added, and put in order by the keyboard', async () => {
    const desk = await signUp();
    const { page } = desk;
    await send(desk, 'PATCH', `${desk.api}/profile`, { topics: { key_topics: ['Repairs'] } }, { 'if-match': `"${(await profileOf(desk)).version}"` });
    await page.goto(`${desk.home}/brand/pillars`);
    await page.getByRole('heading', { name: 'No pillars yet' }).waitFor();
    const proposed = page.getByRole('list', { name: 'Proposed pillars' });
    await proposed.getByText('Repairs', { exact: true }).waitFor();
    await expectAccessible(page, 'proposed pillars');
    await tabTo(page, proposed.getByRole('button', { name: 'Accept Repairs' }));
    await page.keyboard.press('Enter');
    const pillars = page.getByRole('list', { name: 'Pillars', exact: true });
    await pillars.getByRole('heading', { name: 'Repairs' }).waitFor();
    await proposed.waitFor({ state: 'detached' });

    await page.getByRole('button', { name: 'New pillar' }).click();
    const dialog = page.getByRole('dialog', { name: 'New pillar' });
    await dialog.getByLabel('Name').fill('repairs');
    await dialog.getByRole('button', { name: 'Add the pillar' }).click();
    // no two of a brand have the same name, and the dialog says so
    await expect.poll(() => dialog.locator('[aria-invalid="true"], [role="alert"]').count()).toBeGreaterThan(0);
    await dialog.getByLabel('Name').fill('Old houses');
    await dialog.getByLabel('Add a subtopic').fill('Windows, Doors');
    await expectAccessible(page, 'a new pillar');
    await dialog.getByRole('button', { name: 'Add the pillar' }).click();
    await pillars.getByRole('heading', { name: 'Old houses' }).waitFor();

    const up = page.getByRole('button', { name: 'Move Old houses up' });
    await tabTo(page, up);
    await page.keyboard.press('Enter');
    await expect.poll(async () => (await named(desk, 'pillars')).map((p) => p.name)).toEqual(['Old houses', 'Repairs']);
    await page.getByText('Old houses is now 1 of 2.').waitFor();
    await expect.poll(() => up.evaluate((b) => b === document.activeElement)).toBe(true);
    await pillars.getByRole('heading', { name: 'Repairs' }).dragTo(pillars.getByRole('heading', { name: 'Old houses' }));
    await expect.poll(async () => (await named(desk, 'pillars')).map((p) => p.name)).toEqual(['Repairs', 'Old houses']);
    await page.reload();
    await expect.poll(() => pillars.getByRole('heading').allInnerTexts()).toEqual(['Repairs', 'Old houses']);
    await expectAccessible(page, 'the pillars');
    expect(desk.complaints).toEqual([]);
  });
});

describe('hooks', () => {
  it('are kept, filtered in the address, taken once a month, deleted and brought back', async () => {
    const desk = await signUp();
    const { page } = desk;
    await page.goto(`${desk.home}/brand/hooks`);
    await page.getByRole('heading', { name: 'No hooks yet' }).waitFor();
    await expectAccessible(page, 'no hooks');
    await tabTo(page, page.getByRole('main').getByRole('button', { name: 'New hook' }));
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: 'New hook' });
    await dialog.getByLabel('The line').fill('Why do old doors stick in winter?');
    await dialog.getByLabel('Kind').selectOption('question');
    await expectAccessible(page, 'a new hook');
    await dialog.getByRole('button', { name: 'Keep the hook' }).click();
    const hooks = page.getByRole('list', { name: 'Hooks' });
    await hooks.getByText('Why do old doors stick in winter?').waitFor();
    await send(desk, 'POST', `${desk.api}/hooks`, { text: 'A plane takes off less than you think.' });
    await page.reload();
    await expect.poll(() => hooks.getByRole('listitem').count()).toBe(2);

    await page.getByLabel('Kind').selectOption('question');
    await page.waitForURL(/hooks\?kind=question$/);
    await expect.poll(() => hooks.getByRole('listitem').count()).toBe(1);
    await page.getByRole('button', { name: 'Next hook' }).click();
    const picked = page.getByRole('dialog', { name: 'Your next hook' });
    await picked.getByText('Why do old doors stick in winter?').waitFor();
    await expectAccessible(page, 'the next hook');
    await picked.getByRole('button', { name: 'Done' }).click();
    await hooks.getByText('taken once').waitFor();
    // of that kind there is none left this month, and it says so
    await page.getByRole('button', { name: 'Next hook' }).click();
    await page.getByText('No hook was taken').waitFor();
    await page.getByRole('checkbox', { name: 'Not taken this month' }).click();
    await page.getByRole('heading', { name: 'Nothing fits' }).waitFor();
    await page.getByRole('button', { name: 'Show all hooks' }).click();
    await expect.poll(() => hooks.getByRole('listitem').count()).toBe(2);
    await expectAccessible(page, 'the hooks');

    await page.getByRole('button', { name: 'Delete “Why do old doors stick in winter?”' }).click();
    await expect.poll(() => hooks.getByRole('listitem').count()).toBe(1);
    await page.getByRole('button', { name: 'Undo' }).click();
    await hooks.getByText('Why do old doors stick in winter?').waitFor();
    await page.getByRole('button', { name: 'Edit “Why do old doors stick in winter?”' }).click();
    await page.getByRole('dialog').getByLabel('The line').fill('Why do doors stick in January?');
    await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
    await hooks.getByText('Why do doors stick in January?').waitFor();
    expect(desk.complaints).toEqual([]);
  });
});

describe('offers', () => {
  const description = 'The Oak Desk is a writing desk from one tree. It is made for people who work at home and have little room. You can fold it to the depth of a book, so your kitchen is a kitchen again after work. The price includes delivery within Germany.';

  it('are read from their description with the sentence that says so, changed, deleted and brought back', async () => {
    const desk = await signUp();
    const { page } = desk;
    await page.goto(`${desk.home}/brand/offers`);
    await page.getByRole('heading', { name: 'No offers yet' }).waitFor();
    await expectAccessible(page, 'no offers');
    await tabTo(page, page.getByRole('main').getByRole('button', { name: 'New offer' }));
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: 'New offer' });
    await dialog.getByLabel('Name').fill('Oak Desk');
    await dialog.getByLabel('Description').fill(description);
    await dialog.getByLabel('Price').fill('much');
    await dialog.getByText('An amount such as 49 or 49.50.').waitFor();
    await dialog.getByLabel('Price').fill('1 490');
    await dialog.getByRole('button', { name: 'Add a promotion' }).click();
    await dialog.getByLabel('Promotion', { exact: true }).fill('Oil for a year');
    await expectAccessible(page, 'a new offer');
    await dialog.getByRole('button', { name: 'Add the offer' }).click();
    const offer = page.getByRole('list', { name: 'Offers' }).getByRole('listitem').filter({ hasText: 'Oak Desk' }).first();
    await offer.getByText(/1,490/).waitFor();
    await offer.getByText('Oil for a year').waitFor();
    const audience = offer.getByRole('definition').filter({ hasText: 'people who work at home' });
    await audience.getByRole('button', { name: /^Where “.*” is from$/ }).click();
    const evidence = page.getByRole('dialog', { name: 'Where it is from' });
    await evidence.getByText('It is made for people who work at home and have little room.').waitFor();
    await expectAccessible(page, 'where something of an offer is from');
    await page.keyboard.press('Escape');

    await offer.getByRole('button', { name: 'Edit Oak Desk' }).click();
    const edit = page.getByRole('dialog', { name: 'Edit Oak Desk' });
    await edit.getByLabel('Add a benefit').fill('It makes no noise, ever');
    await edit.getByLabel('Description').fill(description.replace('at home', 'on the road'));
    await edit.getByRole('button', { name: 'Save' }).click();
    await offer.getByText('It makes no noise, ever').waitFor();
    await offer.getByRole('button', { name: 'Read the description of Oak Desk anew' }).click();
    await offer.getByText(/people who work on the road/).waitFor();
    await page.getByText(/findings? in the description/).waitFor();
    // what a person wrote stays
    await offer.getByText('It makes no noise, ever').waitFor();
    expect(await offer.getByText(/people who work at home/).count()).toBe(0);

    await offer.getByRole('button', { name: 'Delete Oak Desk' }).click();
    await page.getByRole('heading', { name: 'No offers yet' }).waitFor();
    expect(await named(desk, 'offers')).toHaveLength(1);
    await page.keyboard.press('z');
    await offer.getByText('Oil for a year').waitFor();
    await offer.getByRole('button', { name: 'Delete Oak Desk' }).click();
    await page.getByText('Oak Desk is deleted').waitFor();
    // whoever leaves at once has deleted it all the same
    await page.goto('about:blank');
    await expect.poll(() => named(desk, 'offers')).toEqual([]);
    expect(desk.complaints).toEqual([]);
  });
});

describe('knowledge', () => {
  it('is kept with its source, found, marked when it expires, and deleted with the message', async () => {
    const desk = await signUp();
    const { page } = desk;
    await page.goto(`${desk.home}/brand/knowledge`);
    await page.getByRole('heading', { name: 'Nothing kept yet' }).waitFor();
    await expectAccessible(page, 'no knowledge');
    await page.getByRole('button', { name: 'New snippet' }).click();
    const dialog = page.getByRole('dialog', { name: 'New snippet' });
    await dialog.getByLabel('What is known').fill('38 chairs came back last year. One was ours.');
    await dialog.getByLabel('Kind').selectOption('statistic');
    await dialog.getByLabel('Source').fill('Our repair book');
    await dialog.getByLabel('Where it can be read').fill('no address');
    await dialog.getByRole('button', { name: 'Keep the snippet' }).click();
    await expect.poll(() => dialog.locator('[aria-invalid="true"]').count()).toBe(1);
    await expectAccessible(page, 'a new snippet with a fault');
    await dialog.getByLabel('Where it can be read').fill('https://example.com/repairs');
    await dialog.getByRole('button', { name: 'Keep the snippet' }).click();
    const list = page.getByRole('list', { name: 'Knowledge' });
    await list.getByRole('link', { name: 'Our repair book' }).waitFor();
    await send(desk, 'POST', `${desk.api}/knowledge`, { content: 'The shop is closed in August.', kind: 'answer', valid_until: '2025-08-31' });
    // another hand's change reaches the open page by itself
    await list.getByText(/^Expired/).waitFor();
    await expectAccessible(page, 'knowledge, some of it expired');

    await page.getByRole('checkbox', { name: 'Only what may be cited today' }).click();
    await page.waitForURL(/knowledge\?valid=true$/);
    await expect.poll(() => list.getByRole('listitem').count()).toBe(1);
    await page.getByRole('searchbox', { name: 'Search knowledge' }).fill('nothing of the kind');
    await page.getByRole('heading', { name: 'Nothing fits' }).waitFor();
    await page.getByRole('button', { name: 'Show all snippets' }).click();
    await expect.poll(() => list.getByRole('listitem').count()).toBe(2);

    await page.getByRole('button', { name: 'Edit “The shop is closed in August.”' }).click();
    await page.getByRole('dialog').getByLabel('Valid until').fill('');
    await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
    await expect.poll(() => list.getByText(/^Expired/).count()).toBe(0);
    await page.getByRole('button', { name: 'Delete “The shop is closed in August.”' }).click();
    await expect.poll(() => list.getByRole('listitem').count()).toBe(1);
    await page.getByRole('region', { name: 'Messages' }).getByRole('button', { name: 'Dismiss' }).last().click();
    await expect.poll(async () => (await named(desk, 'knowledge')).length).toBe(1);
    expect(desk.complaints).toEqual([]);
  });
});
