import { describe, expect, it } from 'vitest';
import type { Permission, Role } from '@/shared/api/types';
import { areas, effective, exceptions, withPermission, type Grant } from './grant';

const table: { permission: Permission; from_role: Role }[] = [
  { permission: 'posts.read', from_role: 'member' }, { permission: 'posts.publish', from_role: 'manager' }, { permission: 'members.manage', from_role: 'admin' },
];
const member: Grant = { role: 'member', brands: null, added: [], removed: [] };

describe('what somebody may', () => {
  it('is what the role holds, with what was added and without what was taken', () => {
    expect([...effective(member, table)]).toEqual(['posts.read']);
    expect([...effective({ ...member, added: ['posts.publish'], removed: ['posts.read'] }, table)]).toEqual(['posts.publish']);
    expect(effective({ ...member, role: 'admin' }, table).size).toBe(3);
  });

  it('keeps only what differs from the role', () => {
    const more = withPermission(member, 'posts.publish', true, 'manager');
    expect(more.added).toEqual(['posts.publish']);
    expect(withPermission(more, 'posts.publish', false, 'manager')).toEqual(member);
    expect(withPermission(member, 'posts.read', false, 'member').removed).toEqual(['posts.read']);
    expect(exceptions({ added: ['posts.publish'], removed: ['posts.read'] })).toBe('1 more, 1 fewer');
  });

  it('is shown by area', () => {
    expect(areas(table).map(([area, list]) => [area, list.length])).toEqual([['posts', 2], ['members', 1]]);
  });
});
