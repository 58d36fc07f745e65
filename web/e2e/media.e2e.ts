import { describe, expect, it } from 'vitest';
import { expectAccessible, expectNoSidewaysScroll, goByKeys, loaded, makeDrafts, signUp, tabTo, withBrowser, type Desk } from './helpers';

withBrowser();

interface Post { media: { name: string; own_alt_text: string | null }[] }
const read = async <T>(desk: Desk, path: string): Promise<T> => (await (await desk.context.request.get(`${desk.api}${path}`)).json()) as T;
const attached = async (desk: Desk, post: string) => (await read<Post>(desk, `/posts/${post}`)).media.map((m) => m.name);

/** A real picture, drawn by the browser: each colour is another file. */
async function picture(desk: Desk, name: string, colour: string, side = 900) {
  const bytes = await desk.page.evaluate(async ([fill, size]) => {
    const canvas = Object.assign(document.createElement('canvas'), { width: size, height: size });
    const c = canvas.getContext('2d');
    if (c) {
      c.fillStyle = String(fill);
      c.fillRect(0, 0, Number(size), Number(size));
    }
    const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, 'image/png'));
    return [...new Uint8Array(await (blob ?? new Blob()).arrayBuffer())];
  }, [colour, side] as const);
  return { name, mimeType: 'image/png', buffer: Buffer.from(bytes) };
}

