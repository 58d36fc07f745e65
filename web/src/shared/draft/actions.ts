import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useMemo } from 'react';
import { changePosts, putBack, refreshPosts, snapshotPosts } from '../api/cache';
import { api, take } from '../api/client';
import { asProblem } from '../api/problem';
import { brandPath, postPath, type Scope } from '../api/queries';
import type { BulkResult, Post, PostStatus, Tone } from '../api/types';
import { toast } from '../lib/toast';
import { askedWhy } from './reason';
import { flushDraft, receivePost, saveNote } from './sessions';

export type Verb = 'approve' | 'reject' | 'reopen' | 'archive' | 'delete' | 'restore';
const lands: Partial<Record<Verb, PostStatus>> = { approve: 'approved', reject: 'rejected', reopen: 'pending', archive: 'archived' };
const said: Record<Verb, string> = {
  approve: 'Approved', reject: 'Rejected', reopen: 'Back to review', archive: 'Archived', delete: 'Deleted', restore: 'Brought back',
};

export interface PostActions {
  move: (posts: Post[], verb: Verb, reason?: string) => void;
  /** Says why a draft was rejected, after the fact: nobody is held up by a question. */
  explain: (post: Post, reason: string) => void;
  note: (post: Post, note: string) => void;
  feedback: (post: Post, feedback: -1 | 0 | 1) => void;
  regenerate: (post: Post, wish?: { tone?: Tone; instructions?: string }) => void;
  regenerating: string | null;
}

