import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { expectAccessible, expectNoSidewaysScroll, goByKeys, loaded, send, signUp, withBrowser } from './helpers';
import { startProgram, type Program } from './program';

withBrowser();

const day = 24 * 3_600_000;
const entry = (title: string, path: string, text: string, daysAgo: number) => `<item><title>${title}</title><link>${address}${path}</link><guid>${address}${path}</guid><pubDate>${new Date(Date.now() - daysAgo * day).toUTCString()}</pubDate><description>${text}</description></item>`;
const feed = (title: string, items: string) => `<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>${title}</title><link>${address}/</link><description>d</description>${items}</channel></rss>`;
const article = (title: string, text: string) => `<!doctype html><html lang="en"><head><title>${title}</title></head><body><main><article><h1>${title}</h1>${`<p>${text}</p>`.repeat(3)}</article></main></body></html>`;
const frost = 'A cold frame keeps the frost from seedlings for four weeks longer. We measured two beds side by side, one under glass and one without, and wrote down what came up in each of them.';
const soil = 'Compost that has rested for a winter feeds the soil better than anything from a bag. Turn it twice, keep the rain off, and it is ready when the first tulips are.';

let site: Server;
let address: string;
let program: Program | undefined;
beforeAll(async () => {
  site = createServer((request, answer) => {
    const pages: Record<string, [string, string]> = {
      '/': ['text/html', '<!doctype html><html lang="en"><head><title>The Allotment</title><link rel="alternate" type="application/rss+xml" title="The Allotment" href="/feed.xml"></head><body><main><h1>The Allotment</h1></main></body></html>'],
      '/feed.xml': ['application/rss+xml', feed('The Allotment', entry('Frost on the glass', '/frost', frost, 1) + entry('What compost wants', '/compost', soil, 3))],
      '/other.xml': ['application/rss+xml', feed('Small Gardens', entry('Ten square metres', '/ten', 'What grows on ten square metres, and what does not.', 2))],
      '/frost': ['text/html', article('Frost on the glass', frost)],
    };
    const [type, body] = pages[request.url ?? ''] ?? [];
    answer.writeHead(body ? 200 : 404, { 'content-type': `${type ?? 'text/plain'}; charset=utf-8` }).end(body ?? 'no');
  });
  await new Promise<void>((done) => site.listen(0, '127.0.0.1', done));
  address = `http://127.0.0.1:${(site.address() as AddressInfo).port}`;
  program = await startProgram('[fetch]\nallow_private = ["127.0.0.0/8"]\npause_ms = 0\n');
});
afterAll(async () => {
  await program?.stop();
  await new Promise((done) => site.close(done));
});

it('finds what stands behind an address, adds it, reads it, and lets it be paused, weighed and removed', async () => {
  if (!program) throw new Error('not started');
  const desk = await signUp({ baseURL: program.url });
  const { page } = desk;
  await page.getByRole('heading', { name: /^Good / }).waitFor();
  await goByKeys(page, 'o', /\/sources\b/);
  await page.getByRole('heading', { name: 'Ideas come to those who read' }).waitFor();
  await expectAccessible(page, 'no sources yet');

  await page.getByRole('button', { name: 'Add the first source' }).click();
  const dialog = page.getByRole('dialog', { name: 'Add a source' });
  await dialog.getByLabel(/^Address, @handle/).fill(address);
  await page.keyboard.press('Enter');
  await dialog.getByText('Frost on the glass').waitFor();
  await expectAccessible(page, 'what stands behind an address');
  await dialog.getByRole('button', { name: 'Add it' }).click();
  const list = page.getByRole('list', { name: 'Sources' });
  await list.getByText('2 items').waitFor();
  await list.getByText('Healthy').filter({ visible: true }).waitFor();
  await expectAccessible(page, 'a source');

  const choose = async (what: string) => {
    await page.getByRole('button', { name: 'More for The Allotment' }).click();
    await page.getByRole('menuitem', { name: what }).click();
  };
  await choose('Edit');
  const edit = page.getByRole('dialog', { name: 'Edit The Allotment' });
  await edit.getByLabel('Priority').selectOption('8');
  await edit.getByRole('button', { name: 'Save' }).click();
  await list.getByText('Priority 8').waitFor();
  await choose('Pause');
  await list.getByText('Paused').filter({ visible: true }).waitFor();
  await page.getByRole('button', { name: 'Undo' }).click();
  await list.getByText('Healthy').filter({ visible: true }).waitFor();

  await page.getByRole('button', { name: 'More', exact: true }).click();
  await page.getByRole('menuitem', { name: 'Import OPML' }).click();
  await page.getByLabel('OPML file').setInputFiles({
    name: 'feeds.opml', mimeType: 'text/x-opml',
    buffer: Buffer.from(`<opml version="2.0"><body><outline type="rss" text="The Allotment" xmlUrl="${address}/feed.xml"/><outline type="rss" text="Small Gardens" xmlUrl="${address}/other.xml"/><outline type="rss" text="Gopher" xmlUrl="gopher://example.org/"/></body></opml>`),
  });
  await page.getByText('1 source added').waitFor();
  await page.getByText('1 was here already.').waitFor();
  await page.getByRole('list', { name: 'Refused' }).getByText('Only http and https addresses').waitFor();
  await page.getByRole('button', { name: 'Done' }).click();
  await page.getByRole('heading', { name: 'Small Gardens' }).waitFor();
  const opml = await (await desk.context.request.get(`${desk.api}/sources/export`)).text();
  expect(opml).toContain(`${address}/feed.xml`);

  await choose('Remove');
  await expect.poll(() => list.getByText('The Allotment').count()).toBe(0);
  await page.getByRole('button', { name: 'Undo' }).last().click();
  await list.getByText('The Allotment').first().waitFor();

  await page.setViewportSize({ width: 390, height: 844 });
  await expectNoSidewaysScroll(page, 'sources on a phone');
  // what is said of a source stands under its name, not under its picture
  const row = list.getByRole('listitem').first();
  const left = async (what: string) => (await row.locator(what).boundingBox())?.x;
  expect(await left('dl')).toBeDefined();
  expect(await row.locator('dl > div').filter({ visible: true }).first().boundingBox().then((b) => b?.x)).toBe(await left('h2'));
  await expectAccessible(page, 'sources on a phone');
  expect(desk.complaints).toEqual([]);
});

