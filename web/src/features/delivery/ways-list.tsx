import { asProblem } from '@/shared/api/problem';
import { endPush, mine } from '@/shared/api/push';
import { noticePreferencesQuery } from '@/shared/api/queries';
import { cn } from '@/shared/lib/cn';
import { ago } from '@/shared/lib/time';
import { toast } from '@/shared/lib/toast';
import { useScope } from '@/shared/lib/use-scope';
import { Button, IconButton } from '@/shared/ui/button';
import { Menu, MenuItem, MenuLine } from '@/shared/ui/menu';
import { ErrorState, Loading, SkeletonText } from '@/shared/ui/states';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { ArrowDown, ArrowUp, Ellipsis, Plus, Send, Settings2, Unplug, X } from 'lucide-react';
import { useEffect, useRef, useState, type KeyboardEvent } from 'react';
import type { Channel, ChannelKind } from './contract';
import { ApproveLinks } from './connect';
import { ChannelIcon } from './icon';
import { ability } from './push';
import { channelsKey, channelsQuery, dropChannel, setApproveLinks, tryChannel } from './queries';
import { byWay, carrier, connectable, kinds, moved, names, place, stateWords, turned, wayOf, type Way } from './ways';

interface WaysProps { order: ChannelKind[]; setOrder: (order: ChannelKind[]) => void; number: string | null; connect: (kind: ChannelKind) => void }

/** The ways in the order in which they are tried, and below them those that are not used. */
export function Ways({ order, setOrder, number, connect }: WaysProps) {
  const channels = useQuery(channelsQuery);
  const [said, setSaid] = useState('');
  const list = useRef<HTMLOListElement>(null);
  // What was moved keeps the focus on the button that moved it; at an end, on the other one.
  const refocus = useRef<{ kind: ChannelKind; by: 1 | -1 } | null>(null);
  // The list is a new one with every drawing; only another order is a move.
  const inOrder = order.join();
  useEffect(() => {
    const wanted = refocus.current;
    refocus.current = null;
    if (!wanted) return;
    const buttons = list.current?.querySelector(`[data-way="${wanted.kind}"]`)?.querySelectorAll<HTMLButtonElement>('[data-move]') ?? [];
    const [up, down] = [...buttons];
    const button = wanted.by === -1 ? up : down;
    (button?.disabled ? (wanted.by === -1 ? down : up) : button)?.focus();
  }, [inOrder]);
  if (channels.isPending) return <Loading what="the ways"><SkeletonText lines={6} /></Loading>;
  if (channels.isError) return <ErrorState compact error={channels.error} retry={() => void channels.refetch()} />;
  const all = channels.data.items;
  const first = carrier(order, all);
  const move = (kind: ChannelKind, by: 1 | -1) => {
    const next = moved(order, kind, by);
    if (next.join() === inOrder) return;
    refocus.current = { kind, by };
    setOrder(next);
    setSaid(`${names[kind]} is now ${next.indexOf(kind) + 1} of ${next.length}`);
  };
  const rest = kinds.filter((kind) => !order.includes(kind));
  return (
    <div className="grid gap-5">
      <p className="sr-only" role="status">{said}</p>
      {order.length === 0
        ? <p className="rounded-md bg-brass-soft px-4 py-3 text-sm text-brass-ink">No way is chosen, so nothing comes. Take in one from below.</p>
        : (
          <ol ref={list} className="divide-y border-y" aria-label="Ways in use, in order">
            {order.map((kind, at) => <Used key={kind} way={wayOf(kind, all)} at={at} last={at === order.length - 1} carries={kind === first} number={number} move={(by) => move(kind, by)} leave={() => setOrder(turned(order, kind, false))} connect={() => connect(kind)} />)}
          </ol>
        )}
      {order.length > 0 && first === null && <p role="alert" className="rounded-md bg-bad-soft px-4 py-3 text-sm text-bad">None of these works right now. The delivery would fail until one does.</p>}
      {rest.length > 0 && (
        <section aria-label="Ways that are not used" className="grid gap-1">
          <h3 className="text-xs text-ink-3">Not used</h3>
          <ul className="grid">
            {rest.map((kind) => <Unused key={kind} way={wayOf(kind, all)} use={() => setOrder(turned(order, kind, true))} connect={() => connect(kind)} />)}
          </ul>
        </section>
      )}
    </div>
  );
}

