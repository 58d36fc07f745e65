import { describe, expect, it } from 'vitest';
import { expectAccessible, expectNoSidewaysScroll, loaded, openPage, phone, signUp, withBrowser } from './helpers';

withBrowser();

const sections = [['one’s own', ['profile', 'security', 'sessions', 'activity', 'data']], ['the organization’s', ['organization', 'brands', 'members', 'api-keys', 'clients', 'agencies', 'log', 'danger']]] as const;
const doors = ['/sign-in?deleted=2030-01-01T00:00:00Z', '/sign-up', '/forgot-password', '/reset-password#token=x', '/reset-password', '/sign-in/link#token=wrong', '/sign-in/second-factor', '/invitation#token=wrong', '/confirm-email#token=wrong', '/undo-email#token=x', '/restore-account#token=x', '/apply', '/apply?demo=true'];

describe.each(['light', 'dark'] as const)('on a phone, in %s', (colorScheme) => {
  it.each(sections)('%s settings fit and are accessible, and the section’s name is in sight', async (_, names) => {
    const desk = await signUp({ ...phone, colorScheme });
    const { page } = desk;
    for (const section of names) {
      await page.goto(`${desk.home}/settings/${section}`);
      await loaded(page);
      await expectNoSidewaysScroll(page, section);
      await expectAccessible(page, `${section}, ${colorScheme}`);
      const chosen = page.getByRole('navigation', { name: 'Settings' }).locator('[aria-current="page"]');
      // Clients are an agency's; this organization is none.
      if (section === 'clients') continue;
      await expect.poll(() => chosen.evaluate((e) => {
        const { left, right } = e.getBoundingClientRect();
        return left >= 0 && right <= window.screen.width;
      }), { message: `the name of ${section} is in sight` }).toBe(true);
    }
    expect(desk.complaints).toEqual([]);
  });

  it('every door fits and is accessible', async () => {
    const { page, complaints } = await openPage({ ...phone, colorScheme });
    for (const path of doors) {
      await page.goto('about:blank');
      await page.goto(path);
      await loaded(page);
      await expectNoSidewaysScroll(page, path);
      await expectAccessible(page, `${path}, ${colorScheme}`);
    }
    expect(complaints).toEqual([]);
  });
});