describe('media', () => {
  it('are uploaded, refused with the rule, described, found, deleted and brought back', async () => {
    const desk = await signUp();
    const { page } = desk;
    await goByKeys(page, 'm', /\/media$/);
    await page.getByRole('heading', { name: 'No files yet' }).waitFor();
    await expectAccessible(page, 'an empty library');
    await page.getByLabel('Files to upload').setInputFiles([await picture(desk, 'light.png', '#d9a94e'), { name: 'notes.png', mimeType: 'image/png', buffer: Buffer.from('no picture at all') }]);
    const files = page.getByRole('list', { name: 'Files', exact: true });
    await files.getByRole('link', { name: 'light.png' }).waitFor();
    await page.getByRole('alert').filter({ hasText: 'Send a JPEG, PNG, WebP or GIF picture' }).waitFor();
    await expectAccessible(page, 'a library with an upload that was refused');

    await files.getByRole('link', { name: 'light.png' }).click();
    const panel = page.getByRole('region', { name: 'File', exact: true });
    await panel.getByText('In no post yet.').waitFor();
    await panel.getByText('Take it as it is').waitFor();
    await panel.getByLabel('Alt text').fill('A light at four');
    await panel.getByLabel('Alt text').blur();
    await panel.getByLabel('Folder').fill('Lighthouse');
    await panel.getByLabel('Folder').press('Enter');
    await page.getByRole('button', { name: 'All folders' }).waitFor();
    await panel.getByLabel('Add a tag').fill('#Morning');
    await panel.getByLabel('Add a tag').press('Enter');
    await panel.getByRole('button', { name: 'Remove morning' }).waitFor();
    await loaded(page);
    await expectAccessible(page, 'a file');
    await page.setViewportSize({ width: 360, height: 740 });
    await expectNoSidewaysScroll(page, 'a file');
    await page.setViewportSize({ width: 1280, height: 860 });
    await expect.poll(async () => (await read<{ items: unknown[] }>(desk, '/media?q=four&folder=Lighthouse&tag=morning')).items.length).toBe(1);

    await panel.getByRole('button', { name: 'Delete' }).click();
    await files.getByRole('link', { name: 'light.png' }).waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Undo' }).click();
    await files.getByRole('link', { name: 'light.png' }).waitFor();
    expect(desk.complaints).toEqual([]);
  }, 240_000);

  it('that are large can be paused, outlast a reload, and go on where they stopped', async () => {
    const desk = await signUp();
    const { page } = desk;
    await page.goto(`${desk.home}/media`);
    await page.getByRole('heading', { name: 'No files yet' }).waitFor();
    // noise can't be made small: more than one part
    const bytes = await page.evaluate(async () => {
      const canvas = Object.assign(document.createElement('canvas'), { width: 1500, height: 1500 });
      const c = canvas.getContext('2d');
      const data = c?.createImageData(1500, 1500);
      if (c && data) {
        for (let i = 0; i < data.data.length; i += 65_536) crypto.getRandomValues(data.data.subarray(i, Math.min(data.data.length, i + 65_536)));
        for (let i = 3; i < data.data.length; i += 4) data.data[i] = 255;
        c.putImageData(data, 0, 0);
      }
      const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, 'image/png'));
      const reader = new FileReader();
      return new Promise<string>((done) => {
        reader.onload = () => done(String(reader.result).split(',')[1] ?? '');
        reader.readAsDataURL(blob ?? new Blob());
      });
    });
    const offsets: number[] = [];
    // the second part never arrives, until the line is let go
    let blocked = true;
    await page.route('**/media-uploads/*', async (route) => {
      const request = route.request();
      if (request.method() !== 'PUT') return route.continue();
      const offset = Number(await request.headerValue('upload-offset'));
      if (offset > 0 && blocked) return;
      offsets.push(offset);
      return route.continue();
    });
    await page.getByLabel('Files to upload').setInputFiles({ name: 'storm.png', mimeType: 'image/png', buffer: Buffer.from(bytes, 'base64') });
    await expect.poll(() => offsets).toEqual([0]);
    await page.getByRole('button', { name: 'Pause storm.png' }).click();
    await page.getByText(/^Paused at \d+ %$/).waitFor();
    await expectAccessible(page, 'an upload that is paused');
    blocked = false;
    await page.reload();
    await page.getByRole('list', { name: 'Files', exact: true }).getByRole('link', { name: 'storm.png' }).waitFor();
    // the first part was not sent again
    expect(offsets.slice(1).every((at) => at > 0)).toBe(true);
    expect(offsets.length).toBeGreaterThan(1);
    expect(desk.complaints).toEqual([]);
  }, 240_000);

  it('are attached to a draft, put in order by keys, described and taken out', async () => {
    const desk = await signUp();
    const { page } = desk;
    const { posts } = await makeDrafts(desk, ['bluesky.post']);
    const post = posts[0]?.id ?? '';
    await page.goto(`${desk.home}/library?post=${post}`);
    const media = page.getByRole('region', { name: 'Media' });
    await media.getByLabel('Files for this draft').setInputFiles([await picture(desk, 'one.png', '#d9a94e'), await picture(desk, 'two.png', '#3d5a80')]);
    await expect.poll(async () => (await attached(desk, post)).sort()).toEqual(['one.png', 'two.png']);
    const [first = ''] = await attached(desk, post);
    const grip = media.getByRole('button', { name: new RegExp(`^${first}, 1 of 2`) });
    await tabTo(page, grip);
    await page.keyboard.press('ArrowDown');
    await expect.poll(async () => (await attached(desk, post))[1]).toBe(first);
    await media.getByLabel(`Alt text of ${first}`).fill('A colour');
    await media.getByLabel(`Alt text of ${first}`).press('Enter');
    await expect.poll(async () => (await read<Post>(desk, `/posts/${post}`)).media[1]?.own_alt_text).toBe('A colour');
    await page.getByRole('list', { name: 'Pictures and videos' }).getByRole('img', { name: 'A colour' }).waitFor();
    await expectAccessible(page, 'a draft with pictures');
    await media.getByRole('button', { name: `Take out ${first}` }).click();
    await expect.poll(async () => (await attached(desk, post)).length).toBe(1);
    await media.getByRole('button', { name: 'Add media' }).click();
    const picker = page.getByRole('dialog', { name: 'Add media' });
    await picker.getByRole('button', { name: first }).click();
    await expectAccessible(page, 'choosing from the library');
    await picker.getByRole('button', { name: 'Add', exact: true }).click();
    await expect.poll(async () => (await attached(desk, post))[1]).toBe(first);
    await page.setViewportSize({ width: 360, height: 740 });
    await expectNoSidewaysScroll(page, 'a draft with pictures');
    expect(desk.complaints).toEqual([]);
  }, 240_000);
});
