import { describe, expect, it } from 'vitest';
import { expectNoSidewaysScroll, getPost, loaded, makeDrafts, signUp, tabTo, withBrowser, type Desk } from './helpers';
import { expectGood, small, wide } from './look';

withBrowser();

interface File { name: string; kind: string; alt_text: string; width?: number }
const read = async <T>(desk: Desk, path: string): Promise<T> => (await (await desk.context.request.get(`${desk.api}${path}`)).json()) as T;
const files = async (desk: Desk, post: string) => (await read<{ media: File[] }>(desk, `/posts/${post}`)).media;

/** In the dark, and on a phone. */
async function expectFine(desk: Desk, what: string): Promise<void> {
  const { page } = desk;
  await expectGood(page, what);
  await page.setViewportSize(small);
  await expectNoSidewaysScroll(page, what);
  await page.setViewportSize(wide);
}

describe('cards', () => {
  it('get the brand’s look, are drawn into the library, and into drafts as quotes and as slides', async () => {
    const desk = await signUp({ colorScheme: 'light' });
    const { page } = desk;

    // how they look: what can't be read is told at once, and not kept
    await page.goto(`${desk.home}/brand/cards`);
    const ink = page.getByLabel('Letters', { exact: true });
    await ink.fill('#f0e9dc');
    await page.getByText(/^Letters and background are too much alike: 1\.\d\s:\s1/).waitFor();
    expect(await page.getByRole('button', { name: 'Save' }).isDisabled()).toBe(true);
    await loaded(page);
    await expectFine(desk, 'how cards look, with a fault');
    await ink.fill('#fff');
    await page.getByLabel('Background', { exact: true }).fill('#14213D');
    await page.getByText(/^Letters can be read/).waitFor();
    await page.getByLabel('Signature').fill('Bell Rock Bakery');
    await page.getByLabel('Signature').press('Enter');
    await expect.poll(async () => read<object>(desk, '/card-style')).toMatchObject({ background: '#14213d', ink: '#ffffff', signature: 'Bell Rock Bakery', version: 1 });

    // by keys alone into the library
    await page.goto(`${desk.home}/media`);
    await page.getByRole('heading', { name: 'No files yet' }).waitFor();
    await tabTo(page, page.getByRole('button', { name: 'Make a card' }));
    await page.keyboard.press('Enter');
    const card = page.getByRole('dialog', { name: 'Make a card' });
    await card.getByRole('radio', { name: 'Landscape' }).click();
    await card.getByLabel('The words').fill('Three lines, no adjectives. 🎉');
    await card.getByRole('img', { name: /Three lines.*Bell Rock Bakery/ }).waitFor();
    await expectFine(desk, 'making a card');
    await card.getByRole('button', { name: 'Draw the card' }).click();
    await page.getByText('Left out: 🎉').waitFor();
    const panel = page.getByRole('region', { name: 'File', exact: true });
    await expect.poll(() => panel.getByLabel('Alt text').inputValue()).toContain('Three lines, no adjectives.');
    expect((await read<{ items: File[] }>(desk, '/media')).items[0]).toMatchObject({ kind: 'image', width: 1200 });

    // a sentence of a draft, in the shape that its network likes
    const { posts } = await makeDrafts(desk, ['x.post', 'linkedin.carousel']);
    const of = (target: string) => posts.find((p) => p.target === target)?.id ?? '';
    await page.goto(`${desk.home}/library?post=${of('x.post')}`);
    await page.getByRole('region', { name: 'Media' }).getByRole('button', { name: 'Make a card' }).click();
    const sentence = card.getByRole('list', { name: 'Sentences of the draft' }).getByRole('button').first();
    const words = (await sentence.textContent()) ?? '';
    expect(await card.getByRole('radio', { name: 'Landscape' }).isChecked()).toBe(true);
    await sentence.click();
    await expectFine(desk, 'a card of a draft');
    await card.getByRole('button', { name: 'Draw and attach' }).click();
    await expect.poll(async () => (await files(desk, of('x.post'))).map((m) => m.alt_text.split('\n')[0])).toEqual([words]);

    // a carousel: what can't be drawn is named by its slide, then one PDF
    await page.goto(`${desk.home}/library?post=${of('linkedin.carousel')}`);
    const media = page.getByRole('region', { name: 'Media' });
    await media.getByRole('button', { name: 'Make the PDF' }).click();
    const slides = page.getByRole('dialog', { name: 'Make the PDF' });
    await slides.getByRole('img', { name: /^Slide 1 of/ }).waitFor();
    await expectFine(desk, 'making a carousel’s PDF');
    const refused = `**/posts/${of('linkedin.carousel')}/cards`;
    await page.route(refused, (r) => r.fulfill({ status: 422, contentType: 'application/problem+json', body: JSON.stringify({ status: 422, code: 'invalid', errors: [{ path: 'content/slides/1/body', code: 'too_long', message: 'This is too long.' }] }) }));
    await slides.getByRole('button', { name: /^Draw \d+ slides$/ }).click();
    await slides.getByText('Slide 2: This is too long.').waitFor();
    await page.unroute(refused);
    // a quick server would have drawn them before anybody looked: it is asked once the words are there
    let told = false;
    await page.route(refused, async (r) => {
      await slides.getByText(/^Drawing \d+ slides/).waitFor();
      told = true;
      await r.continue();
    });
    await slides.getByRole('button', { name: /^Draw \d+ slides$/ }).click();
    await expect.poll(() => told).toBe(true);
    // closed, it is drawn all the same
    await page.keyboard.press('Escape');
    await slides.waitFor({ state: 'detached' });
    await expect.poll(async () => (await files(desk, of('linkedin.carousel'))).map((m) => m.kind), { timeout: 90_000 }).toEqual(['document']);
    await media.getByText(/\.pdf$/).first().waitFor();
    expect((await getPost(desk, of('linkedin.carousel'))).status).toBe('pending');
    expect(desk.complaints).toEqual([]);
  }, 240_000);
});
