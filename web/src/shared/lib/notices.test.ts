import { describe, expect, it } from 'vitest';
import type { Notice } from '../api/types';
import { bellName, bellNumber, markRead, noticeGroups, noticeKinds } from './notices';

const at = '2026-01-01T10:00:00Z';
const notice = (id: string, read_at: string | null = null) => ({ id, kind: 'member_joined', title: 'Bo joined', detail: '', organization_id: 'org_1', created_at: at, read_at }) as Notice;
const list = { pages: [{ items: [notice('a'), notice('b', at)], next_cursor: 'x' }, { items: [notice('c')] }], pageParams: [null, 'x'] };
const unread = (pages: typeof list | undefined) => pages?.pages.flatMap((p) => p.items).filter((n) => !n.read_at).map((n) => n.id);

describe('notices', () => {
  it('are counted to 99', () => {
    expect([0, 7, 99, 100].map(bellNumber)).toEqual(['0', '7', '99', '99+']);
    expect([0, 7, 100].map(bellName)).toEqual(['Notifications', 'Notifications, 7 unread', 'Notifications, more than 99 unread']);
  });

  it('are read one by one or all at once, and those that were read stay as they were', () => {
    const one = markRead(list, 'now', 'c');
    expect([unread(one.list as typeof list), one.read]).toEqual([['a'], 1]);
    expect(markRead(list, 'now', 'b').read).toBe(0);
    const all = markRead(list, 'now');
    expect([unread(all.list as typeof list), all.read]).toEqual([[], 2]);
    expect(all.list?.pages[0]?.items[1]?.read_at).toBe(at);
    expect(unread(list)).toEqual(['a', 'c']);
    expect(markRead(undefined, 'now')).toEqual({ list: undefined, read: 0 });
  });

  it('are each in one group of the settings', () => {
    expect(noticeGroups.flatMap((g) => g.kinds).sort()).toEqual(Object.keys(noticeKinds).sort());
  });
});
