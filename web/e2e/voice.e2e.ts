import { describe, expect, it } from 'vitest';
import { expectAccessible, expectNoSidewaysScroll, loaded, makeDrafts, phone, send, signUp, tabTo, withBrowser, type Desk } from './helpers';
import { like, own, unlike } from './voice-texts';

withBrowser();

interface Model { id: string; version: number; status: string; active: boolean }
const models = async (desk: Desk): Promise<Model[]> => (await (await desk.context.request.get(`${desk.api}/voice/models`)).json()).items;
const samples = async (desk: Desk): Promise<{ text: string; used_for_training: boolean }[]> => (await (await desk.context.request.get(`${desk.api}/voice/samples?limit=50`)).json()).items;
const give = (desk: Desk, texts: string[]) => send(desk, 'POST', `${desk.api}/voice/samples`, { kind: 'own', samples: texts.map((text) => ({ text })) });
/** A voice learned over the API, for what is about something else. */
async function teach(desk: Desk): Promise<void> {
  await give(desk, own);
  await send(desk, 'POST', `${desk.api}/voice/models`, { family: 'all' });
  await expect.poll(async () => (await models(desk))[0]?.status, { timeout: 90_000 }).toBe('completed');
}

describe('a voice', () => {
  it('is taught by the keyboard, tells what it knows, and hears a text', async () => {
    const desk = await signUp();
    const { page } = desk;
    await page.goto(`${desk.home}/brand/voice`);
    await page.getByRole('heading', { name: 'Drafts that sound like you' }).waitFor();
    await expectAccessible(page, 'no voice');
    await tabTo(page, page.getByRole('main').getByRole('button', { name: 'Add samples' }));
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Add samples' });
    await dialog.getByLabel('Your texts').fill(own.slice(0, 2).join('\n\n---\n\n'));
    await dialog.getByText(/^2 texts, \d+ words$/).waitFor();
    await expectAccessible(page, 'samples, pasted');
    await dialog.getByRole('button', { name: 'Add 2 samples' }).click();
    await page.getByRole('dialog', { name: '2 samples are added' }).getByRole('button', { name: 'Done' }).click();

    // two samples are not enough, and the page says how many are
    await page.getByRole('heading', { name: 'Not enough to say' }).waitFor();
    await page.getByText('2 of 6', { exact: true }).waitFor();
    await page.getByText('4 more samples to go.').waitFor();
    expect(await page.getByRole('button', { name: 'Learn this voice' }).count()).toBe(0);
    await expectAccessible(page, 'a voice of two samples');

    await give(desk, own.slice(2));
    await page.getByRole('button', { name: 'Learn this voice' }).click();
    await page.getByRole('heading', { name: 'Your voice, version 1' }).waitFor({ timeout: 90_000 });
    await page.getByText(/it tells which is yours \d+ times in 100/).waitFor();
    await expectAccessible(page, 'a voice');

    const said = page.getByRole('region', { name: 'What the voice says' });
    await page.getByLabel('A text to try').fill('Too short.');
    await said.getByText('Too short to say').waitFor();
    await page.getByLabel('A text to try').fill(unlike);
    await said.getByRole('heading', { name: 'What to change' }).waitFor();
    const of = async () => Number(await said.getByRole('meter', { name: 'Voice match' }).getAttribute('aria-valuenow'));
    const before = await of();
    await expectAccessible(page, 'a text that is off');
    await page.getByLabel('A text to try').fill(like);
    await expect.poll(of).toBeGreaterThan(before);
    expect(desk.complaints).toEqual([]);
  });

  it('has samples that are filtered in the address, left out, deleted and brought back', async () => {
    const desk = await signUp();
    const { page } = desk;
    await give(desk, own.slice(0, 3));
    await page.goto(`${desk.home}/brand/voice?show=samples`);
    const table = page.getByRole('table', { name: 'Samples' });
    await expect.poll(() => table.getByRole('row').count()).toBe(4);
    await expectAccessible(page, 'samples');
    await table.getByRole('checkbox', { name: /^Learn from “Why do old doors/ }).click();
    await expect.poll(async () => (await samples(desk)).filter((s) => !s.used_for_training).length).toBe(1);
    await page.getByLabel('Use', { exact: true }).selectOption('false');
    await page.waitForURL(/used=false/);
    await expect.poll(() => table.getByRole('row').count()).toBe(2);
    await page.getByLabel('Network').selectOption('x');
    await page.getByRole('heading', { name: 'Nothing fits' }).waitFor();
    await page.getByRole('button', { name: 'Show all samples' }).click();
    await page.getByLabel('Order').selectOption('best');
    await page.waitForURL(/sort=best/);
    await expect.poll(() => table.getByRole('row').count()).toBe(4);

    await table.getByRole('button', { name: /^What breaks first/ }).click();
    await page.getByRole('dialog', { name: 'Sample' }).getByText('Bring it back by Friday.').waitFor();
    await expectAccessible(page, 'one sample');
    await page.keyboard.press('Escape');
    await table.getByRole('button', { name: /^Delete “What breaks first/ }).click();
    await expect.poll(() => table.getByRole('row').count()).toBe(3);
    await page.keyboard.press('z');
    await expect.poll(() => table.getByRole('row').count()).toBe(4);
    await table.getByRole('button', { name: /^Delete “What breaks first/ }).click();
    await page.getByRole('region', { name: 'Messages' }).getByRole('button', { name: 'Dismiss' }).last().click();
    await expect.poll(async () => (await samples(desk)).length).toBe(2);
    expect(desk.complaints).toEqual([]);
  });

  it('takes a file, and says by line what it refused', async () => {
    const desk = await signUp();
    const { page } = desk;
    await page.goto(`${desk.home}/brand/voice?show=samples`);
    await page.getByRole('main').getByRole('button', { name: 'Add samples' }).last().click();
    const dialog = page.getByRole('dialog', { name: 'Add samples' });
    await dialog.getByRole('radio', { name: 'A file' }).click();
    await expectAccessible(page, 'samples from a file');
    const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
    const rows = ['text,network,likes', `${quoted(own[0] ?? '')},x,12`, `${quoted(own[0] ?? '')},x,12`, ',x,3', `${quoted(own[1] ?? '')},linkedin,4`];
    await dialog.getByLabel('File with samples').setInputFiles({ name: 'posts.csv', mimeType: 'text/csv', buffer: Buffer.from(rows.join('\n')) });
    await dialog.getByRole('button', { name: 'Read the file' }).click();
    const result = page.getByRole('dialog', { name: '2 samples are added' });
    await result.getByRole('list', { name: 'What was refused' }).getByText(/^Line 4$/).waitFor();
    await expectAccessible(page, 'what became of a file');
    await result.getByRole('button', { name: 'Done' }).click();
    await page.getByRole('table', { name: 'Samples' }).getByText('LinkedIn').waitFor();

    await page.getByRole('button', { name: 'Add samples' }).first().click();
    await dialog.getByRole('radio', { name: 'A file' }).click();
    await dialog.getByLabel('File with samples').setInputFiles({ name: 'archive.zip', mimeType: 'application/zip', buffer: Buffer.from('PK\x03\x04 and then nothing that belongs to an archive') });
    await dialog.getByRole('button', { name: 'Read the file' }).click();
    // either refused as a whole or item by item, and never in silence
    await page.getByRole('dialog').locator('[role="alert"], [aria-label="What was refused"]').first().waitFor();
    expect(desk.complaints).toEqual([]);
  });

  it('is a page to read, has versions, and goes back to an older one', async () => {
    const desk = await signUp();
    const { page } = desk;
    await teach(desk);
    await page.goto(`${desk.home}/brand/voice?show=guide`);
    const guide = page.getByRole('article', { name: 'Style guide' });
    await guide.getByRole('heading', { name: 'What you do' }).waitFor();
    // an example is a sentence that the author wrote
    const example = (await guide.locator('blockquote').first().innerText()).trim();
    expect(own.join(' ')).toContain(example);
    await guide.getByRole('list', { name: 'Rhythm, as a chart' }).getByText('Length of sentences').hover();
    await page.getByRole('tooltip').getByText(/Others/).waitFor();
    await expectAccessible(page, 'the style guide');
    await guide.getByRole('radio', { name: 'Table' }).click();
    await guide.getByRole('region', { name: 'Rhythm, as a table' }).getByRole('row').filter({ hasText: 'Length of sentences' }).waitFor();
    await expectAccessible(page, 'the style guide, as a table');

    await page.getByRole('link', { name: 'Versions' }).click();
    const versions = page.getByRole('list', { name: 'Versions' });
    await versions.getByText('Speaks now').waitFor();
    await give(desk, [like]);
    await send(desk, 'POST', `${desk.api}/voice/models`, { family: 'all' });
    await expect.poll(async () => (await models(desk))[0]?.version).toBe(2);
    await expect.poll(async () => (await models(desk))[0]?.status, { timeout: 90_000 }).toBe('completed');
    // the open page hears of it by itself
    await versions.getByRole('heading', { name: /^Version 2/ }).waitFor();
    await versions.getByText('How it was tried').first().click();
    await versions.getByText('Pieces of yours, not learned from').first().waitFor();
    await expectAccessible(page, 'versions');
    const other = (await models(desk)).find((m) => !m.active)?.version;
    await versions.getByRole('button', { name: new RegExp(`^(Go back to|Let speak) version ${other}$`) }).click();
    await expect.poll(async () => (await models(desk)).find((m) => m.active)?.version).toBe(other);
    await page.getByRole('button', { name: 'Undo' }).click();
    await expect.poll(async () => (await models(desk)).find((m) => m.active)?.version).not.toBe(other);

    // one that nobody needs goes, after a question
    await versions.getByRole('button', { name: `Delete version ${other}` }).click();
    const question = page.getByRole('dialog', { name: `Delete version ${other}?` });
    await question.getByText('The samples stay.').waitFor();
    await expectAccessible(page, 'about to delete a version');
    await question.getByRole('button', { name: 'Delete' }).click();
    await expect.poll(async () => (await models(desk)).map((m) => m.version)).not.toContain(other);
    await expect.poll(() => versions.getByRole('listitem').count()).toBe(1);
    expect(desk.complaints).toEqual([]);
  });
});

