import { expect, it } from 'vitest';
import { broughtWords, sayClock } from './words';

it('a delivery came at the time of the person’s clock, not of the browser’s', () => {
  expect([sayClock('2026-11-23T07:00:00Z', 'Europe/Berlin'), sayClock('2026-11-23T07:00:00Z', 'America/New_York')]).toEqual(['08:00', '02:00']);
});

it('says of a delivery that failed what it would have brought', () => {
  const of = (status: 'failed' | 'delivered', posts: number, trends: number) => broughtWords({ status, post_ids: Array<string>(posts).fill('p'), trend_ids: Array<string>(trends).fill('t') });
  expect(of('failed', 2, 1)).toBe('Would have brought 2 drafts and 1 trend');
  expect(of('failed', 0, 2)).toBe('Would have brought 2 trends');
  expect(of('delivered', 1, 0)).toBe('Brought 1 draft');
});
