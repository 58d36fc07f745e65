import { describe, expect, it } from 'vitest';
import { expectAccessible, expectNoSidewaysScroll, makeDrafts, signUp, withBrowser, type Desk } from './helpers';

withBrowser();

interface Post { id: string; network: string; first_comment: string | null; options: Record<string, unknown> }
const drafts = async (desk: Desk) => ((await (await desk.context.request.get(`${desk.api}/posts`)).json()) as { items: Post[] }).items;
const of = async (desk: Desk, network: string) => (await drafts(desk)).find((p) => p.network === network);

describe('options of a network', () => {
  it('are chosen beside the draft, refused with the reason, and kept', async () => {
    const desk = await signUp();
    const { page } = desk;
    const { posts } = await makeDrafts(desk, ['google_business.post']);
    await page.goto(`${desk.home}/library?post=${posts[0]?.id ?? ''}`);
    const card = page.locator('article[data-net="google_business"]').first();
    const options = card.getByRole('region', { name: 'Options' });
    await options.getByText('Options').click();
    await options.getByLabel('Where the button leads').waitFor({ state: 'detached' });
    // a button without an address is told at once, where it is mended
    await options.getByLabel('Button').selectOption({ label: 'Book' });
    await options.getByText('The button leads nowhere').waitFor();
    await expectAccessible(page, 'options of a draft');
    await options.getByLabel('Where the button leads').fill('https://example.com/book');
    await options.getByLabel('Where the button leads').press('Enter');
    await expect.poll(async () => (await of(desk, 'google_business'))?.options).toEqual({ action: 'BOOK', action_url: 'https://example.com/book' });
    await options.getByText('Book · Where the button leads').waitFor();
    await page.setViewportSize({ width: 360, height: 740 });
    await expectNoSidewaysScroll(page, 'options of a draft');
    expect(desk.complaints.filter((c) => !c.includes('422'))).toEqual([]);
  }, 240_000);
});
