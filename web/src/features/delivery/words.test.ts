import { expect, it } from 'vitest';
import { sayClock } from './words';

it('a delivery came at the time of the person’s clock, not of the browser’s', () => {
  expect([sayClock('2026-11-23T07:00:00Z', 'Europe/Berlin'), sayClock('2026-11-23T07:00:00Z', 'America/New_York')]).toEqual(['08:00', '02:00']);
});