/** Where it comes: the address, the number, the browsers. */
function whereTo({ kind, ends }: Way, email: string, number: string | null): string | null {
  if (kind === 'email') return email;
  if (kind === 'whatsapp') return number;
  return ends.map((e) => (e.id === mine() ? `${e.name} (this one)` : e.name)).filter((name) => name !== '').join(', ') || null;
}

function Used({ way, at, last, carries, number, move, leave, connect }: { way: Way; at: number; last: boolean; carries: boolean; number: string | null; move: (by: 1 | -1) => void; leave: () => void; connect: () => void }) {
  const { user } = useScope();
  const client = useQueryClient();
  // A number that is forgotten leaves the preferences too.
  const refresh = () => Promise.all([channelsKey, noticePreferencesQuery.queryKey].map((queryKey) => client.invalidateQueries({ queryKey })));
  const { kind, state, reason, ends } = way;
  const name = names[kind];
  const trial = useMutation({
    mutationFn: () => tryChannel(kind),
    onSuccess: ({ items }) => {
      // What the other side refused is told by the way itself.
      const after = wayOf(kind, items);
      if (after.state === 'troubled') toast('The trial was refused', { kind: 'error', ...(after.reason && { detail: after.reason }) });
      else toast(`A trial is on its way by ${byWay(kind)}`);
    },
    onError: (error) => toast('The trial did not go out', { kind: 'error', detail: asProblem(error).message }),
    onSettled: refresh,
  });
  const drop = useMutation({
    mutationFn: async (end: Channel) => {
      if (kind === 'push') await endPush(end.id);
      else if (kind !== 'email') await dropChannel(kind);
    },
    onSuccess: (_, end) => toast(kind === 'push' ? `${end.name} is told nothing any more` : `${name} is disconnected`),
    onError: (error) => toast('It could not be disconnected', { kind: 'error', detail: asProblem(error).message }),
    onSettled: refresh,
  });
  const approves = useMutation({
    mutationFn: async (on: boolean) => {
      if (kind === 'slack' || kind === 'telegram') await setApproveLinks(kind, on);
    },
    onError: (error) => toast('That was not kept', { kind: 'error', detail: asProblem(error).message }),
    onSettled: refresh,
  });
  // None where nobody can choose.
  const kept = ends[0]?.approve_links ?? null;
  const look = stateWords[state];
  const where = whereTo(way, user.email, number);
  // Alt, so that plain arrows go on scrolling the page.
  const onKey = (event: KeyboardEvent) => {
    if (!event.altKey || (event.key !== 'ArrowUp' && event.key !== 'ArrowDown')) return;
    event.preventDefault();
    move(event.key === 'ArrowUp' ? -1 : 1);
  };
  const able = connectable(way);
  const setUp = kind !== 'email' && able && (state === 'off' || state === 'unconfirmed' || state === 'troubled');
  const lastUse = ends.map((e) => e.last_used_at).filter((time): time is string => Boolean(time)).sort().at(-1);
  return (
    <li data-way={kind} onKeyDown={onKey} className="grid grid-cols-[1.25rem_minmax(0,1fr)_auto] gap-x-3 py-3">
      <span aria-hidden className="pt-1 font-serif text-base text-ink-3 tabular-nums">{at + 1}</span>
      <div className="min-w-0 pt-1">
        <p className="flex flex-wrap items-center gap-x-2 gap-y-0.5 text-sm"><ChannelIcon kind={kind} className="text-ink-2" /><span className="font-semibold">{name}</span><span className="text-xs text-ink-3">{place(at)}</span></p>
        {where && <p className="mt-0.5 truncate text-sm text-ink-2">{where}</p>}
        <p className={cn('mt-1 flex flex-wrap items-center gap-x-1.5 text-xs', look.text)}>
          <span aria-hidden className={cn('size-2 shrink-0 rounded-full', look.dot)} />
          {kind === 'email' && state === 'off' ? 'All mail is switched off in your notifications' : !able && state !== 'ready' ? 'Not set up on this installation' : look.label}{carries && ', brings the next one'}
          {lastUse && <span className="text-ink-3">· last used {ago(lastUse)}</span>}
        </p>
        {reason && <p className="mt-1 text-xs text-ink-2">{reason}</p>}
        {kept !== null && <div className="mt-2.5"><ApproveLinks shared={kind === 'slack'} checked={approves.isPending ? approves.variables : kept} disabled={approves.isPending} onChange={(on) => approves.mutate(on)} /></div>}
        {setUp && <Button size="sm" className="mt-2" onClick={connect}>{state === 'unconfirmed' ? 'Confirm it' : state === 'troubled' ? 'Connect it again' : 'Connect it'}</Button>}
      </div>
      <div className="-mr-1.5 flex">
        <IconButton label={`Move ${name} up`} keys="alt+up" data-move disabled={at === 0} onClick={() => move(-1)}><ArrowUp /></IconButton>
        <IconButton label={`Move ${name} down`} keys="alt+down" data-move disabled={last} onClick={() => move(1)}><ArrowDown /></IconButton>
        <Menu trigger={<button type="button" aria-label={`More for ${name}`} className="inline-flex size-8 shrink-0 items-center justify-center rounded-md text-ink-2 hover:bg-sunk hover:text-ink max-lg:size-10"><Ellipsis className="size-4.5" /></button>}>
          {state === 'ready' && <MenuItem icon={Send} disabled={trial.isPending} onSelect={() => trial.mutate()}>Send a trial</MenuItem>}
          {kind !== 'email' && able && <MenuItem icon={Settings2} onSelect={connect}>{kind === 'push' ? (ends.some((e) => e.id === mine()) ? 'About this browser' : 'Tell this browser too') : 'Change the connection'}</MenuItem>}
          <MenuItem icon={X} onSelect={leave}>Don’t use it</MenuItem>
          {kind !== 'email' && ends.length > 0 && <MenuLine />}
          {kind !== 'email' && ends.map((end) => <MenuItem key={end.id} icon={Unplug} danger disabled={drop.isPending} onSelect={() => drop.mutate(end)}>{kind === 'push' ? `End it in ${end.name}${end.id === mine() ? ' (this one)' : ''}` : 'Disconnect'}</MenuItem>)}
        </Menu>
      </div>
    </li>
  );
}

function Unused({ way, use, connect }: { way: Way; use: () => void; connect: () => void }) {
  const { kind, state, configured } = way;
  const name = names[kind];
  const ready = state === 'ready' || kind === 'email';
  // The operator has no bot: what is left is one's own, and the row says so.
  const own = kind === 'telegram' && !configured && !ready;
  const verb = ready ? 'Use it' : own ? 'Connect your own bot' : 'Connect it';
  const able = kind !== 'push' || state === 'ready' || ability() !== 'cannot';
  const why = !connectable(way) && kind !== 'email' ? 'Not set up on this installation' : !able ? 'This browser can’t' : null;
  const note = why ?? (own ? 'With a bot of your own; this installation has none' : null);
  return (
    <li className="flex min-h-11 flex-wrap items-center gap-x-3">
      <ChannelIcon kind={kind} className="text-ink-3" />
      <span className="min-w-0 grow text-sm text-ink-2">{name}{note && <span className="block text-xs text-ink-3">{note}</span>}</span>
      {!why && <Button size="sm" variant="quiet" aria-label={`${verb}: ${name}`} onClick={ready ? use : connect}><Plus className="size-4" /> {verb}</Button>}
    </li>
  );
}
