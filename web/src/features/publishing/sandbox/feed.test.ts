import { expect, it } from 'vitest';
import type { SandboxPost } from '../api/types';
import { threadsOf } from './feed';

const post = (id: string, thread_of: string | null = null, created_at = '2026-03-01T09:00:00Z'): SandboxPost => ({
  id, thread_of, created_at, connection_id: 'c', handle: 'h', name: 'N', avatar_url: null, text: id, media: 0, reactions: { like: 0, repost: 0, celebrate: 0 }, comments: [], options: {},
});

it('a thread is read from its beginning, whether its posts name the first one or the one before', () => {
  const ids = (posts: SandboxPost[]) => threadsOf(posts).map((t) => t.map((p) => p.id));
  expect(ids([post('new'), post('3', '1', '2026-03-01T09:00:02Z'), post('2', '1', '2026-03-01T09:00:01Z'), post('1')])).toEqual([['new'], ['1', '2', '3']]);
  expect(ids([post('3', '2', '2026-03-01T09:00:02Z'), post('2', '1', '2026-03-01T09:00:01Z'), post('1'), post('old')])).toEqual([['1', '2', '3'], ['old']]);
  // the first one is on the next page
  expect(ids([post('3', '1', '2026-03-01T09:00:02Z'), post('2', '1', '2026-03-01T09:00:01Z')])).toEqual([['2', '3']]);
});