it('reads by the keyboard, searches, gathers a smart feed with its reasons, and makes drafts of an item', async () => {
  if (!program) throw new Error('not started');
  const desk = await signUp({ baseURL: program.url });
  const { page } = desk;
  await send(desk, 'POST', `${desk.api}/sources`, { kind: 'feed', url: address, feed_url: `${address}/feed.xml`, name: 'The Allotment' });
  await page.getByRole('heading', { name: /^Good / }).waitFor();
  await goByKeys(page, 'r', /\/reader\b/);
  const items = page.getByRole('list', { name: 'Items' });
  await items.getByText('Frost on the glass').waitFor();
  await loaded(page);
  await expectAccessible(page, 'the reader');

  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Frost on the glass' }).waitFor();
  expect(new URL(page.url()).searchParams.get('item')).toMatch(/^item_/);
  await page.keyboard.press('j');
  await page.getByRole('heading', { name: 'What compost wants' }).waitFor();
  await expectAccessible(page, 'an item');
  await page.keyboard.press('Escape');

  await page.keyboard.press('/');
  await page.keyboard.type('compost');
  await expect.poll(() => items.getByRole('listitem').count()).toBe(1);
  expect(new URL(page.url()).searchParams.get('q')).toBe('compost');
  await page.getByRole('button', { name: 'Clear search' }).click();
  await items.getByText('Frost on the glass').waitFor();

  await page.getByRole('button', { name: 'Smart feed' }).click();
  const dialog = page.getByRole('dialog', { name: 'New smart feed' });
  await dialog.getByLabel('Topic', { exact: true }).fill('Cold frames');
  await dialog.getByLabel('What belongs to it').fill('Glass over beds, frost, seedlings that come up earlier.');
  await dialog.getByLabel('Name').fill('Under glass');
  await expectAccessible(page, 'a new smart feed');
  await dialog.getByRole('button', { name: 'Make the feed' }).click();
  await page.getByText('Why it is here:').first().waitFor();
  await expectAccessible(page, 'a smart feed');
  expect(new URL(page.url()).searchParams.get('feed')).toMatch(/^feed_/);

  await page.keyboard.press('j');
  await page.keyboard.press('r');
  await page.getByText(/^Writing \d+ drafts$/).waitFor();
  await page.keyboard.press('w');
  await page.waitForURL(/\/studio\/gen/);

  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto(`${desk.home}/reader`);
  await items.getByText('Frost on the glass').click();
  await page.getByRole('heading', { name: 'Frost on the glass' }).waitFor();
  await expectNoSidewaysScroll(page, 'an item on a phone');
  await expectAccessible(page, 'an item on a phone');
  expect(desk.complaints).toEqual([]);
});

