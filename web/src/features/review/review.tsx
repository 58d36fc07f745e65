import { api, take } from '@/shared/api/client';
import { asProblem } from '@/shared/api/problem';
import { toast } from '@/shared/lib/toast';
import { useTitle } from '@/shared/lib/use-title';
import { longDate } from '@/shared/lib/time';
import { sayDay, sayZone } from '@/shared/lib/zone';
import { Button } from '@/shared/ui/button';
import { ConfirmDialog } from '@/shared/ui/confirm';
import { Wordmark } from '@/shared/ui/logo';
import { Meter } from '@/shared/ui/meter';
import { Empty, ErrorState, Loading, Skeleton, SkeletonText } from '@/shared/ui/states';
import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { CheckCheck, Coffee } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { Card } from './card';
import { byDay, isOver, isUndecided, keyOf, progress, type ReviewItem, type ReviewPage, type Verdict } from './model';
import { NameDialog, useReviewer } from './name';

/** No event reaches somebody without an account, so the page looks again now and then. */
const every = 60_000;
const reviewQuery = (token: string) => queryOptions({
  queryKey: ['review', token], queryFn: ({ signal }) => take(api.GET('/api/v1/review/{token}', { params: { path: { token } }, signal })),
  refetchInterval: ({ state }) => (state.error ? false : every),
});

/** What a client without an account sees by a link: the brand's posts as they will look, and what to say of each. */
export function Review({ token }: { token: string }) {
  const page = useQuery(reviewQuery(token));
  useTitle(page.data ? `${page.data.brand}: posts to review` : 'Posts to review');
  if (page.data && !(page.isError && asProblem(page.error).status === 404)) return <Board token={token} page={page.data} />;
  if (page.isError) return asProblem(page.error).status === 404 ? <Gone /> : <Frame><ErrorState error={page.error} retry={() => void page.refetch()} /></Frame>;
  return (
    <Frame>
      <Loading what="the posts"><Skeleton className="h-9 w-2/3" /><SkeletonText lines={2} className="mt-5" /><div className="mt-12 grid gap-8">{[0, 1].map((i) => <SkeletonText key={i} lines={6} />)}</div></Loading>
    </Frame>
  );
}

function Frame({ children }: { children: ReactNode }) {
  return (
    <div className="flex min-h-dvh flex-col">
      <main className="mx-auto w-full max-w-180 grow px-6 pt-14 pb-24 max-sm:px-4 max-sm:pt-8">{children}</main>
      <footer className="border-t"><div className="mx-auto flex w-full max-w-180 items-center gap-4 px-6 py-6 text-xs text-ink-3 max-sm:px-4"><Wordmark /><p className="ml-auto text-right">Write it once. Say it well everywhere.</p></div></footer>
    </div>
  );
}

function Gone() {
  return (
    <Frame>
      <Coffee className="size-7 text-brass-ink" aria-hidden />
      <h1 className="mt-5 font-serif text-3xl text-balance max-sm:text-2xl">This link doesn’t open any more</h1>
      <p role="alert" className="mt-3 max-w-prose text-base text-ink-2">It has ended, was taken back, or was not copied in full. Whoever sent it to you can make a new one in a moment. What you said before is kept.</p>
    </Frame>
  );
}

interface Said { verdict: Verdict; words: string; items: ReviewItem[] }

