import { api, take } from '@/shared/api/client';
import { asProblem, Problem } from '@/shared/api/problem';
import { brandQuery, keys } from '@/shared/api/queries';
import type { Post } from '@/shared/api/types';
import { flushDraft } from '@/shared/draft/sessions';
import { headline } from '@/shared/lib/content';
import { toast } from '@/shared/lib/toast';
import { useMay } from '@/shared/lib/use-may';
import { useScope } from '@/shared/lib/use-scope';
import { addMinutes, localAt, sayWhen, sayZone, settled } from '@/shared/lib/zone';
import { Button, buttonClass } from '@/shared/ui/button';
import { Checkbox, Segmented } from '@/shared/ui/choice';
import { Dialog } from '@/shared/ui/dialog';
import { NetworkGlyph } from '@/shared/ui/network-glyph';
import { Fault, Notice } from '@/shared/ui/note';
import { Loading, SkeletonText } from '@/shared/ui/states';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { FlaskConical } from 'lucide-react';
import { useState } from 'react';
import { connectionsQuery, nextSlotQuery, ofPostQuery, pausesQuery, postPublicationsPath, publishingKeys } from '../api/queries';
import type { Connection, Publication, When } from '../api/types';
import { useSandbox } from '../connections/sandbox';
import { useNetworkName } from '../names';
import { lookOf } from '../state';
import { isPast, WhenField } from '../when-dialog';
import { byNetwork, fitting, plannedAt, usual } from './fits';
import { SuggestedTimes } from './suggested-times';

export type Mode = 'queue' | 'schedule' | 'now';

/** Where and when a draft goes out. */
export function FinishDialog({ post, mode: first, at: given, onClose }: { post: Post; mode: Mode; at?: string | undefined; onClose: () => void }) {
  const { scope } = useScope();
  const connections = useQuery(connectionsQuery(scope));
  const { data: brand } = useQuery(brandQuery(scope));
  const publications = useQuery(ofPostQuery(scope, post.id));
  const fit = fitting(connections.data?.items ?? [], post.network);
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} size="lg" title="Publish this draft" description={headline(post.content)}>
      {connections.isPending || publications.isPending || !brand ? <Loading what="the connections"><SkeletonText lines={5} /></Loading>
        : connections.isError ? <Fault error={connections.error} />
          : fit.length === 0 ? <NoConnection post={post} />
            : <Form post={post} fit={fit} planned={plannedAt(publications.data?.items ?? [])} zone={brand.time_zone} first={first} given={given} onClose={onClose} />}
    </Dialog>
  );
}

function NoConnection({ post }: { post: Post }) {
  const { scope } = useScope();
  const may = useMay('connections.manage');
  const name = useNetworkName();
  const sandbox = useSandbox();
  return (
    <div className="grid justify-items-start gap-4">
      <p className="max-w-prose text-sm text-ink-2">No {name(post.network)} account is connected to this brand yet. {may ? 'Connect one, or try everything out in the sandbox first: it looks like a network, and nobody outside sees it.' : 'Ask whoever manages the connections of this brand to add one.'}</p>
      {may && (
        <div className="flex flex-wrap gap-2">
          <Link to="/$org/$brand/brand/$section" params={{ ...scope, section: 'connections' }} className={buttonClass('primary')}>Connect {name(post.network)}</Link>
          <Button busy={sandbox.isPending} onClick={() => sandbox.mutate()}><FlaskConical className="size-4" /> Use the sandbox</Button>
        </div>
      )}
      <Fault error={sandbox.error} />
    </div>
  );
}

