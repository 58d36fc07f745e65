import { api, take } from '@/shared/api/client';
import { asProblem } from '@/shared/api/problem';
import { generationPath, generationPostsQuery, generationQuery, isLive, keys } from '@/shared/api/queries';
import type { Generation, Output, Post } from '@/shared/api/types';
import { usePostActions } from '@/shared/draft/actions';
import { DraftCard, useTargetName } from '@/shared/draft/draft-card';
import { useDraftKeys } from '@/shared/draft/keys';
import { WritingNow } from '@/shared/draft/writing-now';
import { cn } from '@/shared/lib/cn';
import { fullTime } from '@/shared/lib/time';
import { toast } from '@/shared/lib/toast';
import { useScope } from '@/shared/lib/use-scope';
import { useTitle } from '@/shared/lib/use-title';
import { Button, IconButton } from '@/shared/ui/button';
import { NetworkGlyph } from '@/shared/ui/network-glyph';
import { ErrorState, Loading, Skeleton, SkeletonText } from '@/shared/ui/states';
import { Status } from '@/shared/ui/status';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { ArrowLeft, CheckCheck, RotateCcw, Trash2 } from 'lucide-react';
import { useEffect, useMemo, useRef, type ReactNode } from 'react';
import { AnalysisPanel } from './analysis';
import { titleOf, useDeleteGeneration } from './history';

export interface GenerationScreenProps { id: string; active: string | undefined; onActive: (post: string | undefined) => void; finish?: (post: Post) => ReactNode; media?: (post: Post) => ReactNode }

export function GenerationScreen({ id, active, onActive, finish, media }: GenerationScreenProps) {
  const { scope } = useScope();
  const generation = useQuery(generationQuery(scope, id));
  useTitle(generation.data ? titleOf(generation.data.input) : 'Studio');
  if (generation.isPending) {
    return (
      <Loading what="the drafts">
        <div className="mx-auto grid w-full max-w-290 gap-8 px-8 pt-10 max-sm:px-4"><Skeleton className="h-8 w-1/2" /><SkeletonText lines={8} className="max-w-160" /></div>
      </Loading>
    );
  }
  if (generation.isError) {
    return (
      <div className="mx-auto w-full max-w-208 px-8 pt-10 max-sm:px-4">
        <BackLink />
        <ErrorState error={generation.error} {...([400, 404].includes(asProblem(generation.error).status) ? { title: 'These drafts are not here' } : { retry: () => void generation.refetch() })} />
      </div>
    );
  }
  return <Desk generation={generation.data} active={active} onActive={onActive} finish={finish} media={media} />;
}

