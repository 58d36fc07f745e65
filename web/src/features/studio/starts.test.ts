import { expect, it } from 'vitest';
import { startChoices } from './starts';

const labels = (now: Date) => startChoices(now).map((c) => c.label);

it('only times that are to come are offered, and Monday once', () => {
  expect(labels(new Date(2026, 10, 18, 9))).toEqual(['This evening at 8', 'Tomorrow morning at 6', 'Monday morning at 6']);
  expect(labels(new Date(2026, 10, 18, 21))).toEqual(['Tomorrow morning at 6', 'Monday morning at 6']);
  // on a Sunday, tomorrow is Monday; on a Monday, the next one is meant
  expect(labels(new Date(2026, 10, 22, 9))).toEqual(['This evening at 8', 'Tomorrow morning at 6']);
  const monday = startChoices(new Date(2026, 10, 23, 9))[2];
  expect(new Date(monday?.value ?? '')).toEqual(new Date(2026, 10, 30, 6));
});
