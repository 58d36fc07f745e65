import type { InfiniteData, QueryClient } from '@tanstack/react-query';
import { keys, type PostFilter, type Scope } from './queries';
import type { Page, Post, Today } from './types';

/**
 * Changes posts wherever they are cached: lists, the posts of a generation, single ones, Today. A post that no
 * longer fits the status a list is filtered by leaves that list; `change` giving null takes it out everywhere.
 */
export function changePosts(client: QueryClient, scope: Scope, ids: ReadonlySet<string>, change: (post: Post) => Post | null): void {
  const through = (items: Post[], status?: string) => items.flatMap((post) => {
    if (!ids.has(post.id)) return [post];
    const next = change(post);
    return next === null || (status !== undefined && next.status !== status) ? [] : [next];
  });
  for (const [key] of client.getQueriesData({ queryKey: keys.posts(scope) })) {
    const [kind, about] = [key[4], key[5]];
    if (kind === 'list') {
      const status = (about as PostFilter).status;
      client.setQueryData<InfiniteData<Page<Post>>>(key, (old) => old && { ...old, pages: old.pages.map((p) => ({ ...p, items: through(p.items, status) })) });
    } else if (kind === 'of') {
      client.setQueryData<Page<Post>>(key, (old) => old && { ...old, items: through(old.items) });
    } else if (kind === 'one' && ids.has(about as string)) {
      client.setQueryData<Post>(key, (old) => (old ? (change(old) ?? undefined) : old));
    }
  }
  client.setQueryData<Today>(keys.today(scope), (old) => {
    if (!old) return old;
    const before = old.recent_posts.filter((p) => ids.has(p.id));
    const after = before.map(change);
    const by = (status: string) => after.filter((p) => p?.status === status).length - before.filter((p) => p.status === status).length;
    return {
      ...old, recent_posts: through(old.recent_posts), to_review: Math.max(0, old.to_review + by('pending')), approved: Math.max(0, old.approved + by('approved')),
    };
  });
}

export type Snapshot = [readonly unknown[], unknown][];

/** What an optimistic change may have to put back. */
export function snapshotPosts(client: QueryClient, scope: Scope): Snapshot {
  return [...client.getQueriesData({ queryKey: keys.posts(scope) }), [keys.today(scope), client.getQueryData(keys.today(scope))] as Snapshot[number]];
}
export function putBack(client: QueryClient, snapshot: Snapshot): void {
  for (const [key, data] of snapshot) client.setQueryData(key, data);
}
export async function refreshPosts(client: QueryClient, scope: Scope): Promise<void> {
  await Promise.all([
    client.invalidateQueries({ queryKey: keys.posts(scope) }),
    client.invalidateQueries({ queryKey: keys.today(scope) }),
  ]);
}