function Desk({ generation, active, onActive, finish, media }: { generation: Generation } & Omit<GenerationScreenProps, 'id'>) {
  const { scope, author } = useScope();
  const list = useQuery(generationPostsQuery(scope, generation.id));
  const actions = usePostActions(scope);
  const retry = useRetry(generation);
  const navigate = useNavigate();
  const remove = useDeleteGeneration();
  const byId = useMemo(() => new Map(list.data?.items.map((p) => [p.id, p])), [list.data]);
  const posts = useMemo(() => generation.outputs.flatMap((o) => {
    const post = o.post_id ? byId.get(o.post_id) : undefined;
    return post ? [post] : [];
  }), [generation.outputs, byId]);
  const handle = useDraftKeys({ posts, active, setActive: onActive, actions });
  const pending = posts.filter((p) => p.status === 'pending');
  const failed = generation.outputs.filter((o) => o.status === 'failed');

  // Drafts that the generation names and the list has not: the event that told of them was missed.
  const named = generation.outputs.flatMap((o) => o.post_id ?? []).join(' ');
  const { refetch } = list;
  useEffect(() => {
    if (named !== '') void refetch({ cancelRefetch: false });
  }, [named, refetch]);

  // A shared link may name a draft before the drafts are here.
  const shown = active !== undefined && byId.has(active);
  // What a hand is on already must not move away from under it.
  const touched = useRef<string | undefined>(undefined);
  useEffect(() => {
    if (!active || !shown || touched.current === active) return;
    touched.current = undefined;
    document.querySelector(`[data-post="${CSS.escape(active)}"]`)?.scrollIntoView({ block: 'nearest' });
  }, [active, shown]);

  const take = (post: string) => {
    touched.current = post;
    onActive(post);
  };

  return (
    <div className="mx-auto w-full max-w-290 px-8 pt-8 pb-24 max-sm:px-4 max-sm:pt-4">
      <BackLink />
      <header className="mt-3 flex flex-wrap items-start gap-x-4 gap-y-3">
        <div className="min-w-0 grow basis-80">
          <h1 className="font-serif text-2xl text-balance">{titleOf(generation.input)}</h1>
          <Progress generation={generation} toReview={pending.length} />
        </div>
        <div className="flex items-center gap-1">
          {pending.length > 1 && !isLive(generation.status) && (
            <Button onClick={() => actions.move(pending, 'approve')}><CheckCheck className="size-4" /> Approve all {pending.length}</Button>
          )}
          <IconButton
            label="Delete these drafts' source"
            onClick={() => {
              remove(generation);
              void navigate({ to: '/$org/$brand/studio', params: scope });
            }}
          >
            <Trash2 />
          </IconButton>
        </div>
      </header>
      <Strip outputs={generation.outputs} byId={byId} active={active} onActive={onActive} />
      {generation.error && failed.length === 0 && <div role="alert" className="mt-4 rounded-md bg-bad-soft px-4 py-3 text-bad">{generation.error.message}</div>}
      <div className="mt-6 grid gap-x-12 gap-y-10 xl:grid-cols-[minmax(0,1fr)_19rem]">
        <div className="grid min-w-0 content-start gap-6">
          {list.isError ? <ErrorState error={list.error} retry={() => void list.refetch()} /> : generation.outputs.map((output) => {
            const post = output.post_id ? byId.get(output.post_id) : undefined;
            if (post) {
              return (
                <div key={output.id} className="scroll-mt-32 animate-fade" onFocusCapture={() => take(post.id)} onPointerDown={() => take(post.id)}>
                  <DraftCard scope={scope} post={post} author={author} actions={actions} active={post.id === active} handle={post.id === active ? handle : undefined} headingLevel={2} notes={output.notes} finish={finish?.(post)} media={media?.(post)} />
                </div>
              );
            }
            if (output.status === 'failed') return <FailedCard key={output.id} output={output} busy={retry.isPending} retry={() => retry.mutate(output)} />;
            // Written, yet not in the list: deleted since, or not fetched yet.
            if (output.status === 'completed' && list.isSuccess && !list.isFetching) return null;
            return <WritingCard key={output.id} output={output} />;
          })}
          {posts.length === 0 && failed.length === 0 && !isLive(generation.status) && list.isSuccess && !list.isFetching && (
            <p className="py-8 text-ink-2">All drafts of this text were deleted.</p>
          )}
        </div>
        <AnalysisPanel generation={generation} />
      </div>
    </div>
  );
}

function BackLink() {
  const { scope } = useScope();
  return (
    <Link to="/$org/$brand/studio" params={scope} className="inline-flex h-8 items-center gap-2 rounded-sm text-sm text-ink-3 hover:text-ink max-lg:h-10">
      <ArrowLeft className="size-4" aria-hidden /> Studio
    </Link>
  );
}

function useRetry(generation: Generation) {
  const { scope } = useScope();
  const client = useQueryClient();
  return useMutation({
    mutationFn: (output: Output) => take(api.POST(`${generationPath}/outputs/{output}/retry`, { params: { path: { ...scope, generation: generation.id, output: output.id } } })),
    onSuccess: (fresh) => client.setQueryData([...keys.generations(scope), 'one', generation.id], fresh),
    onError: (error) => toast('It could not be tried again', { kind: 'error', detail: asProblem(error).message }),
  });
}

function Progress({ generation: g, toReview }: { generation: Generation; toReview: number }) {
  const done = g.outputs.filter((o) => o.status === 'completed').length;
  const failed = g.outputs.filter((o) => o.status === 'failed').length;
  const live = isLive(g.status);
  if (g.status === 'pending' && g.starts_at && new Date(g.starts_at) > new Date()) {
    return <p role="status" className="mt-1.5 text-xs text-ink-3">Writing begins {fullTime(g.starts_at)}. Nothing needs to be open until then.</p>;
  }
  return (
    <p role="status" className="mt-1.5 flex flex-wrap items-center gap-x-3 gap-y-1 text-xs text-ink-3">
      {live || failed > 0 ? <Status status={live ? 'running' : g.status} /> : null}
      <span>
        {live ? `${done} of ${g.outputs.length} drafts written` : `${done} ${done === 1 ? 'draft' : 'drafts'}${failed ? `, ${failed} failed` : ''}${toReview ? `, ${toReview} to review` : done > 0 ? ', all decided' : ''}`}
      </span>
      {g.tone && <span className="capitalize">{g.tone}</span>}
      {!live && g.generation_time_ms != null && <span>{g.cached ? 'from an earlier request' : `in ${duration(g.generation_time_ms)}`}</span>}
    </p>
  );
}

