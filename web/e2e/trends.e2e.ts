import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { FakeModel } from './fake-model';
import { expectAccessible, expectNoSidewaysScroll, goByKeys, loaded, send, signUp, withBrowser, type Desk } from './helpers';
import { expectGood } from './look';
import { startProgram, type Program } from './program';

withBrowser();

const hour = 3_600_000;
const papers = ['The Allotment', 'Harbour Notes', 'Angus Weekly', 'Small Boats', 'The Keeper', 'Tay Journal'];
/** What each of them writes about usually: no two alike. */
const things = ['herring', 'lamp oil', 'rope', 'slate roofs', 'seed potatoes', 'bee hives', 'chapel bells', 'ferry tickets', 'dry stone walls', 'kites', 'winter coats', 'ink', 'oatmeal', 'pear trees', 'bicycles', 'letters', 'sheep dogs', 'tide tables'];
const said = ['What we learned of', 'A word on', 'Nobody asked about', 'Ten years of', 'How to mend', 'Where to find'];
/** And what all of them write about since this morning. */
const news = [
  'Northern lights over Arbroath after a solar storm', 'Solar storm: where to see the northern lights tonight', 'Northern lights seen from Bell Rock', 'What a solar storm does to radio',
  'How to photograph the northern lights', 'Solar storm reaches its height before midnight', 'The northern lights, drawn by a keeper in 1859', 'Radio amateurs and the solar storm',
  'Northern lights again on Sunday', 'School opens its roof for the northern lights', 'A solar storm delays two ferries', 'Solar storm warnings, explained',
];

let site: Server;
let address: string;
let program: Program | undefined;
beforeAll(async () => {
  const now = Date.now();
  const entry = (title: string, path: string, ago: number) => `<item><title>${title}</title><link>${address}${path}</link><guid>${address}${path}</guid><pubDate>${new Date(now - ago).toUTCString()}</pubDate><description>${title}. We wrote down what we saw.</description></item>`;
  const feed = (paper: number) => {
    const usual = things.map((thing, i) => entry(`${said[(i + paper) % said.length]} ${thing}, by ${papers[paper]}`, `/${paper}/usual/${i}`, (20 + i * 22 + paper * 3) * hour));
    const fresh = [0, 1].map((n) => entry(news[paper * 2 + n] ?? '', `/${paper}/news/${n}`, (9 - paper - n * 2.5) * hour * 0.9 + 20 * 60_000));
    return `<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>${papers[paper]}</title><link>${address}/${paper}</link><description>d</description>${[...fresh, ...usual].join('')}</channel></rss>`;
  };
  site = createServer((request, answer) => {
    const paper = Number(/^\/(\d)\.xml$/.exec(request.url ?? '')?.[1] ?? -1);
    answer.writeHead(paper >= 0 ? 200 : 404, { 'content-type': 'application/rss+xml; charset=utf-8' }).end(paper >= 0 ? feed(paper) : 'no');
  });
  await new Promise<void>((done) => site.listen(0, '127.0.0.1', done));
  address = `http://127.0.0.1:${(site.address() as AddressInfo).port}`;
  program = await startProgram('[fetch]\nallow_private = ["127.0.0.0/8"]\npause_ms = 0\n');
});
afterAll(async () => {
  await program?.stop();
  await new Promise((done) => site.close(done));
});

const read = async <T>(desk: Desk, path: string) => (await (await desk.context.request.get(`${desk.api}${path}`)).json()) as T;

it('teaches what a trend is where nothing is read yet', async () => {
  if (!program) throw new Error('not started');
  const desk = await signUp({ baseURL: program.url });
  const { page } = desk;
  await page.getByRole('heading', { name: /^Good / }).waitFor();
  await goByKeys(page, 'u', /\/trends\b/);
  await page.getByRole('heading', { name: 'Be early, for once' }).waitFor();
  await expectGood(page, 'no trends yet');
  await page.getByRole('link', { name: 'Add a source' }).click();
  await page.getByRole('dialog', { name: 'Add a source' }).waitFor();
  expect(desk.complaints).toEqual([]);
});

