import { api, take } from '@/shared/api/client';
import { asProblem } from '@/shared/api/problem';
import { keys, meQuery, noticeCountQuery, noticesQuery } from '@/shared/api/queries';
import type { Notice } from '@/shared/api/types';
import { cn } from '@/shared/lib/cn';
import { markRead, noticeKinds } from '@/shared/lib/notices';
import { ago, fullTime } from '@/shared/lib/time';
import { toast } from '@/shared/lib/toast';
import { useScope } from '@/shared/lib/use-scope';
import { Button, buttonClass, IconButton } from '@/shared/ui/button';
import { Hint } from '@/shared/ui/hint';
import { Empty, ErrorState, Loading, Skeleton } from '@/shared/ui/states';
import { useInfiniteQuery, useMutation, useQuery, useQueryClient, useSuspenseQuery, type QueryClient } from '@tanstack/react-query';
import { Link, useRouter } from '@tanstack/react-router';
import { BellRing, Settings2, X } from 'lucide-react';
import type { MouseEvent } from 'react';

/** What one was told, the newest first. */
export function Notices({ close }: { close: () => void }) {
  const { scope, organization } = useScope();
  const { data: me } = useSuspenseQuery(meQuery);
  const list = useInfiniteQuery(noticesQuery);
  const { data: count } = useQuery(noticeCountQuery);
  const client = useQueryClient();
  const read = useMutation({
    mutationFn: (id: string) => take(api.POST('/api/v1/me/notifications/{notification}/read', { params: { path: { notification: id } } })),
    onMutate: (id) => readInCache(client, id),
    // Not read after all, or told of something meanwhile: the server knows.
    onSettled: () => void client.invalidateQueries({ queryKey: keys.notices }),
  });
  const readAll = useMutation({
    mutationFn: () => api.POST('/api/v1/me/notifications/read-all'),
    onMutate: () => readInCache(client),
    onError: (error) => toast('They were not marked as read', { kind: 'error', detail: asProblem(error).message }),
    onSettled: () => void client.invalidateQueries({ queryKey: keys.notices }),
  });
  const items = list.data?.pages.flatMap((p) => p.items) ?? [];
  // Which organization a notice is of is only worth a word when it isn't the one in sight.
  const elsewhere = (n: Notice) => (n.organization_id === organization.id ? undefined : me.organizations.find((o) => o.id === n.organization_id)?.name);
  const open = (n: Notice) => {
    if (!n.read_at) read.mutate(n.id);
    if (n.href) close();
  };
  return (
    <>
      <header className="flex min-h-14 items-center gap-1 border-b py-2 pr-2 pl-5">
        <h2 className="grow font-semibold">Notifications</h2>
        {(count?.unread ?? 0) > 0 && <Button variant="quiet" size="sm" busy={readAll.isPending} onClick={() => readAll.mutate()}>Mark all as read</Button>}
        <Hint text="What you are told of">
          <Link to="/$org/$brand/settings/$section" params={{ ...scope, section: 'notifications' }} onClick={close} aria-label="What you are told of" className={buttonClass('quiet', 'sm', '!px-2')}><Settings2 className="size-4.5" aria-hidden /></Link>
        </Hint>
        <IconButton label="Close" keys="esc" className="lg:hidden" onClick={close}><X /></IconButton>
      </header>
      <div className="min-h-0 grow overflow-y-auto overscroll-contain scroll-thin" tabIndex={-1}>
        {list.isPending ? <Loading what="notifications"><Waiting /></Loading>
          : list.isError && items.length === 0 ? <div className="px-5"><ErrorState error={list.error} retry={() => void list.refetch()} compact /></div>
            : items.length === 0 ? <div className="px-5"><Empty icon={BellRing} title="All quiet">When a post fails, waits for your review, or somebody joins, it says so here.</Empty></div>
              : <ul aria-label="Notifications" className="divide-y">{items.map((n) => <li key={n.id}><Row notice={n} of={elsewhere(n)} onOpen={() => open(n)} /></li>)}</ul>}
        {list.hasNextPage && <div className="border-t p-2"><Button variant="quiet" size="sm" className="w-full" busy={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>Earlier</Button></div>}
      </div>
    </>
  );
}

/** At once, before the server says so: the number and the marks go by the click. */
async function readInCache(client: QueryClient, id?: string): Promise<void> {
  await client.cancelQueries({ queryKey: keys.notices });
  let gone = 0;
  client.setQueryData(noticesQuery.queryKey, (old) => {
    const { list, read } = markRead(old, new Date().toISOString(), id);
    gone = read;
    return list;
  });
  client.setQueryData(noticeCountQuery.queryKey, (old) => old && { unread: id ? Math.max(0, old.unread - gone) : 0 });
}

const tones = { bad: 'bg-bad-soft text-bad', warn: 'bg-brass-soft text-brass-ink', good: 'bg-good-soft text-good', plain: 'bg-sunk text-ink-2' };

function Row({ notice: n, of, onOpen }: { notice: Notice; of: string | undefined; onOpen: () => void }) {
  const router = useRouter();
  // A kind that a newer server tells of is still worth its words.
  const { icon: Icon, tone } = (noticeKinds as Partial<typeof noticeKinds>)[n.kind] ?? { icon: BellRing, tone: 'plain' as const };
  const inside = (
    <>
      <span className={cn('flex size-8 shrink-0 items-center justify-center rounded-full', tones[tone])}><Icon className="size-4" aria-hidden /></span>
      <span className="min-w-0 grow">
        <span className={cn('block text-sm', n.read_at ? 'text-ink-2' : 'font-semibold text-ink')}>{!n.read_at && <span className="sr-only">Unread: </span>}{n.title}</span>
        {n.detail && <span className="mt-0.5 line-clamp-3 text-sm wrap-anywhere text-ink-2">{n.detail}</span>}
        <span className="mt-1 block text-xs text-ink-3"><time dateTime={n.created_at} title={fullTime(n.created_at)}>{ago(n.created_at)}</time>{of && ` · ${of}`}</span>
      </span>
      <span aria-hidden className={cn('mt-1.5 size-2 shrink-0 rounded-full', !n.read_at && 'bg-brass')} />
    </>
  );
  const look = 'flex w-full items-start gap-3 px-5 py-3.5 text-left transition-colors -outline-offset-2 hover:bg-sunk';
  const { href } = n;
  if (!href) return <button type="button" className={look} onClick={onOpen}>{inside}</button>;
  return (
    <a
      href={href}
      className={look}
      onClick={(e: MouseEvent) => {
        onOpen();
        // A new tab is the browser's; everything else stays in the app.
        if (e.metaKey || e.ctrlKey || e.shiftKey || e.altKey) return;
        e.preventDefault();
        router.history.push(href);
      }}
    >
      {inside}
    </a>
  );
}

function Waiting() {
  return [0, 1, 2, 3].map((i) => (
    <div key={i} className="flex gap-3 px-5 py-3.5">
      <Skeleton className="size-8 rounded-full" />
      <div className="grid grow gap-2 py-1"><Skeleton className="h-3.5 w-3/5" /><Skeleton className="h-3 w-11/12" /></div>
    </div>
  ));
}
