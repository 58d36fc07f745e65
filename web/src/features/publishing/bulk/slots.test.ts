import { describe, expect, it } from 'vitest';
import { intoSlots, type Chosen } from './slots';

const chosen = (id: string, local_time: string | null, network = 'x'): Chosen => ({ id, title: id, network, local_time, version: 1 });
const slot = (local_time: string, network: 'x' | 'linkedin' | null = null) => ({ local_time, network });

describe('into free times', () => {
  it('go in the order in which they stood, whatever the order of the list', () => {
    const { steps, left } = intoSlots([chosen('b', '2026-03-30T09:00'), chosen('c', null), chosen('a', '2026-03-29T09:00')], [slot('2026-04-02T09:00'), slot('2026-04-01T09:00'), slot('2026-04-03T09:00')], '2026-03-29T00:00');
    expect(steps.map((s) => [s.of.id, s.to])).toEqual([['a', '2026-04-01T09:00'], ['b', '2026-04-02T09:00'], ['c', '2026-04-03T09:00']]);
    expect(left).toEqual([]);
  });
  it('only such as are of their network, each once, and none that has passed', () => {
    const { steps, left } = intoSlots([chosen('a', '2026-03-29T09:00'), chosen('b', '2026-03-30T09:00')], [slot('2026-03-28T09:00'), slot('2026-04-01T09:00', 'linkedin'), slot('2026-04-02T09:00', 'x'), slot('2026-04-02T09:00')], '2026-03-29T00:00');
    expect(steps.map((s) => [s.of.id, s.to])).toEqual([['a', '2026-04-02T09:00']]);
    expect(left.map((c) => c.id)).toEqual(['b']);
  });
});