function Form({ post, fit, planned, zone, first, given, onClose }: { post: Post; fit: Connection[]; planned: ReadonlyMap<string, Publication>; zone: string; first: Mode; given: string | undefined; onClose: () => void }) {
  const { scope } = useScope();
  const client = useQueryClient();
  const navigate = useNavigate();
  const mayReview = useMay('posts.review');
  const name = useNetworkName();
  const [mode, setMode] = useState<Mode>(first);
  const [picked, setPicked] = useState<string[]>(() => usual(fit, post.network, planned));
  const [at, setAt] = useState(() => given ?? settled(addMinutes(localAt(new Date(Math.ceil(Date.now() / 900_000) * 900_000), zone), 60), zone));
  const [approve, setApprove] = useState(true);
  const [asked, setAsked] = useState(false);
  const account = fit.find((c) => c.id === picked[0]);
  const next = useQuery({ ...nextSlotQuery(scope, { network: account?.network ?? post.network, connection: account?.id }), enabled: mode === 'queue' });
  const { data: pauses } = useQuery(pausesQuery(scope));
  const noSlots = next.error instanceof Problem && next.error.status === 409;
  const past = mode === 'schedule' && at !== '' && isPast(at, zone);
  const pending = post.status === 'pending';

  const publish = useMutation({
    mutationFn: async () => {
      // The words on screen are what goes out, not those of a moment ago.
      if (!(await flushDraft(post.id))) throw new Error('The last words of this draft are not saved yet. Save them first.');
      const when: When = mode === 'now' ? { now: true } : mode === 'queue' ? { queue: true } : { at: settled(at, zone) };
      return take(api.POST(postPublicationsPath, { params: { path: { ...scope, post: post.id } }, body: { connection_ids: picked, when, ...(pending && mayReview && approve && { approve: true }) } }));
    },
    onSuccess: ({ items }) => {
      const [one] = items;
      const waits = items.some((p) => p.state === 'in_review');
      toast(mode === 'now' && !waits ? 'On its way' : `${waits ? 'Planned' : 'Scheduled'}${one?.local_time ? ` for ${sayWhen(one.local_time)}` : ''}`, {
        ...(waits && { detail: 'It goes out once somebody has approved the draft.' }),
        ...(one && { action: { label: 'See it', run: () => void navigate({ to: '/$org/$brand/queue', params: scope, search: { item: one.id } }) } }),
      });
      onClose();
    },
    onSettled: () => Promise.all([publishingKeys.all(scope), keys.posts(scope), keys.today(scope)].map((queryKey) => client.invalidateQueries({ queryKey }))),
  });
  const problem = publish.error ? asProblem(publish.error) : null;
  const paths = ['when/at', 'when', ...picked.map((_, i) => `connection_ids/${i}`)];
  const ready = picked.length > 0 && !(mode === 'schedule' && (at === '' || past)) && !(mode === 'queue' && (noSlots || next.isPending));
  return (
    <form
      noValidate
      className="grid gap-6"
      onSubmit={(e) => {
        e.preventDefault();
        setAsked(true);
        if (ready && !publish.isPending) publish.mutate();
      }}
    >
      <div className="grid gap-3" role="group" aria-label="Accounts">
        {byNetwork(fit).map(([id, list]) => (
          <div key={id} className="grid gap-1">
            <p className="flex items-center gap-2 text-sm font-semibold"><NetworkGlyph network={id} className="size-3.5" /> {name(id)}</p>
            <ul>
              {list.map((c) => {
                const on = picked.includes(c.id);
                const works = c.status === 'active';
                const said = problem?.at(`connection_ids/${picked.indexOf(c.id)}`);
                const there = planned.get(c.id);
                return (
                  <li key={c.id} className="grid grid-cols-[auto_minmax(0,1fr)] items-center gap-x-3 py-1.5">
                    <Checkbox label={`${name(id)}: ${c.name}`} checked={on} disabled={there !== undefined} onChange={(yes) => setPicked((all) => (yes ? [...all, c.id] : all.filter((x) => x !== c.id)))} />
                    <span className="flex min-w-0 flex-wrap items-baseline gap-x-2 text-sm"><span className="truncate">{c.name}</span>{c.handle !== c.name && <span className="truncate text-xs text-ink-3">{c.handle}</span>}{!works && <span className="text-xs text-bad">{c.status === 'revoked' ? 'no access any more' : 'needs your consent anew'}</span>}</span>
                    {there && (
                      <p className="col-start-2 text-xs text-ink-3">
                        {lookOf(there.state).label}{there.local_time && ` ${sayWhen(there.local_time)}`} · <Link to="/$org/$brand/queue" params={scope} search={{ item: there.id }} onClick={onClose} className="rounded-sm text-ink-2 underline underline-offset-4 hover:text-ink">{there.state === 'published' ? 'See it' : 'Open its plan'}</Link>
                      </p>
                    )}
                    {on && said && <p role="alert" className="col-start-2 text-xs text-bad">{said}</p>}
                  </li>
                );
              })}
            </ul>
          </div>
        ))}
      </div>
      <div className="grid gap-3">
        <Segmented label="When" value={mode} onChange={setMode} className="-ml-1" options={[{ value: 'queue', label: 'Add to queue' }, { value: 'schedule', label: 'Schedule' }, { value: 'now', label: 'Publish now' }]} />
        {mode === 'schedule' && <WhenField label="When it goes out" zone={zone} value={at} onChange={setAt} error={past && asked ? 'This time has passed; choose one that is to come.' : problem?.at('when/at')} />}
        {mode === 'schedule' && account && <SuggestedTimes connection={account.id} chosen={at} onChoose={setAt} />}
        {mode === 'queue' && (
          <p className="text-sm text-ink-2" role="status">
            {next.isPending ? 'Looking for the next free time…'
              : next.data ? <>The next free time is <strong className="font-semibold text-ink">{sayWhen(next.data.local_time)}</strong> in {sayZone(next.data.zone, new Date(next.data.due_at))}.</>
                : noSlots ? <>There are no queue times yet. <Link to="/$org/$brand/brand/$section" params={{ ...scope, section: 'queue-times' }} className="underline underline-offset-4 hover:text-ink">Set them</Link>, or choose a time yourself.</>
                  : 'The next free time could not be found out; it is chosen when you add it.'}
          </p>
        )}
        {mode === 'now' && picked.length > 0 && <p className="text-sm text-ink-2">It goes out the moment you press.</p>}
      </div>
      {(pauses?.items.length ?? 0) > 0 && <Notice kind="warn">{mode === 'now' ? 'Publishing is paused: this is held until it goes on.' : 'Publishing is paused. What comes due before it goes on is held.'}</Notice>}
      {pending && (mayReview ? (
        <div className="flex items-center gap-3 text-sm"><Checkbox label="Approve the draft as well" checked={approve} onChange={setApprove} /><span>Approve the draft as well <span className="text-ink-3">· otherwise it waits for review</span></span></div>
      ) : <Notice>This draft is not approved yet. It keeps its time, and goes out once somebody approved it.</Notice>)}
      <Fault error={publish.error} fields={paths} />
      <div className="flex flex-wrap justify-end gap-2">
        <Button onClick={onClose}>Cancel</Button>
        <Button type="submit" variant="primary" busy={publish.isPending} disabled={!ready && !past}>{mode === 'now' ? 'Publish now' : mode === 'queue' ? 'Add to queue' : 'Schedule'}</Button>
      </div>
    </form>
  );
}