describe('drafts', () => {
  it('lead to a voice where there is none, and show how much they sound like it, live', async () => {
    const desk = await signUp();
    const { page } = desk;
    const { generation, posts } = await makeDrafts(desk, ['linkedin.long']);
    await page.goto(`${desk.home}/studio/${generation}`);
    await page.getByRole('link', { name: 'Show a few things you wrote' }).waitFor();
    expect(await page.getByRole('button', { name: /^Voice/ }).count()).toBe(0);
    await teach(desk);
    await page.goto(`${desk.home}/studio/${generation}?post=${posts[0]?.id}`);
    const match = page.getByRole('button', { name: /^Voice match/ });
    await match.waitFor();
    expect(await page.getByRole('link', { name: 'Show a few things you wrote' }).count()).toBe(0);
    const field = page.locator('[data-post] textarea').first();
    const of = async () => Number(/Voice match ([\d.]+)/.exec((await match.getAttribute('aria-label')) ?? '')?.[1] ?? NaN);
    await field.fill(unlike);
    await expect.poll(of).toBeLessThan(0.5);
    const off = await of();
    await match.click();
    await page.getByRole('dialog', { name: 'Voice match' }).getByRole('heading', { name: 'What to change' }).waitFor();
    await expectAccessible(page, 'why a draft is off');
    await page.keyboard.press('Escape');
    await field.fill(like);
    await expect.poll(of).toBeGreaterThan(off);
    expect(desk.complaints).toEqual([]);
  });
});

describe('on a phone', () => {
  it('every screen of the voice fits and is accessible', async () => {
    const desk = await signUp({ ...phone, colorScheme: 'dark' });
    const { page } = desk;
    await teach(desk);
    for (const show of ['', '?show=samples', '?show=guide', '?show=versions']) {
      await page.goto(`${desk.home}/brand/voice${show}`);
      await loaded(page);
      await expectNoSidewaysScroll(page, `voice${show}`);
      await expectAccessible(page, `voice${show} on a phone`);
    }
    await page.getByRole('button', { name: 'Add samples' }).tap();
    await page.getByRole('dialog', { name: 'Add samples' }).waitFor();
    await expectNoSidewaysScroll(page, 'adding samples');
    await expectAccessible(page, 'adding samples on a phone');
    expect(desk.complaints).toEqual([]);
  });
});
