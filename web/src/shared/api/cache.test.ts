import { QueryClient, type InfiniteData } from '@tanstack/react-query';
import { describe, expect, it } from 'vitest';
import { aPost } from '../draft/fixtures';
import { changePosts, putBack, snapshotPosts } from './cache';
import { generationPostsQuery, keys, postQuery, postsQuery, type PostFilter } from './queries';
import type { Page, Post, Today } from './types';

const scope = { org: 'o', brand: 'b' };

function furnished() {
  const client = new QueryClient();
  const [a, b] = [aPost({ id: 'a' }), aPost({ id: 'b' })];
  const page: InfiniteData<Page<Post>, string | null> = { pages: [{ items: [a, b], next_cursor: null }], pageParams: [null] };
  client.setQueryData(postsQuery(scope, { status: 'pending' }).queryKey, page);
  client.setQueryData(postsQuery(scope, {}).queryKey, page);
  client.setQueryData(generationPostsQuery(scope, 'g').queryKey, { items: [a, b], next_cursor: null });
  client.setQueryData(postQuery(scope, 'a').queryKey, a);
  client.setQueryData(keys.today(scope), { to_review: 2, approved: 0, recent_posts: [a, b] } as unknown as Today);
  const ids = (filter: PostFilter) => client.getQueryData(postsQuery(scope, filter).queryKey)?.pages.flatMap((p) => p.items.map((i) => i.id));
  return { client, ids };
}

describe('posts in the cache', () => {
  it('change wherever they are, and leave the lists they no longer fit', () => {
    const { client, ids } = furnished();
    changePosts(client, scope, new Set(['a']), (p) => ({ ...p, status: 'approved' }));
    expect(ids({ status: 'pending' })).toEqual(['b']);
    expect(ids({})).toEqual(['a', 'b']);
    expect(client.getQueryData(generationPostsQuery(scope, 'g').queryKey)?.items[0]?.status).toBe('approved');
    expect(client.getQueryData(postQuery(scope, 'a').queryKey)?.status).toBe('approved');
    expect(client.getQueryData<Today>(keys.today(scope))).toMatchObject({ to_review: 1, approved: 1 });
  });

  it('go when deleted, and come back as they were', () => {
    const { client, ids } = furnished();
    const before = snapshotPosts(client, scope);
    changePosts(client, scope, new Set(['a', 'b']), () => null);
    expect(ids({})).toEqual([]);
    putBack(client, before);
    expect(ids({})).toEqual(['a', 'b']);
    expect(client.getQueryData<Today>(keys.today(scope))?.to_review).toBe(2);
  });
});
