import { postQuery } from '@/shared/api/queries';
import { cn } from '@/shared/lib/cn';
import { headline } from '@/shared/lib/content';
import { ago, fullTime } from '@/shared/lib/time';
import { useScope } from '@/shared/lib/use-scope';
import { Button } from '@/shared/ui/button';
import { Disclosure } from '@/shared/ui/disclosure';
import { NetworkGlyph } from '@/shared/ui/network-glyph';
import { Empty, ErrorState, Loading, Skeleton, SkeletonText } from '@/shared/ui/states';
import { Status } from '@/shared/ui/status';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Sunrise, TrendingUp } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import type { ChannelKind, Delivery } from './contract';
import { ChannelIcon } from './icon';
import { deliveriesQuery, trendNameQuery } from './queries';
import { names } from './ways';
import { broughtWords, capital, sayClock, sayDate, statusLooks } from './words';

/** What came, by which way, and what became of it. */
export function History() {
  const { scope, brand } = useScope();
  const list = useInfiniteQuery(deliveriesQuery(scope));
  const all = list.data?.pages.flatMap((p) => p.items) ?? [];
  if (list.isPending) return <Loading what="earlier deliveries"><div className="divide-y border-y">{Array.from({ length: 5 }, (_, i) => <div key={i} className="grid gap-2 py-4"><Skeleton className="h-4 w-48" /><SkeletonText lines={1} /></div>)}</div></Loading>;
  if (list.isError) return <ErrorState error={list.error} retry={() => void list.refetch()} />;
  if (all.length === 0) return <Empty icon={Sunrise} title="None came yet">Each morning leaves a line here: what it brought, why each draft was chosen, and what you made of it. The first comes for {brand.name} on the next day that you chose, as soon as drafts wait or a trend rises.</Empty>;
  return (
    <>
      <ul className="divide-y border-y" aria-label="Deliveries">{all.map((d) => <Row key={d.id} delivery={d} />)}</ul>
      {list.hasNextPage && <Button variant="quiet" size="sm" className="mt-3 -ml-3" busy={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>Show more</Button>}
    </>
  );
}

const isKind = (text: string): text is ChannelKind => text in names;

function Row({ delivery: d }: { delivery: Delivery }) {
  const { user: { time_zone: zone } } = useScope();
  const { label, dot, text } = statusLooks[d.status];
  const why = d.error_message ?? d.reason;
  const brought = d.post_ids.length;
  return (
    <li className="grid gap-2 py-4">
      <div className="flex flex-wrap items-baseline gap-x-4 gap-y-1">
        <h3 className="min-w-0 grow font-semibold"><time dateTime={d.date}>{sayDate(d.date)}</time></h3>
        <span className={cn('inline-flex items-center gap-1.5 text-xs', text)}><span aria-hidden className={cn('size-2 rounded-full', dot)} />{label}</span>
      </div>
      <dl className="flex flex-wrap gap-x-5 gap-y-1 text-xs text-ink-3">
        {d.channel && <Fact name="By"><span className="inline-flex items-center gap-1.5">{isKind(d.channel) && <ChannelIcon kind={d.channel} className="size-3.5" />}{isKind(d.channel) ? names[d.channel] : d.channel}</span></Fact>}
        {d.delivered_at && <Fact name="Sent"><time dateTime={d.delivered_at} title={fullTime(d.delivered_at, zone)}>{sayClock(d.delivered_at, zone)}</time></Fact>}
        {d.opened_at && <Fact name="Opened"><time dateTime={d.opened_at} title={fullTime(d.opened_at, zone)}>opened {ago(d.opened_at)}</time></Fact>}
        {d.clicked_at && <Fact name="Followed"><time dateTime={d.clicked_at} title={fullTime(d.clicked_at, zone)}>followed {ago(d.clicked_at)}</time></Fact>}
        {d.approved_count > 0 && <Fact name="Approved"><span className="font-semibold text-good">{d.approved_count} approved from it</span></Fact>}
      </dl>
      {why && <p className={cn('text-sm', d.status === 'failed' ? 'text-bad' : 'text-ink-2')}>{why}</p>}
      {brought + d.trend_ids.length > 0 && <Brought delivery={d} />}
    </li>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return <div><dt className="sr-only">{name}</dt><dd>{children}</dd></div>;
}

/** What it brought; each draft is asked for only when somebody looks. */
function Brought({ delivery: d }: { delivery: Delivery }) {
  const [open, setOpen] = useState(false);
  return (
    <Disclosure quiet className="text-sm" onOpen={() => setOpen(true)} label={broughtWords(d)}>
      {open && (
        <ul className="mt-1 grid gap-1 sm:pl-5">
          {d.post_ids.map((id, i) => <Draft key={id} id={id} why={d.reasons[i] ?? []} />)}
          {d.trend_ids.map((id) => <BroughtTrend key={id} id={id} />)}
        </ul>
      )}
    </Disclosure>
  );
}

function BroughtTrend({ id }: { id: string }) {
  const { scope } = useScope();
  const { data, isError } = useQuery(trendNameQuery(scope, id));
  if (isError) return <li className="py-1.5 text-sm text-ink-3">A trend that is not kept any more</li>;
  return (
    <li className="py-1.5">
      <Link to="/$org/$brand/trends" params={scope} search={{ trend: id }} className="flex min-h-8 items-center gap-2.5 rounded-sm underline-offset-4 hover:underline max-lg:min-h-10">
        {data ? <><TrendingUp className="size-3.5 shrink-0 text-ink-3" aria-hidden /><span className="min-w-0 truncate font-serif text-base">{data.name}</span></> : <Skeleton className="h-4 w-48" />}
      </Link>
    </li>
  );
}

function Draft({ id, why }: { id: string; why: string[] }) {
  const { scope } = useScope();
  const { data, isError } = useQuery({ ...postQuery(scope, id), retry: false });
  return (
    <li className="py-1.5">
      {isError ? <p className="text-sm text-ink-3">A draft that is not here any more</p> : (
        <Link to="/$org/$brand/library" params={scope} search={{ post: id }} className="flex min-h-8 items-center gap-2.5 rounded-sm underline-offset-4 hover:underline max-lg:min-h-10">
          {data ? <><NetworkGlyph network={data.network} className="size-3.5 text-ink-3" /><span className="min-w-0 grow truncate font-serif text-base">{headline(data.content)}</span><Status status={data.status} /></> : <Skeleton className="h-4 w-64" />}
        </Link>
      )}
      {why.length > 0 && <p className="text-xs text-ink-3">{capital(why.join(' · '))}</p>}
    </li>
  );
}
