import { asProblem } from '@/shared/api/problem';
import { ago, fullTime } from '@/shared/lib/time';
import { grouped } from '@/shared/lib/grouped';
import { cn } from '@/shared/lib/cn';
import { useMay } from '@/shared/lib/use-may';
import { useScope } from '@/shared/lib/use-scope';
import { useTitle } from '@/shared/lib/use-title';
import { Button, buttonClass } from '@/shared/ui/button';
import { Empty, ErrorState, Loading, Skeleton, SkeletonText } from '@/shared/ui/states';
import { Avatar } from '@/shared/ui/status';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { FlaskConical, Image, Heart, MessageCircle, PartyPopper, Repeat2, type LucideIcon } from 'lucide-react';
import { connectionsQuery, sandboxQuery } from '../api/queries';
import { useSandbox } from '../connections/sandbox';
import type { SandboxPost } from '../api/types';

/** The small network inside: what was published there, as its readers would see it. */
export function SandboxFeed() {
  useTitle('Sandbox');
  const { scope } = useScope();
  const feed = useInfiniteQuery(sandboxQuery(scope));
  const posts = feed.data?.pages.flatMap((p) => p.items) ?? [];
  const threads = threadsOf(posts);
  return (
    <div className="mx-auto w-full max-w-160 px-8 pt-14 pb-24 max-sm:px-4 max-sm:pt-6">
      <header className="flex items-start gap-3">
        <FlaskConical className="mt-1.5 size-7 shrink-0 text-brass-ink max-sm:mt-1 max-sm:size-6" aria-hidden />
        <div><h1 className="font-serif text-3xl max-sm:text-2xl">Sandbox</h1><p className="mt-1 text-sm text-ink-2">A network for trying things out. Nobody outside this installation sees it; its readers are made up.</p></div>
      </header>
      <div className="mt-8">
        {feed.isPending ? <Loading what="the sandbox"><div className="divide-y border-y">{Array.from({ length: 4 }, (_, i) => <div key={i} className="flex gap-4 py-5"><Skeleton className="size-10 rounded-full" /><SkeletonText lines={3} className="grow" /></div>)}</div></Loading>
          : feed.isError ? <ErrorState error={feed.error} retry={() => void feed.refetch()} />
            : threads.length === 0 ? (
              <Empty icon={FlaskConical} title="Nobody has said anything yet" action={<Begin />}>
                Publish a draft to the sandbox, and it stands here a moment later, with what its readers make of it. It takes drafts of every network.
              </Empty>
            ) : (
              <>
                <ol aria-label="Posts" className="divide-y border-y">{threads.map((t) => <Thread key={t[0]?.id} posts={t} />)}</ol>
                {feed.hasNextPage && <div className="pt-4"><Button variant="quiet" size="sm" busy={feed.isFetchingNextPage} onClick={() => void feed.fetchNextPage()}>Show older</Button></div>}
              </>
            )}
      </div>
    </div>
  );
}

/** Two steps to a first post: the sandbox is connected by one key, then a draft is chosen. */
function Begin() {
  const { scope } = useScope();
  const may = useMay('connections.manage');
  const { data } = useQuery(connectionsQuery(scope));
  const sandbox = useSandbox();
  if (!data) return null;
  const there = data.items.some((c) => c.provider === 'sandbox' && c.status !== 'disconnected');
  return (
    <>
      {!there && may && <Button variant="primary" busy={sandbox.isPending} onClick={() => sandbox.mutate()}><FlaskConical className="size-4" /> Connect the sandbox</Button>}
      <Link to="/$org/$brand/library" params={scope} className={buttonClass(there ? 'primary' : 'line')}>Choose a draft</Link>
      {sandbox.error ? <p role="alert" className="basis-full text-sm text-bad">{asProblem(sandbox.error).message}</p> : null}
    </>
  );
}