it('finds what rises, says why, dismisses, and makes drafts of it, by the keyboard alone', async () => {
  if (!program) throw new Error('not started');
  const desk = await signUp({ baseURL: program.url });
  const { page } = desk;
  for (const [i, name] of papers.entries()) await send(desk, 'POST', `${desk.api}/sources`, { kind: 'feed', url: `${address}/${i}.xml`, feed_url: `${address}/${i}.xml`, name });
  await expect.poll(async () => (await read<{ items: { items: number }[] }>(desk, '/sources')).items.filter((s) => s.items > 0).length, { timeout: 60_000, message: 'six papers are read' }).toBe(papers.length);
  await expect.poll(async () => (await read<{ items: unknown[] }>(desk, '/trends')).items.length, { timeout: 150_000, message: 'a trend in what six papers write' }).toBeGreaterThan(0);
  const [trend] = (await read<{ items: { id: string }[] }>(desk, '/trends')).items;
  if (!trend) throw new Error('no trend');

  // Today tells of it while its peak is still to come
  await page.goto(`${desk.home}/today`);
  const soon = page.getByRole('region', { name: 'Peaking soon' });
  await soon.getByRole('button', { name: /^Write about / }).first().click();
  await page.getByRole('dialog', { name: /^Drafts on/ }).getByRole('button', { name: 'Write drafts' }).waitFor();
  await page.keyboard.press('Escape');
  await expectGood(page, 'Today with a trend');
  await soon.getByRole('link').nth(1).click();
  await page.waitForURL(/\/trends\?trend=/);
  await page.getByRole('region', { name: 'Trend', exact: true }).getByRole('heading', { name: 'Why it is a trend' }).waitFor();
  await page.keyboard.press('Escape');
  // and it is found from everywhere
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox', { name: 'Search or do anything' }).fill('northern lights');
  await page.getByRole('group', { name: 'Trends' }).getByRole('option').first().waitFor();
  await page.getByRole('option', { name: 'Search what your sources say for “northern lights”' }).click();
  await page.waitForURL(/\/reader\?q=northern/);
  await page.getByRole('link', { name: /northern lights/i }).first().waitFor();

  await goByKeys(page, 'u', /\/trends\b/);
  const list = page.getByRole('list', { name: 'Trends' });
  // by its id: whoever looks again, with another paper read, may give it another name
  const row = list.locator(`[data-trend="${trend.id}"]`);
  await row.waitFor();
  await loaded(page);
  await page.getByRole('heading', { name: 'How well we predict' }).waitFor();
  await expectGood(page, 'the trends');

  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  const panel = page.getByRole('region', { name: 'Trend', exact: true });
  for (const title of ['Why it is a trend', 'Why for you', 'What would end it', 'Who says so', 'What we predicted']) await panel.getByRole('heading', { name: title }).waitFor();
  expect(new URL(page.url()).searchParams.get('trend')).toBe(trend.id);
  expect(await panel.getByRole('list', { name: 'Angles' }).getByRole('listitem').count()).toBe(3);
  const items = panel.getByRole('list', { name: 'Evidence' }).getByRole('listitem');
  expect(await items.count()).toBeGreaterThanOrEqual(3);
  await expectGood(page, 'a trend');
  // the course is gone through by arrow keys, and can be read as a table
  await panel.getByRole('slider', { name: 'Items over time' }).focus();
  await page.keyboard.press('ArrowLeft');
  await panel.getByText('As a table').click();
  await panel.getByRole('table', { name: 'Items over time' }).waitFor();
  await panel.getByText('The numbers behind it').click();
  await expectAccessible(page, 'the numbers behind a trend');

  await items.first().getByRole('link', { name: /in the Reader$/ }).click();
  await page.waitForURL(/\/reader\?item=item_/);
  await page.getByRole('region', { name: 'Item', exact: true }).getByRole('heading').first().waitFor();
  await page.goBack();
  await panel.getByRole('heading', { name: 'Who says so' }).waitFor();

  await page.keyboard.press('Escape');
  await expect.poll(() => new URL(page.url()).searchParams.get('trend')).toBe(null);
  await row.getByRole('link').focus();
  await page.keyboard.press('x');
  await expect.poll(() => row.count()).toBe(0);
  await page.getByText(/is dismissed$/).waitFor();
  await page.keyboard.press('z');
  await row.waitFor();

  await row.getByRole('link').focus();
  await page.keyboard.press('d');
  const dialog = page.getByRole('dialog', { name: /^Drafts on/ });
  await dialog.getByRole('button', { name: 'Write drafts' }).waitFor();
  await expectAccessible(page, 'what drafts are made');
  await dialog.getByRole('button', { name: 'Write drafts' }).click();
  await page.waitForURL(/\/studio\/gen/);
  await expect.poll(async () => (await read<{ posts: unknown[] }>(desk, `/trends/${trend.id}`)).posts.length, { timeout: 60_000, message: 'the drafts are known to the trend' }).toBeGreaterThan(0);

  await page.goto(`${desk.home}/trends?state=dismissed`);
  await page.getByRole('heading', { name: 'Nothing is dismissed' }).waitFor();
  await page.getByRole('button', { name: 'Show what rises now' }).click();
  await row.waitFor();
  await page.getByRole('searchbox', { name: 'Search trends' }).fill('zzzznothing');
  await page.getByRole('heading', { name: 'Nothing fits' }).waitFor();

  for (const width of [390, 360]) {
    await page.setViewportSize({ width, height: 800 });
    await page.goto(`${desk.home}/trends`);
    await row.waitFor();
    await expectNoSidewaysScroll(page, 'the trends on a phone');
    await row.getByRole('link').click();
    await page.getByRole('heading', { name: 'Made from it' }).waitFor();
    await expectNoSidewaysScroll(page, 'a trend on a phone');
  }
  await expectAccessible(page, 'a trend on a phone');
  expect(desk.complaints).toEqual([]);
});

