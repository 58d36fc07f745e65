import { asProblem } from '@/shared/api/problem';
import { brandQuery, postQuery } from '@/shared/api/queries';
import { headline } from '@/shared/lib/content';
import { cn } from '@/shared/lib/cn';
import { useMay } from '@/shared/lib/use-may';
import { useMedia, wide } from '@/shared/lib/use-media';
import { useScope } from '@/shared/lib/use-scope';
import { localAt, sayWhen, sayZone } from '@/shared/lib/zone';
import { Button, IconButton } from '@/shared/ui/button';
import { ConfirmDialog } from '@/shared/ui/confirm';
import { Disclosure } from '@/shared/ui/disclosure';
import { NetworkGlyph } from '@/shared/ui/network-glyph';
import { Notice } from '@/shared/ui/note';
import { ErrorState, Loading, Skeleton, SkeletonText } from '@/shared/ui/states';
import { useQueries, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { ArrowLeft, CirclePause, CircleStop, PenLine, Play, X } from 'lucide-react';
import { useState } from 'react';
import { connectionsQuery, recurrenceQuery } from '../api/queries';
import type { PublicationState, RecurrenceDetail } from '../api/types';
import { useNetworkName } from '../names';
import { StateMark } from '../state';
import { ChangeDialog } from './change-dialog';
import { RecurrenceMark, saying } from './look';
import { nextTimes, read } from './rule';
import { useRecurring } from './use-recurring';

/** One of them: what it does, what comes next, what it made. */
export function RecurrencePanel({ id, onClose }: { id: string; onClose: () => void }) {
  const { scope } = useScope();
  const one = useQuery(recurrenceQuery(scope, id));
  const { data: brand } = useQuery(brandQuery(scope));
  return (
    <section aria-label="Recurrence" className="min-w-0 bg-sheet max-lg:bg-transparent">
      <div className="flex items-center px-6 pt-4 max-sm:px-4">
        <button type="button" onClick={onClose} className="inline-flex h-10 items-center gap-2 rounded-sm text-sm text-ink-3 lg:hidden"><ArrowLeft className="size-4" aria-hidden /> Recurring</button>
        <span className="grow" />
        <IconButton label="Close" keys="esc" className="-mr-2 max-lg:hidden" onClick={onClose}><X /></IconButton>
      </div>
      <div className="px-6 pb-16 max-sm:px-4">
        {one.isPending || !brand ? <Loading what="the recurrence"><div className="grid gap-6"><Skeleton className="h-7 w-2/3" /><SkeletonText lines={6} /></div></Loading>
          : one.isError ? <ErrorState error={one.error} {...(asProblem(one.error).status === 404 ? { title: 'This is not here' } : { retry: () => void one.refetch() })} />
            : <Detail recurrence={one.data} zone={brand.time_zone} />}
      </div>
    </section>
  );
}

function Detail({ recurrence: r, zone }: { recurrence: RecurrenceDetail; zone: string }) {
  const { scope } = useScope();
  const may = useMay('posts.publish');
  const network = useNetworkName();
  const { act, busy } = useRecurring();
  const [ending, setEnding] = useState(false);
  const [changing, setChanging] = useState(false);
  const { data: connections } = useQuery(connectionsQuery(scope));
  const account = connections?.items.find((c) => c.id === r.connection_id);
  const Heading = useMedia(wide) ? 'h2' : 'h1';
  const now = localAt(new Date(), zone);
  const goesOn = r.status === 'active' || r.status === 'paused';
  // The latest is first: what is to come is turned round.
  const coming = r.occurrences.filter((o) => o.local_time > now && o.state !== 'cancelled').reverse();
  const made = r.occurrences.filter((o) => o.local_time <= now || o.state === 'cancelled');
  const rule = r.rule ? read(r.rule) : null;
  const known = new Set(r.occurrences.map((o) => o.local_time));
  const foreseen = rule && r.first_time && r.status === 'active' ? nextTimes(rule, r.first_time, now, 5 + known.size).filter((t) => !known.has(t)).slice(0, Math.max(0, 5 - coming.length)) : [];
  return (
    <div className="grid gap-7">
      <header className="grid gap-2.5">
        <RecurrenceMark status={r.status} className="text-sm font-semibold" />
        <Heading className="font-serif text-xl wrap-anywhere">{r.name}</Heading>
        <p className="text-sm text-ink-2">{saying(r)}.</p>
        <p className="flex min-w-0 items-center gap-2 text-sm text-ink-2"><NetworkGlyph network={r.network} className="size-3.5" /> <span className="truncate">{[network(r.network), account?.name].filter(Boolean).join(' · ')}</span></p>
        {r.rule && (
          <Disclosure label="As a rule (RRULE)" quiet className="text-xs">
            <code className="mt-1 block rounded-md bg-sunk px-3 py-2 font-mono text-xs wrap-anywhere select-all">{r.rule}</code>
          </Disclosure>
        )}
      </header>
      {r.words && r.status === 'active' && <Notice kind="warn" title="The last time was left out">{r.words}</Notice>}
      {may && r.status !== 'stopped' && (
        <div className="flex flex-wrap gap-2">
          <Button onClick={() => setChanging(true)}><PenLine className="size-4" /> Change</Button>
          {goesOn && (r.status === 'active' ? <Button busy={busy} onClick={() => act(r, 'pause')}><CirclePause className="size-4" /> Pause</Button> : <Button variant="primary" busy={busy} onClick={() => act(r, 'resume')}><Play className="size-4" /> Go on</Button>)}
          {goesOn && <Button variant="danger" onClick={() => setEnding(true)}><CircleStop className="size-4" /> End it</Button>}
        </div>
      )}
      {goesOn && (
        <section aria-labelledby="next-times" className="grid gap-1">
          <h3 id="next-times" className="text-sm font-semibold">Next</h3>
          {r.status === 'paused' ? <p className="py-1 text-sm text-ink-2">Nothing is planned while it is paused.</p>
            : coming.length + foreseen.length === 0 ? <p className="py-1 text-sm text-ink-2">{r.kind === 'rotation' ? 'Nothing yet: the next free time of the queue is more than a week away, or none of its posts may go out.' : 'No further time.'}</p>
              : (
                <ul className="divide-y">
                  {coming.map((o) => <Time key={o.local_time} of={o} />)}
                  {foreseen.map((t) => <li key={t} className="flex items-baseline gap-3 py-2 text-sm text-ink-3"><span className="grow tabular-nums">{sayWhen(t)}</span><span className="text-xs">planned a week ahead</span></li>)}
                </ul>
              )}
          <p className="text-xs text-ink-3">Times in {sayZone(zone)}.</p>
        </section>
      )}
      <Posts ids={r.post_ids} />
      <section aria-labelledby="what-it-made" className="grid gap-1">
        <h3 id="what-it-made" className="text-sm font-semibold">What it made</h3>
        {made.length === 0 ? <p className="py-1 text-sm text-ink-3">Nothing has gone out yet.</p> : <ul className="divide-y">{made.map((o) => <Time key={o.local_time} of={o} />)}</ul>}
      </section>
      {changing && <ChangeDialog recurrence={r} zone={zone} onClose={() => setChanging(false)} />}
      {ending && (
        <ConfirmDialog title={`End “${r.name}”?`} action="End it" busy={busy} onConfirm={() => act(r, 'stop', () => setEnding(false))} onClose={() => setEnding(false)}>
          <p>What it has planned is taken back, and it can’t go on again. What is out stays out. To stop for a while, pause it.</p>
        </ConfirmDialog>
      )}
    </div>
  );
}

function Time({ of: o }: { of: RecurrenceDetail['occurrences'][number] }) {
  const { scope } = useScope();
  return (
    <li className="grid gap-0.5 py-2 text-sm">
      <div className="flex items-baseline gap-3">
        {o.publication_id ? <Link to="/$org/$brand/queue" params={scope} search={{ item: o.publication_id }} className="grow rounded-sm tabular-nums underline-offset-4 hover:underline">{sayWhen(o.local_time)}</Link> : <span className="grow text-ink-3 tabular-nums">{sayWhen(o.local_time)}</span>}
        {o.state ? <StateMark state={o.state as PublicationState} /> : !o.publication_id && <span className="text-xs text-ink-3">left out</span>}
      </div>
      {o.words && <p className="text-xs text-ink-2 wrap-anywhere">{o.words}</p>}
    </li>
  );
}

const most = 12;
/** The posts that take turns, by their first words. */
function Posts({ ids }: { ids: string[] }) {
  const { scope } = useScope();
  const [all, setAll] = useState(false);
  const shown = all ? ids : ids.slice(0, most);
  const posts = useQueries({
    queries: shown.map((post) => ({ ...postQuery(scope, post), retry: false })),
  });
  return (
    <section aria-labelledby="its-posts" className="grid gap-1">
      <h3 id="its-posts" className="text-sm font-semibold">{ids.length === 1 ? 'Its post' : `Its ${ids.length} posts`}</h3>
      <ul className="divide-y">
        {shown.map((id, i) => {
          const { data, isError } = posts[i] ?? {};
          const out = data && (data.status === 'rejected' || data.status === 'archived');
          return (
            <li key={id} className="flex items-baseline gap-3 py-2 text-sm">
              {isError ? <span className="grow text-ink-3">A post that is not here any more</span>
                : data ? <Link to="/$org/$brand/library" params={scope} search={{ post: id }} className={cn('line-clamp-2 min-w-0 grow rounded-sm underline-offset-4 hover:underline', out && 'text-ink-3')}>{headline(data.content) || 'Untitled'}</Link>
                  : <Skeleton className="h-3.5 w-2/3" />}
              {out && <span className="shrink-0 text-xs text-ink-3">{data.status}, left out</span>}
              {data?.status === 'pending' && <span className="shrink-0 text-xs text-brass-ink">waits for review</span>}
            </li>
          );
        })}
      </ul>
      {ids.length > most && !all && <div><Button size="sm" variant="quiet" onClick={() => setAll(true)}>Show all {ids.length}</Button></div>}
    </section>
  );
}
