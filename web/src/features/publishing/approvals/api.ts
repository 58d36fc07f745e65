import { api, take } from '@/shared/api/client';
import { asProblem } from '@/shared/api/problem';
import { brandPath, keys, postPath, type Scope } from '@/shared/api/queries';
import type { components } from '@/shared/api/schema.gen';
import { toast } from '@/shared/lib/toast';
import { useScope } from '@/shared/lib/use-scope';
import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { publishingKeys } from '../api/queries';

type Schemas = components['schemas'];
export type Rule = Schemas['ApprovalRuleView'];
export type Approver = Schemas['Approver'];
export type ReviewLink = Schemas['ReviewLinkView'];
export type Review = Schemas['ReviewView'];
export type PostReviews = Schemas['PostReviews'];
export type Verdict = Schemas['ReviewVerdict'];

export const rulesPath = `${brandPath}/approval-rules` as const;
export const linksPath = `${brandPath}/review-links` as const;
export const reviewsPath = `${postPath}/reviews` as const;

export const reviewKeys = {
  rules: (s: Scope) => [...publishingKeys.all(s), 'rules'] as const,
  links: (s: Scope) => [...publishingKeys.all(s), 'review-links'] as const,
};

export const rulesQuery = (s: Scope) => queryOptions({
  queryKey: reviewKeys.rules(s), queryFn: ({ signal }) => take(api.GET(rulesPath, { params: { path: s }, signal })), staleTime: 30_000,
});
export const linksQuery = (s: Scope) => infiniteQueryOptions({
  queryKey: reviewKeys.links(s),
  queryFn: ({ signal, pageParam }) => take(api.GET(linksPath, { params: { path: s, query: { ...(pageParam && { cursor: pageParam }), limit: 30 } }, signal })),
  initialPageParam: null as string | null | undefined,
  getNextPageParam: (last) => last.next_cursor,
});
export const reviewsQuery = (s: Scope, post: string) => queryOptions({
  queryKey: [...publishingKeys.all(s), 'reviews', post], queryFn: ({ signal }) => take(api.GET(reviewsPath, { params: { path: { ...s, post } }, signal })), staleTime: 30_000,
});

export interface Word { verdict: Verdict; words: string; shared?: boolean; publication_id?: string | null }

/** What one says of a post, and what is settled: the post and what is planned of it may follow. */
export function useReviewing(post: string) {
  const { scope } = useScope();
  const client = useQueryClient();
  const path = { ...scope, post };
  const kept = (fresh: PostReviews) => client.setQueryData(reviewsQuery(scope, post).queryKey, fresh);
  const settled = () => Promise.all([publishingKeys.all(scope), keys.posts(scope), keys.today(scope)].map((queryKey) => client.invalidateQueries({ queryKey })));
  const say = useMutation({
    mutationFn: (word: Word) => take(api.POST(reviewsPath, { params: { path }, body: word })),
    onSuccess: (fresh, { verdict }) => {
      kept(fresh);
      toast({ comment: 'Your comment is kept', approved: 'Approved', changes_requested: 'Changes are asked for' }[verdict], verdict === 'approved' && fresh.missing_words ? { detail: fresh.missing_words } : {});
    },
    onSettled: settled,
  });
  const approve = useMutation({
    mutationFn: () => take(api.POST(`${postPath}/approve`, { params: { path } })),
    onSuccess: () => toast('Approved'),
    onError: (error) => toast('It could not be approved', { kind: 'error', detail: asProblem(error).errors[0]?.message ?? asProblem(error).message }),
    onSettled: settled,
  });
  const settle = useMutation({
    mutationFn: (review: string) => take(api.POST(`${reviewsPath}/{review}/resolve`, { params: { path: { ...path, review } } })),
    onSuccess: (fresh) => {
      kept(fresh);
      toast('Settled');
    },
    onError: (error) => toast('It could not be settled', { kind: 'error', detail: asProblem(error).message }),
    onSettled: settled,
  });
  return { say, approve, settle };
}
