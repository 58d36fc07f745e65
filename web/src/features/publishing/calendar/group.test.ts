import { describe, expect, it } from 'vitest';
import type { CalendarItem } from '../api/types';
import { agenda, byDay, placed, shownOf, slotsByDay, withMoved } from './group';

let made = 0;
const item = (local_time: string, id = `p${String(made++).padStart(5, '0')}`): CalendarItem => ({
  id, post_id: 'post', connection_id: 'c', network: 'x', target: 'x.post', state: 'scheduled', held_reason: null, title: 'A title', local_time, due_at: '', remote_url: null, version: 1,
});

describe('days', () => {
  it('hold what is theirs, by time', () => {
    const days = byDay([item('2026-03-02T10:00', 'b'), item('2026-03-01T23:59', 'a'), item('2026-03-02T09:00', 'c')]);
    expect([...days].map(([day, list]) => [day, list.map((i) => i.id)])).toEqual([['2026-03-02', ['c', 'b']], ['2026-03-01', ['a']]]);
  });

  it('are the same lists when something else moves', () => {
    const first = item('2026-03-01T09:00', 'a');
    const before = byDay([first, item('2026-03-01T10:00', 'b'), item('2026-03-02T09:30', 'c'), item('2026-03-03T09:00', 'd')]);
    const after = withMoved(before, first, '2026-03-02T09:00');
    expect(after.get('2026-03-01')?.map((i) => i.id)).toEqual(['b']);
    expect(after.get('2026-03-02')?.map((i) => i.id)).toEqual(['a', 'c']);
    expect(after.get('2026-03-03')).toBe(before.get('2026-03-03'));
    expect(before.get('2026-03-01')).toHaveLength(2);
  });

  it('show six and say how many more, never without the one in hand', () => {
    const list = Array.from({ length: 170 }, (_, i) => item(`2026-03-01T${String(i % 24).padStart(2, '0')}:00`, `i${i}`));
    expect(shownOf(list, 6)).toMatchObject({ more: 164 });
    expect(shownOf(list, 6, 'i100').shown.map((i) => i.id)).toContain('i100');
    expect(shownOf(list, 6, 'i100').shown).toHaveLength(6);
    expect(shownOf(list.slice(0, 6), 6)).toMatchObject({ more: 0 });
  });
});

describe('hours', () => {
  it('give one card its very minute, and room where the next half hour is free', () => {
    expect(placed([item('2026-03-01T09:10')]).cards).toMatchObject([{ top: 550, height: 60, lane: 0, lanes: 1 }]);
    expect(placed([item('2026-03-01T09:00'), item('2026-03-01T09:30')]).cards.map((c) => c.height)).toEqual([30, 60]);
    // the last of the day stays within it
    expect(placed([item('2026-03-01T23:45')]).cards).toMatchObject([{ top: 1410, height: 30 }]);
    // neither into the next half hour that is taken, nor into the one after it
    expect(placed([item('2026-03-01T09:20'), item('2026-03-01T09:30'), item('2026-03-01T10:05')]).cards.map((c) => [c.top, c.height])).toEqual([[540, 30], [570, 30], [605, 60]]);
    expect(placed([item('2026-03-01T09:20'), item('2026-03-01T10:00')]).cards[0]).toMatchObject({ top: 560, height: 40 });
    // a free time of the queue stays in sight
    expect(placed([item('2026-03-01T08:15')], 3, undefined, [9 * 60, 17 * 60]).cards[0]).toMatchObject({ top: 495, height: 45 });
    expect(placed([item('2026-03-01T08:45')], 3, undefined, [9 * 60]).cards[0]).toMatchObject({ top: 525, height: 60 });
  });

  it('set those of one half hour side by side, and heap what is more', () => {
    expect(placed([item('2026-03-01T09:00'), item('2026-03-01T09:20')]).cards.map((c) => [c.top, c.lane, c.lanes])).toEqual([[540, 0, 2], [540, 1, 2]]);
    const many = placed(Array.from({ length: 9 }, () => item('2026-03-01T09:15')));
    expect(many.cards).toHaveLength(2);
    expect(many.heaps).toEqual([{ top: 540, lane: 2, lanes: 3, count: 7, at: '2026-03-01T09:15' }]);
  });
});

describe('a list', () => {
  const days = byDay([item('2026-03-01T10:00', 'a'), item('2026-03-03T09:00', 'b')]);
  const slots = slotsByDay([{ local_time: '2026-03-01T09:00', network: null }, { local_time: '2026-03-02T09:00', network: 'x' }]);
  const dates = ['2026-03-01', '2026-03-02', '2026-03-03', '2026-03-04'];
  it('sets free times among what is planned, and leaves days out that have neither', () => {
    expect(agenda(dates, days, slots, false).map((r) => (r.kind === 'item' ? r.item.id : r.kind))).toEqual(['day', 'slot', 'a', 'day', 'slot', 'day', 'b']);
  });
  it('says of a day that is looked at that it is empty', () => {
    expect(agenda(['2026-03-04'], days, slots, true).map((r) => r.kind)).toEqual(['day', 'empty']);
  });
});