/** Everything one does to drafts: at once on screen, taken back when the server refuses, undone from the toast. */
export function usePostActions(scope: Scope): PostActions {
  const client = useQueryClient();
  const of = (post: Post) => ({ path: { ...scope, post: post.id } });

  const moving = useMutation({
    mutationFn: async ({ posts, verb, reason }: { posts: Post[]; verb: Verb; reason?: string | undefined }): Promise<BulkResult> => {
      const safe = await Promise.all(posts.map(async (p) => verb === 'delete' || (await flushDraft(p.id))));
      if (safe.some((ok) => !ok)) throw new Error('Your last words in this draft are not saved yet. Save them first.');
      if (posts.length > 1 && verb !== 'reopen' && verb !== 'restore') {
        return take(api.POST(`${brandPath}/posts/bulk`, { params: { path: scope }, body: { ids: posts.map((p) => p.id), action: verb } }));
      }
      const done: string[] = [];
      const failed: BulkResult['failed'] = [];
      for (const post of posts) {
        try {
          if (verb === 'delete') await api.DELETE(postPath, { params: of(post) });
          else if (verb === 'reject') receivePost(await take(api.POST(`${postPath}/reject`, { params: of(post), body: reason ? { reason } : {} })));
          else receivePost(await take(api.POST(`${postPath}/${verb}`, { params: of(post) })));
          done.push(post.id);
        } catch (error) {
          if (posts.length === 1) throw error;
          const problem = asProblem(error);
          failed.push({ id: post.id, code: problem.code, message: problem.message });
        }
      }
      return { done, failed };
    },
    onMutate: async ({ posts, verb }) => {
      await client.cancelQueries({ queryKey: ['brand', scope.org, scope.brand, 'posts'] });
      const before = snapshotPosts(client, scope);
      const status = lands[verb];
      changePosts(client, scope, new Set(posts.map((p) => p.id)), (p) => (verb === 'delete' ? null : status ? { ...p, status } : p));
      return before;
    },
    onError: (error, { posts, verb }, before) => {
      if (before) putBack(client, before);
      toast(`${posts.length === 1 ? 'This draft' : 'These drafts'} could not be ${said[verb].toLowerCase()}`, { kind: 'error', detail: asProblem(error).message });
    },
    onSuccess: ({ done, failed }, { posts, verb }) => {
      if (failed.length > 0) {
        toast(`${failed.length} of ${posts.length} could not be ${said[verb].toLowerCase()}`, { kind: 'error', detail: failed[0]?.message ?? '' });
        if (done.length === 0) return;
      }
      const what = done.length === 1 ? said[verb] : `${said[verb]}: ${done.length} drafts`;
      if (verb === 'reopen' || verb === 'restore') {
        toast(what);
        return;
      }
      const changed = posts.filter((p) => done.includes(p.id));
      const [only] = changed;
      const why = verb === 'reject' && changed.length === 1 && only !== undefined
        ? { action: { label: 'Say why', keys: 'w', run: () => askedWhy.set({ post: only, give: (reason) => tell({ post: only, reason }) }) } } : {};
      toast(what, { undo: () => takeBack(changed, verb), ...why });
    },
    onSettled: () => void refreshPosts(client, scope),
  });

  const explain = useMutation({
    mutationFn: ({ post, reason }: { post: Post; reason: string }) => take(api.POST(`${postPath}/reject`, { params: of(post), body: { reason } })),
    onMutate: ({ post, reason }) => changePosts(client, scope, new Set([post.id]), (p) => ({ ...p, rejection_reason: reason })),
    onSuccess: (post) => {
      changePosts(client, scope, new Set([post.id]), () => post);
      receivePost(post);
      toast('Your reason is kept');
    },
    onError: (error) => toast('Your reason was not kept', { kind: 'error', detail: asProblem(error).message }),
    onSettled: () => void refreshPosts(client, scope),
  });
  const { mutate: tell } = explain;
  const noting = useMutation({
    mutationFn: ({ post, note }: { post: Post; note: string }) => saveNote(client, scope, post, note),
    onError: (error) => toast('The note was not kept', { kind: 'error', detail: asProblem(error).message }),
  });

  const { mutate: move } = moving;
  /** Back to the status each had; approving again goes through review, as the first time. */
  function takeBack(posts: Post[], verb: Verb): void {
    if (verb === 'delete') {
      move({ posts, verb: 'restore' });
      return;
    }
    const to: Record<string, Verb> = { approved: 'approve', rejected: 'reject', archived: 'archive', pending: 'reopen' };
    for (const [status, back] of Object.entries(to)) {
      const group = posts.filter((p) => p.status === status);
      if (group.length > 0) move({ posts: group, verb: back });
    }
  }

  const feedback = useMutation({
    mutationFn: ({ post, feedback: value }: { post: Post; feedback: number }) => take(api.POST(`${postPath}/feedback`, { params: of(post), body: { feedback: value } })),
    onMutate: ({ post, feedback: value }) => {
      const before = snapshotPosts(client, scope);
      changePosts(client, scope, new Set([post.id]), (p) => ({ ...p, feedback: value }));
      return before;
    },
    onSuccess: (post) => {
      changePosts(client, scope, new Set([post.id]), () => post);
      receivePost(post);
    },
    onError: (error, _vars, before) => {
      if (before) putBack(client, before);
      toast('Your feedback was not kept', { kind: 'error', detail: asProblem(error).message });
    },
  });

  const regenerate = useMutation({
    mutationFn: async ({ post, wish }: { post: Post; wish: { tone?: Tone; instructions?: string } }) => {
      await flushDraft(post.id);
      return take(api.POST(`${postPath}/regenerate`, { params: of(post), body: wish }));
    },
    onSuccess: (post) => {
      changePosts(client, scope, new Set([post.id]), () => post);
      receivePost(post);
    },
    onError: (error) => toast('It could not be written anew', { kind: 'error', detail: asProblem(error).message }),
    onSettled: () => void refreshPosts(client, scope),
  });

  const { mutate: rate } = feedback;
  const { mutate: jot } = noting;
  const { mutate: again, isPending, variables } = regenerate;
  const regenerating = isPending ? variables.post.id : null;
  return useMemo(() => ({
    move: (posts, verb, reason) => move({ posts, verb, reason }),
    explain: (post, reason) => tell({ post, reason }),
    note: (post, note) => jot({ post, note }),
    feedback: (post, value) => rate({ post, feedback: value }),
    regenerate: (post, wish = {}) => again({ post, wish }),
    regenerating,
  }), [move, tell, jot, rate, again, regenerating]);
}
