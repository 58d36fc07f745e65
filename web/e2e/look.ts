import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { expectAccessible, expectNoSidewaysScroll } from './helpers';

export const small = { width: 360, height: 740 };
export const wide = { width: 1280, height: 860 };
export const phoneFirst = { viewport: small, isMobile: true, hasTouch: true, colorScheme: 'light' } as const;
const themes = ['light', 'dark'] as const;

/** Quiet: no skeleton is left and no colour is on its way (for 120 ms), which axe must not measure halfway. */
export async function settled(page: Page): Promise<void> {
  await page.waitForLoadState('load');
  await page.locator('h1, h2').first().waitFor({ state: 'attached' });
  await expect.poll(() => page.locator('[role="status"][aria-label^="Loading"]').count()).toBe(0);
  await page.waitForFunction(() => document.getAnimations().every((a) => a.timeline !== document.timeline || a.playState !== 'running'));
}

/**
 * Looks at what is on screen in both themes, and leaves the light one. The theme follows the system while the page is
 * open and changes colours alone, so in the dark only the rules about colours are asked again.
 */
export async function expectGood(page: Page, what: string): Promise<void> {
  for (const colorScheme of themes) {
    await page.emulateMedia({ colorScheme });
    await expect.poll(() => page.evaluate(() => document.documentElement.dataset['theme'])).toBe(colorScheme);
    await settled(page);
    await expectAccessible(page, `${what}, ${colorScheme}`, colorScheme === 'dark' ? 'colours' : 'all');
  }
  await page.emulateMedia({ colorScheme: 'light' });
}

/**
 * A phone first, as it is loaded there; then the same page in a wide window. All rules are asked at each width, and the dark
 * at the last: colours come from one place, whatever the width.
 */
export async function look(page: Page, path: string, what: string, sizes: readonly { width: number; height: number }[], onPhone: () => Promise<void> = async () => undefined): Promise<void> {
  await page.setViewportSize(small);
  // an address that differs in its fragment alone would not be loaded
  await page.goto('about:blank');
  await page.goto(path);
  for (const size of sizes) {
    await page.setViewportSize(size);
    await settled(page);
    await expectNoSidewaysScroll(page, what);
    if (size === sizes.at(-1)) await expectGood(page, `${what} at ${size.width} px`);
    else await expectAccessible(page, `${what} at ${size.width} px, light`);
    if (size === small) await onPhone();
  }
}