function Board({ token, page }: { token: string; page: ReviewPage }) {
  const client = useQueryClient();
  const [name, setName] = useReviewer();
  const [naming, setNaming] = useState<{ go?: (name: string) => void } | null>(null);
  const [all, setAll] = useState(false);
  const undecided = page.items.filter(isUndecided);
  // as many as are taken at once
  const batch = undecided.slice(0, 100);
  const countable = page.items.filter((i) => !isOver(i));
  const saying = useMutation({
    mutationFn: ({ verdict, words, items, by }: Said & { by: string }) => take(api.POST('/api/v1/review/{token}/reviews', {
      params: { path: { token } },
      body: { name: by, verdict, words, items: items.map((i) => ({ post_id: i.post_id, publication_id: i.publication_id ?? null, seal: i.seal })) },
    })),
    onSuccess: (fresh, { verdict, items }) => {
      client.setQueryData(reviewQuery(token).queryKey, fresh);
      setAll(false);
      const many = items.length > 1 ? `: ${items.length} posts` : '';
      toast({ approved: `Approved${many}`, changes_requested: 'The team knows what to change', comment: 'Your comment is kept' }[verdict]);
    },
    // somebody changed a text, or took the link back: the page shows what is true now
    onError: (error) => {
      const { status } = asProblem(error);
      if (status === 409 || status === 404) void client.invalidateQueries({ queryKey: reviewQuery(token).queryKey });
    },
  });
  const say = (what: Said, done: () => void = () => undefined) => {
    const go = (by: string) => saying.mutate({ ...what, by }, { onSuccess: done });
    if (name) go(name);
    else setNaming({ go });
  };
  const of = (item: ReviewItem) => saying.variables?.items.length === 1 && keyOf(saying.variables.items[0] ?? item) === keyOf(item);
  const faultOf = (item: ReviewItem) => {
    if (!saying.error || !of(item)) return null;
    const problem = asProblem(saying.error);
    return problem.code === 'text_changed' ? 'The text was changed while you read. This is how it is now: please read it again.' : problem.errors[0]?.message ?? problem.message;
  };
  return (
    <Frame>
      <header className="grid gap-3">
        <p className="text-sm text-ink-3">For {page.label}</p>
        <h1 className="font-serif text-3xl text-balance max-sm:text-2xl">{page.brand}</h1>
        <p className="max-w-prose text-base text-ink-2" role="status">{progress(page.items, page.may_approve)}</p>
        {page.may_approve && countable.length > 0 && <Meter label="Posts that have your word" used={countable.length - undecided.length} limit={countable.length} goal className="max-w-80" />}
        <p className="flex flex-wrap gap-x-4 gap-y-1 text-xs text-ink-3">
          <span>Times in {sayZone(page.zone)}</span>
          <span>The link opens until {longDate(new Date(page.expires_at), page.zone)}</span>
          {name && <span>You are {name} <button type="button" className="ml-1 rounded-sm underline underline-offset-4 hover:text-ink" onClick={() => setNaming({})}>Somebody else<span className="sr-only">: change the name</span></button></span>}
        </p>
        {page.may_approve && undecided.length > 1 && <div className="mt-2"><Button onClick={() => setAll(true)}><CheckCheck className="size-4" /> Approve {batch.length < undecided.length ? `the first ${batch.length}` : `all ${batch.length}`}</Button></div>}
      </header>

      {page.items.length === 0 ? (
        <div className="mt-8"><Empty icon={Coffee} title="Nothing to read at present">What is planned for these days appears here by itself. Come back with the same link.</Empty></div>
      ) : byDay(page.items).map(({ day, items }) => (
        <section key={day ?? 'none'} aria-labelledby={`day-${day ?? 'none'}`} className="mt-12 grid gap-5 max-sm:mt-10">
          <h2 id={`day-${day ?? 'none'}`} className="font-serif text-xl">{day ? sayDay(day) : 'Without a time yet'}</h2>
          {items.map((item) => (
            <Card
              key={keyOf(item)}
              item={item}
              brand={page.brand}
              zone={page.zone}
              mayApprove={page.may_approve}
              busy={saying.isPending && (saying.variables.items.length > 1 || of(item)) ? saying.variables.verdict : null}
              fault={faultOf(item)}
              say={(verdict, words, done) => say({ verdict, words, items: [item] }, done)}
            />
          ))}
        </section>
      ))}

      {naming && <NameDialog name={name} onClose={() => setNaming(null)} onName={(given) => {
        setName(given);
        setNaming(null);
        naming.go?.(given);
      }} />}
      {all && (
        <ConfirmDialog title={`Approve ${batch.length} posts?`} action="Approve them" good busy={saying.isPending} error={saying.error} onClose={() => setAll(false)} onConfirm={() => say({ verdict: 'approved', words: '', items: batch })}>
          <p>All that have no word of yours yet, as they stand on this page. You can still ask for changes afterwards, until a post is out.</p>
        </ConfirmDialog>
      )}
    </Frame>
  );
}