/** The newest thread first, each from its beginning. `thread_of` names the first post of a thread, or the one before. */
export function threadsOf(posts: SandboxPost[]): SandboxPost[][] {
  const byId = new Map(posts.map((p) => [p.id, p]));
  const root = (p: SandboxPost): string => {
    const seen = new Set<string>();
    let at = p;
    while (at.thread_of && !seen.has(at.id)) {
      seen.add(at.id);
      const before = byId.get(at.thread_of);
      if (!before) return at.thread_of;
      at = before;
    }
    return at.id;
  };
  return [...grouped(posts, root).values()].map((list) => [...list].sort((a, b) => Number(Boolean(a.thread_of)) - Number(Boolean(b.thread_of)) || a.created_at.localeCompare(b.created_at) || posts.indexOf(a) - posts.indexOf(b)));
}

function Thread({ posts }: { posts: SandboxPost[] }) {
  return (
    <li>
      {posts.map((p, i) => <Post key={p.id} post={p} first={i === 0} goesOn={i < posts.length - 1} />)}
    </li>
  );
}

function Post({ post: p, first, goesOn }: { post: SandboxPost; first: boolean; goesOn: boolean }) {
  return (
    <article aria-label={`Post of ${p.name}`} className={cn('grid grid-cols-[2.5rem_minmax(0,1fr)] gap-x-3.5', first ? 'pt-5' : 'pt-3', goesOn ? 'pb-0' : 'pb-5')}>
      <div className="flex flex-col items-center">
        <Avatar name={p.name} src={p.avatar_url} className="size-10" />
        {goesOn && <span aria-hidden className="mt-2 w-0.5 grow rounded-full bg-line" />}
      </div>
      <div className="grid gap-1.5">
        <p className="flex min-w-0 items-baseline gap-2 text-sm"><span className="truncate font-semibold">{p.name}</span><span className="truncate text-ink-3">@{p.handle.replace(/^@/, '')}</span><time dateTime={p.created_at} title={fullTime(p.created_at)} className="ml-auto shrink-0 text-xs text-ink-3">{ago(p.created_at)}</time></p>
        <p className="text-base whitespace-pre-line wrap-anywhere">{p.text}</p>
        {p.media > 0 && <p className="flex items-center gap-1.5 text-xs text-ink-3"><Image className="size-3.5" aria-hidden />{p.media === 1 ? 'With 1 file' : `With ${p.media} files`}</p>}
        <ul aria-label="Reactions" className="-ml-1.5 flex gap-5 pt-1 text-xs text-ink-3">
          <Count icon={MessageCircle} n={p.comments.length} what={['comment', 'comments']} />
          <Count icon={Repeat2} n={p.reactions.repost} what={['repost', 'reposts']} />
          <Count icon={Heart} n={p.reactions.like} what={['like', 'likes']} />
          <Count icon={PartyPopper} n={p.reactions.celebrate} what={['celebrates', 'celebrate']} />
        </ul>
        {p.comments.length > 0 && (
          <ul aria-label="Comments" className="mt-2 grid gap-3 rounded-lg bg-sunk px-4 py-3">
            {p.comments.map((c, i) => (
              <li key={i} className="grid grid-cols-[1.75rem_minmax(0,1fr)] gap-x-2.5 text-sm">
                <Avatar name={c.author} className="size-7 text-xs" />
                <div><p className="flex items-baseline gap-2"><span className="truncate font-semibold">{c.author}</span><time dateTime={c.at} className="shrink-0 text-xs text-ink-3">{ago(c.at)}</time></p><p className="whitespace-pre-line text-ink-2 wrap-anywhere">{c.text}</p></div>
              </li>
            ))}
          </ul>
        )}
      </div>
    </article>
  );
}

function Count({ icon: Icon, n, what }: { icon: LucideIcon; n: number; what: [string, string] }) {
  return <li className="flex min-w-10 items-center gap-1.5 px-1.5 tabular-nums"><Icon className="size-4" aria-hidden /> {n > 0 ? n : <span className="sr-only">0</span>}<span className="sr-only"> {n === 1 ? what[0] : what[1]}</span></li>;
}