it('says by what the reader’s search finds', async () => {
  if (!program) throw new Error('not started');
  const desk = await signUp({ baseURL: program.url });
  const { page } = desk;
  await send(desk, 'POST', `${desk.api}/sources`, { kind: 'feed', url: `${address}/0.xml`, feed_url: `${address}/0.xml`, name: papers[0] });
  await expect.poll(async () => (await read<{ items: unknown[] }>(desk, '/items')).items.length).toBeGreaterThan(0);
  await page.goto(`${desk.home}/reader?q=northern lights`);
  const { state } = await read<{ state: string }>(desk, '/embeddings');
  await page.getByText(state === 'off' ? 'Found by words only.' : 'Found by words and by meaning.').waitFor();
  await page.getByRole('list', { name: 'Items' }).getByRole('link', { name: 'Northern lights over Arbroath after a solar storm' }).waitFor();
  await page.getByRole('button', { name: 'All sources' }).click();
  await page.keyboard.type('allot');
  await expectAccessible(page, 'the choice of a source');
  await page.keyboard.press('Enter');
  await expect.poll(() => new URL(page.url()).searchParams.get('source')).toMatch(/^source_/);
  expect(desk.complaints).toEqual([]);
});

it('takes the angles of a language model, each with the sources that it stands on', async () => {
  const model = new FakeModel();
  const url = await model.start();
  const own = await startProgram(`[fetch]
allow_private = ["127.0.0.0/8"]
pause_ms = 0
[models.retry]
max_attempts = 1
[models.providers.strict]
kind = "openai"
model = "strict-1"
base_url = "${url}"
api_key = "a-key-for-tests"
purposes = ["analyse"]
`);
  try {
    const desk = await signUp({ baseURL: own.url });
    const { page } = desk;
    for (const [i, name] of papers.entries()) await send(desk, 'POST', `${desk.api}/sources`, { kind: 'feed', url: `${address}/${i}.xml`, feed_url: `${address}/${i}.xml`, name });
    interface Found { id: string; name: string; angles: { title: string; writer: string | null }[] }
    await expect.poll(async () => (await read<{ items: Found[] }>(desk, '/trends')).items.length, { timeout: 150_000, message: 'a trend in what six papers write' }).toBeGreaterThan(0);
    const [trend] = (await read<{ items: Found[] }>(desk, '/trends')).items;
    if (!trend) throw new Error('no trend');
    const writers = async () => (await read<Found>(desk, `/trends/${trend.id}`)).angles.map((a) => a.writer);
    await expect.poll(writers, { timeout: 60_000, message: 'angles by the model' }).toEqual(['strict', 'strict', 'strict']);
    // it was shown the items and their sources, and asked for ideas of the same kinds as the rules have
    const shown = new RegExp(`^\\d+\\. (${papers.join('|')}): .*northern lights`, 'im');
    // the demonstration's trends are asked about too
    const asked = model.asked.flatMap((a) => a.messages.map((m) => m.content)).filter((content) => content.startsWith('The kinds, each with what is meant:'));
    expect(asked.filter((content) => shown.test(content)).length).toBeGreaterThan(0);

    await page.goto(`${desk.home}/trends?trend=${trend.id}`);
    const angles = page.getByRole('list', { name: 'Angles' }).getByRole('listitem');
    await expect.poll(() => angles.count()).toBe(3);
    for (const i of [0, 1, 2]) {
      const angle = angles.nth(i);
      await angle.getByText(/^What a keeper would note of it, /).waitFor();
      await angle.getByText(/^Proposed by a language model, from what .+ says$/).waitFor();
    }
    await expectAccessible(page, 'angles by a model');
    // drafts are made of it as of any other
    await angles.first().getByRole('button', { name: /^Draft it: / }).click();
    await page.waitForURL(/\/studio\/gen/);
    expect(desk.complaints).toEqual([]);
  } finally {
    await own.stop();
    await model.stop();
  }
});