function duration(ms: number): string {
  return ms < 1000 ? `${ms} ms` : `${(ms / 1000).toFixed(1)} s`;
}

/** All drafts in a row: what state each is in, and a jump to it. */
function Strip({ outputs, byId, active, onActive }: { outputs: Output[]; byId: Map<string, Post>; active: string | undefined; onActive: (post: string) => void }) {
  const name = useTargetName();
  return (
    <nav aria-label="Drafts" className="sticky top-0 z-20 -mx-8 mt-5 border-b bg-paper px-8 max-lg:top-14 max-sm:-mx-4 max-sm:px-4">
      <ul className="relative -mx-2 flex gap-1 overflow-x-auto py-2 scroll-none">
        {outputs.map((output) => {
          const post = output.post_id ? byId.get(output.post_id) : undefined;
          const state = post?.status ?? (output.status === 'completed' ? 'running' : output.status === 'pending' ? 'waiting' : output.status);
          const { network, type } = name(output.target);
          const twins = outputs.filter((o) => o.network === output.network).length > 1;
          return (
            <li key={output.id} className="shrink-0">
              <button
                type="button"
                disabled={!post}
                aria-current={post !== undefined && post.id === active ? true : undefined}
                onClick={() => {
                  if (!post) return;
                  onActive(post.id);
                  document.querySelector(`[data-post="${CSS.escape(post.id)}"]`)?.scrollIntoView({ block: 'start' });
                }}
                className={cn('flex h-8 items-center gap-2 rounded-md px-2 text-sm text-ink-2 enabled:hover:bg-sunk max-lg:h-10', post && post.id === active && 'bg-sunk text-ink')}
              >
                <NetworkGlyph network={output.network} className="size-3.5" />
                <span className="max-md:sr-only">{network}{twins && ` ${type}`}</span>
                <Dot state={state} />
              </button>
            </li>
          );
        })}
      </ul>
    </nav>
  );
}

const dots: Record<string, [string, string]> = {
  waiting: ['bg-line-strong', 'waiting'], running: ['bg-brass animate-breathe', 'being written'], failed: ['bg-bad', 'failed'], pending: ['ring-1 ring-inset ring-brass-ink', 'to review'],
  approved: ['bg-good', 'approved'], rejected: ['bg-ink-3', 'rejected'], archived: ['bg-ink-3', 'archived'], published: ['bg-good', 'published'],
};
function Dot({ state }: { state: string }) {
  const [look, said] = dots[state] ?? ['bg-ink-3', state];
  return <><span aria-hidden className={cn('size-2 rounded-full', look)} /><span className="sr-only">{said}</span></>;
}

function CardHead({ output, children }: { output: Output; children: ReactNode }) {
  const { network, type } = useTargetName()(output.target);
  return (
    <header className="flex min-h-12 items-center gap-2.5 border-b px-5 py-2 max-sm:px-4">
      <NetworkGlyph network={output.network} />
      <h2 className="flex min-w-0 grow items-baseline gap-2"><span className="font-semibold">{network}</span><span className="text-xs text-ink-3">{type}</span></h2>
      {children}
    </header>
  );
}

function WritingCard({ output }: { output: Output }) {
  return (
    <article className="rounded-xl border bg-sheet" aria-busy>
      <CardHead output={output}><Status status={output.status === 'pending' ? 'waiting' : 'running'} /></CardHead>
      <div className="px-5 py-5 max-sm:px-4">{output.status === 'pending' ? <SkeletonText lines={4} /> : <WritingNow id={output.id} />}</div>
    </article>
  );
}

function FailedCard({ output, retry, busy }: { output: Output; retry: () => void; busy: boolean }) {
  return (
    <article className="rounded-xl border bg-sheet">
      <CardHead output={output}><Status status="failed" /></CardHead>
      <div className="grid justify-items-start gap-3 px-5 py-5">
        <p>{sentence(output.error?.message ?? 'It could not be written.')}</p>
        <p className="text-xs text-ink-3">The other drafts are not touched. Trying again does not count against your plan.</p>
        <Button size="sm" busy={busy} onClick={retry}><RotateCcw className="size-4" /> Try this one again</Button>
      </div>
    </article>
  );
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
