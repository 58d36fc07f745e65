import { afterEach, describe, expect, it } from 'vitest';
import { makeDrafts, send, signUp, withBrowser, type Desk } from './helpers';
import { expectGood, look, phoneFirst, settled, small, wide } from './look';

withBrowser();

const everyShape = ['x.thread', 'linkedin.carousel', 'instagram.caption', 'facebook.post', 'tiktok.script', 'google_business.post', 'email.newsletter', 'blog.article', 'mastodon.post'];

const screens = [
  'today', 'studio', 'drafts', 'library', 'library with a draft', 'library without a match', 'nowhere',
  'a month', 'a week', 'a day', 'a list', 'a publication', 'the queue', 'something held in the queue', 'connections', 'how to set up a network', 'queue times', 'how cards look', 'the sandbox',
];
async function furnish(desk: Desk): Promise<Record<string, string>> {
  const { generation, posts } = await makeDrafts(desk, everyShape);
  const of = (target: string) => posts.find((p) => p.target === target)?.id ?? '';
  await send(desk, 'POST', `${desk.api}/posts/${of('facebook.post')}/approve`, {});
  await send(desk, 'POST', `${desk.api}/posts/${of('mastodon.post')}/reject`, {});
  const { out, held, next } = await publish(desk, [of('facebook.post'), of('linkedin.carousel'), of('x.thread')]);
  return {
    'a month': `calendar?view=month&item=${next}`, 'a week': 'calendar?view=week', 'a day': 'calendar?view=day', 'a list': 'calendar?view=list',
    'a publication': `queue?item=${out}`, 'the queue': 'queue', 'something held in the queue': `queue?item=${held}`,
    connections: 'brand/connections', 'how to set up a network': 'brand/connections?setup=linkedin', 'queue times': 'brand/queue-times', 'how cards look': 'brand/cards', 'the sandbox': 'sandbox',
    today: 'today', studio: 'studio', drafts: `studio/${generation}?post=${of('x.thread')}`, library: 'library', 'library with a draft': `library?post=${of('tiktok.script')}`,
    'library without a match': 'library?q=zzzznothing', nowhere: 'nowhere',
  };
}

/** One thing out, one planned, one held by a pause that every page tells of. */
async function publish(desk: Desk, [first, second, third]: string[]): Promise<{ out: string; held: string; next: string }> {
  const { items } = await send(desk, 'POST', `${desk.api}/connections`, { provider: 'sandbox' }) as { items: { id: string }[] };
  await send(desk, 'PUT', `${desk.api}/schedule`, { slots: [{ days: ['mon', 'tue', 'wed', 'thu', 'fri'], time: '09:00' }, { days: ['sat'], time: '12:30', network: 'linkedin' }], daily_caps: { x: 3 } }, { 'if-match': '"0"' });
  const plan = async (post: string | undefined, when: object): Promise<string> => {
    const made = await send(desk, 'POST', `${desk.api}/posts/${post}/publications`, { connection_ids: [items[0]?.id], when, approve: true }) as { items: { id: string }[] };
    return made.items[0]?.id ?? '';
  };
  const comesTo = (id: string, state: string) => expect.poll(async () => (await (await desk.context.request.get(`${desk.api}/publications/${id}`)).json()).state).toBe(state);
  const next = await plan(second, { queue: true });
  const out = await plan(first, { now: true });
  await comesTo(out, 'published');
  await send(desk, 'PUT', `${desk.api}/pauses`, { scope: 'brand', reason: 'We wait for the news from the mill.' });
  const held = await plan(third, { now: true });
  await comesTo(held, 'held');
  return { out, held, next };
}

describe('every screen fits a phone of 360 px and is accessible there and wide, in both themes', () => {
  // One desk for all of them, made by the first that needs it.
  let made: Promise<{ desk: Desk; paths: Record<string, string> }> | undefined;
  const furnished = () => (made ??= (async () => {
    const desk = await signUp(phoneFirst);
    return { desk, paths: await furnish(desk) };
  })());
  afterEach(async () => expect((await made)?.desk.complaints.splice(0) ?? []).toEqual([]));

  it.each(screens)('%s', async (what) => {
    const { desk, paths } = await furnished();
    await look(desk.page, `${desk.home}/${paths[what]}`, what, [small, wide]);
  });

  it.each([['Control+k', 'Search or do anything'], ['?', 'Keyboard shortcuts']] as const)('what %s opens', async (key, name) => {
    const { desk } = await furnished();
    const { page } = desk;
    await page.setViewportSize(wide);
    await page.goto(`${desk.home}/library`);
    await settled(page);
    await page.keyboard.press(key);
    await page.getByRole('dialog', { name }).waitFor();
    await expectGood(page, name);
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  });

  it('a brand of two long words is told in full beside every page', async () => {
    const desk = await signUp();
    const { page } = desk;
    const { version } = (await (await desk.context.request.get(desk.api)).json()) as { version: number };
    await send(desk, 'PATCH', desk.api, { name: 'The Unhurried Workshop' }, { 'if-match': `"${version}"` });
    await page.setViewportSize(wide);
    await page.goto(`${desk.home}/today`);
    const name = page.getByRole('complementary').getByText('The Unhurried Workshop', { exact: true });
    await name.waitFor();
    expect(await name.evaluate((e) => [e.scrollWidth - e.clientWidth, e.scrollHeight - e.clientHeight])).toEqual([0, 0]);
    await expectGood(page, 'the name of a brand');
    expect(desk.complaints).toEqual([]);
  });

  it('the bar at the bottom goes everywhere', async () => {
    const { desk } = await furnished();
    const { page } = desk;
    await page.setViewportSize(small);
    await page.goto(`${desk.home}/today`);
    await settled(page);
    // what stands on phones alone, in the dark too
    await expectGood(page, 'the bars of a phone');
    const bar = page.getByRole('navigation', { name: 'Main' });
    await bar.getByRole('link', { name: 'Library' }).tap();
    await page.waitForURL(/\/library/);
    await page.getByRole('list', { name: 'Drafts' }).getByRole('link').first().tap();
    await page.getByRole('button', { name: 'Library' }).tap();
    await page.getByRole('button', { name: 'Select' }).tap();
    await page.getByRole('checkbox').nth(1).tap();
    await page.getByRole('toolbar', { name: 'Selected drafts' }).waitFor();
  });
});