it('knows what was read, keeps what was saved, and takes back that all is read', async () => {
  if (!program) throw new Error('not started');
  const desk = await signUp({ baseURL: program.url });
  const { page } = desk;
  await send(desk, 'POST', `${desk.api}/sources`, { kind: 'feed', url: address, feed_url: `${address}/feed.xml`, name: 'The Allotment' });
  await page.goto(`${desk.home}/reader`);
  const items = page.getByRole('list', { name: 'Items' });
  const unread = () => items.getByText('Unread').count();
  await items.getByText('What compost wants').waitFor();
  await expect.poll(unread).toBe(2);

  // what is opened is read, and can be unread again
  await items.getByText('Frost on the glass').click();
  await page.getByRole('heading', { name: 'Frost on the glass' }).waitFor();
  await expect.poll(unread).toBe(1);
  await page.keyboard.press('m');
  await expect.poll(unread).toBe(2);
  await page.keyboard.press('m');
  await expect.poll(unread).toBe(1);
  await page.keyboard.press('s');
  await page.getByRole('button', { name: 'Saved for later', pressed: true }).waitFor();
  await items.getByText('Saved').waitFor();
  await expectAccessible(page, 'an item that is saved');
  await page.keyboard.press('Escape');

  const choose = async (now: string | RegExp, what: string) => {
    await page.getByRole('button', { name: now }).click();
    await page.getByRole('menuitemradio', { name: what }).click();
  };
  await choose('Read and unread', 'Unread · 1');
  await page.waitForURL(/show=unread/);
  await expect.poll(() => items.getByRole('listitem').count()).toBe(1);
  await items.getByText('What compost wants').waitFor();
  await page.getByRole('button', { name: 'Mark all as read' }).click();
  await page.getByRole('heading', { name: 'All is read' }).waitFor();
  await expectAccessible(page, 'all is read');
  await page.getByRole('button', { name: 'Undo' }).click();
  await items.getByText('What compost wants').waitFor();

  await choose(/^Unread/, 'Saved · 1');
  await page.waitForURL(/show=saved/);
  await expect.poll(() => items.getByRole('listitem').count()).toBe(1);
  await page.reload();
  await items.getByText('Frost on the glass').waitFor();
  await page.setViewportSize({ width: 390, height: 844 });
  await expectNoSidewaysScroll(page, 'what is saved on a phone');
  await expectAccessible(page, 'what is saved on a phone');
  await items.getByText('Frost on the glass').click();
  await page.getByRole('button', { name: 'Saved for later' }).click();
  await page.getByRole('button', { name: 'Save for later' }).waitFor();
  await page.getByRole('button', { name: 'Reader' }).first().click();
  await page.getByRole('heading', { name: 'Nothing saved' }).waitFor();
  await expectAccessible(page, 'nothing is saved');
  expect(desk.complaints).toEqual([]);
});

it('tells a newcomer what is read through an account, where to connect one, and what no network shows', async () => {
  if (!program) throw new Error('not started');
  const desk = await signUp({ baseURL: program.url });
  const { page } = desk;
  await page.goto(`${desk.home}/sources?open=add`);
  const dialog = page.getByRole('dialog', { name: 'Add a source' });
  const find = async (text: string) => {
    await dialog.getByLabel(/^Address, @handle/).fill(text);
    await page.keyboard.press('Enter');
  };
  await find('#slowwork');
  await dialog.getByText('Connect an X account under Connections, and this is read through it.').waitFor();
  await dialog.getByText('Connect an Instagram account of a business or creator under Connections').waitFor();
  await find('https://www.linkedin.com/in/somebody');
  await dialog.getByText(/^LinkedIn shows no program what others post/).waitFor();
  await find('x.com/somebody');
  const words = 'Connect an X account under Connections, and this is read through it.';
  await dialog.getByText(words).waitFor();
  await expectAccessible(page, 'a source that needs an account');
  await dialog.getByRole('button', { name: 'Keep it' }).click();

  // it is looked at once: nobody has to come back to learn what it waits for
  const list = page.getByRole('list', { name: 'Sources' });
  await list.getByText(words).waitFor();
  await list.getByText('Needs an account').filter({ visible: true }).waitFor();
  await expectAccessible(page, 'a source that waits for an account');
  await page.getByRole('radio', { name: 'Needs an account' }).or(page.getByRole('button', { name: 'Needs an account', exact: true })).click();
  await page.waitForURL(/state=unconnected/);
  await page.reload();
  await list.getByText(words).waitFor();
  await list.getByRole('link', { name: 'Open Connections' }).click();
  await page.waitForURL(/\/brand\/connections$/);
  await page.getByRole('heading', { name: 'Connections', exact: true }).first().waitFor();
  expect(desk.complaints).toEqual([]);
});
