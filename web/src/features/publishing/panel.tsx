import { asProblem } from '@/shared/api/problem';
import { useTargetName } from '@/shared/draft/draft-card';
import { textsOf } from '@/shared/lib/content';
import { cn } from '@/shared/lib/cn';
import { ago, fullTime } from '@/shared/lib/time';
import { useMedia, wide } from '@/shared/lib/use-media';
import { useMay } from '@/shared/lib/use-may';
import { useScope } from '@/shared/lib/use-scope';
import { sayDay, sayZone, timeOf } from '@/shared/lib/zone';
import { Button, buttonClass, IconButton } from '@/shared/ui/button';
import { ConfirmDialog } from '@/shared/ui/confirm';
import { TextField } from '@/shared/ui/field';
import { NetworkGlyph } from '@/shared/ui/network-glyph';
import { Notice } from '@/shared/ui/note';
import { ErrorState, Loading, Skeleton, SkeletonText } from '@/shared/ui/states';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { ArrowLeft, ArrowUpRight, CalendarClock, Send, X } from 'lucide-react';
import { useState } from 'react';
import { usePublicationActions, type PublicationActions } from './actions';
import { publicationQuery } from './api/queries';
import type { Ability, PublicationDetail } from './api/types';
import { useNetworkName } from './names';
import { EditDialog } from './edit-dialog';
import { Reviews } from './approvals/reviews';
import { Ledger } from './ledger';
import { troubled, whyStuck, type Repair } from './repair';
import { useRepair } from './use-repair';
import { lookOf, StateIcon } from './state';
import { WhenDialog } from './when-dialog';

/** All there is to know of one publication, and all that can be done with it. */
export function PublicationPanel({ id, onClose, back }: { id: string; onClose: () => void; back?: string }) {
  const { scope } = useScope();
  const one = useQuery(publicationQuery(scope, id));
  return (
    <section aria-label="Publication" className="min-w-0 bg-sheet max-lg:bg-transparent">
      <div className="flex items-center px-6 pt-4 max-sm:px-4">
        {back && <button type="button" onClick={onClose} className="inline-flex h-10 items-center gap-2 rounded-sm text-sm text-ink-3 lg:hidden"><ArrowLeft className="size-4" aria-hidden /> {back}</button>}
        <span className="grow" />
        <IconButton label="Close" keys="esc" className={cn('-mr-2', back && 'max-lg:hidden')} onClick={onClose}><X /></IconButton>
      </div>
      <div className="px-6 pb-16 max-sm:px-4">
        {one.isPending ? <Loading what="the publication"><div className="grid gap-6"><Skeleton className="h-7 w-2/3" /><SkeletonText lines={6} /></div></Loading>
          : one.isError ? <ErrorState error={one.error} {...(asProblem(one.error).status === 404 ? { title: 'This publication is not here' } : { retry: () => void one.refetch() })} />
            : <Detail publication={one.data} />}
      </div>
    </section>
  );
}

type Open = 'when' | 'edit' | 'cancel' | 'now' | 'published' | null;

function Detail({ publication: p }: { publication: PublicationDetail }) {
  const { scope } = useScope();
  const actions = usePublicationActions();
  const may = useMay('posts.publish');
  const name = useTargetName()(p.target);
  const networkName = useNetworkName();
  const [open, setOpen] = useState<Open>(null);
  const can = (ability: Ability) => may && p.can.includes(ability);
  const repair = useRepair()(p);
  const look = lookOf(p.state);
  // On a phone the panel is the page.
  const Heading = useMedia(wide) ? 'h2' : 'h1';
  return (
    <div className="grid gap-6">
      <header className="grid gap-3">
        <p className={cn('flex items-center gap-2 text-sm font-semibold', look.text)} role="status"><StateIcon state={p.state} className="size-4.5" /> {look.label}{p.pieces > 1 && p.state !== 'published' && p.pieces_done > 0 && `, ${p.pieces_done} of ${p.pieces} pieces ${p.pieces_done === 1 ? 'is' : 'are'} out`}</p>
        <Heading className="font-serif text-xl">{p.published_at ? `Went out ${ago(p.published_at)}` : p.local_time ? `${sayDay(p.local_time)}, ${timeOf(p.local_time)}` : 'Without a time'}</Heading>
        <p className="flex flex-wrap items-center gap-x-4 gap-y-1 text-sm text-ink-2">
          <span className="flex min-w-0 items-center gap-2"><NetworkGlyph network={p.connection.network} className="size-3.5" /><span className="truncate">{p.connection.name}</span></span>
          <span className="text-ink-3">{name.network} {name.type.toLowerCase()}</span>
          {p.source === 'queue' && <span className="text-ink-3">from the queue</span>}
        </p>
        <p className="text-xs text-ink-3">{p.published_at ? fullTime(p.published_at, p.zone) : p.local_time ? `Time in ${sayZone(p.zone, p.due_at ? new Date(p.due_at) : undefined)}` : null}</p>
      </header>

      {troubled(p.state) && (
        <div role="alert" className={cn('grid gap-3 rounded-lg px-4 py-3.5', p.state === 'held' ? 'bg-brass-soft' : 'bg-bad-soft')}>
          <div className="grid gap-1">
            <p className={cn('text-xs', p.state === 'held' ? 'text-brass-ink' : 'text-bad')}>{p.state === 'held' ? 'Why it is held' : p.attempts_list.length === 0 ? 'Why it did not go out' : `What ${p.connection.network === 'sandbox' ? 'the sandbox' : networkName(p.connection.network)} said`}</p>
            <p className="text-sm wrap-anywhere">{whyStuck(p)}</p>
          </div>
          {repair && <RepairButton publication={p} repair={repair} actions={actions} open={setOpen} primary />}
        </div>
      )}

      {p.state === 'cancelled' && p.words && <Notice title="Why it is taken out">{p.words}</Notice>}

      {p.warnings.length > 0 && (
        <Notice kind="warn" title="It is out, but not everything went with it">{p.warnings.map((w) => <p key={w} className="wrap-anywhere">{w}</p>)}</Notice>
      )}

      <Buttons p={p} can={can} actions={actions} open={setOpen} repair={repair} />

      <section aria-label="Text" className="grid gap-3 border-t pt-5">
        <div className="flex items-baseline justify-between gap-3">
          <h3 className="text-sm font-semibold">{p.own_content ? 'Its own text' : 'Text'}</h3>
          <Link to="/$org/$brand/library" params={scope} search={{ post: p.post_id }} className="rounded-sm text-xs text-ink-3 underline underline-offset-4 hover:text-ink">The draft</Link>
        </div>
        <div className="grid max-h-96 gap-3 overflow-y-auto scroll-thin" tabIndex={0} role="group" aria-label="The words">
          {textsOf(p.content).filter((t) => t.text.trim()).map((t, i, all) => (
            <div key={t.path} className="grid gap-1">
              {all.length > 1 && <p className="text-xs text-ink-3">{t.label}{i < p.pieces_done && p.content.shape === 'thread' && ' · out'}</p>}
              <p className="font-serif text-base whitespace-pre-line wrap-anywhere">{t.text}</p>
            </div>
          ))}
        </div>
      </section>

      {p.first_comment && <Comment p={p} comment={p.first_comment} actions={actions} />}

      <Reviewed p={p} />

      <section aria-label="What happened" className="grid gap-3 border-t pt-5">
        <h3 className="text-sm font-semibold">What happened</h3>
        <Ledger attempts={p.attempts_list} pieces={p.pieces} zone={p.zone} />
      </section>

      {open === 'when' && <WhenDialog title={p.title} zone={p.zone} local={p.local_time ?? ''} onClose={() => setOpen(null)} onSave={(local) => {
        actions.move(p, local);
        setOpen(null);
      }} />}
      {open === 'edit' && <EditDialog publication={p} actions={actions} onClose={() => setOpen(null)} />}
      {open === 'now' && (
        <ConfirmDialog title="Publish it now?" action="Publish now" busy={false} onClose={() => setOpen(null)} onConfirm={() => {
          actions.act(p, 'publish_now');
          setOpen(null);
        }}>
          <p>It goes to {p.connection.name} at once{p.local_time && !p.published_at && p.state !== 'held' ? `, instead of ${sayDay(p.local_time)}, ${timeOf(p.local_time)}` : ''}.</p>
        </ConfirmDialog>
      )}
      {open === 'cancel' && (
        <ConfirmDialog title="Cancel this publication?" action="Don’t publish it" busy={false} onClose={() => setOpen(null)} onConfirm={() => {
          actions.act(p, 'cancel');
          setOpen(null);
        }}>
          <p>It will not go out. The draft stays in the library and can be scheduled again.</p>
        </ConfirmDialog>
      )}
      {open === 'published' && <PublishedDialog p={p} actions={actions} onClose={() => setOpen(null)} />}
    </div>
  );
}

const commentStates: Record<NonNullable<PublicationDetail['first_comment']>['state'], string> = {
  planned: 'follows when the post is out', due: 'is sent as soon as may be', sending: 'is being sent', done: 'is there', failed: 'was not taken', unclear: 'may be there, or not',
};

/** What is said below it; where it failed or is not known, what can be done. */
function Comment({ p, comment, actions }: { p: PublicationDetail; comment: NonNullable<PublicationDetail['first_comment']>; actions: PublicationActions }) {
  const bad = comment.state === 'failed' || comment.state === 'unclear';
  return (
    <section aria-label="First comment" className="grid gap-2 border-t pt-5">
      <h3 className="text-sm font-semibold">First comment <span className={bad ? 'font-normal text-bad' : 'font-normal text-ink-3'}>{commentStates[comment.state]}</span></h3>
      <p className="font-serif text-base whitespace-pre-line wrap-anywhere">{comment.text}</p>
      {comment.words && <p className="text-sm text-ink-2 wrap-anywhere">{comment.words}</p>}
      {bad && (
        <div className="flex flex-wrap gap-2">
          {comment.state === 'unclear' && <Button size="sm" busy={actions.busy} onClick={() => actions.comment(p, true)}>It is there</Button>}
          <Button size="sm" busy={actions.busy} onClick={() => actions.comment(p, false)}>Send it again</Button>
        </div>
      )}
    </section>
  );
}

/** What was said of it; what waits for an approval can have it here. */
function Reviewed({ p }: { p: PublicationDetail }) {
  const waits = p.state === 'in_review' || p.held_reason === 'not_approved';
  const over = p.state === 'published' || p.state === 'cancelled' || p.state === 'sending';
  return (
    <section aria-label="Review and approval" className="grid gap-3 border-t pt-5">
      <h3 className="text-sm font-semibold">Review</h3>
      <Reviews key={p.id} post={p.post_id} title={p.title} {...(p.own_content && { publication: p.id })} mayApprove={waits ? (p.own_content ? 'text' : 'post') : null} over={over} />
    </section>
  );
}

function Buttons({ p, can, actions, open, repair }: { p: PublicationDetail; can: (ability: Ability) => boolean; actions: PublicationActions; open: (what: Open) => void; repair: Repair | null }) {
  const main = repair?.kind === 'act' ? repair.ability : repair?.kind;
  const feed = p.connection.network === 'sandbox' && p.state === 'published';
  const { scope } = useScope();
  if (p.can.length === 0 && !p.remote_url && !feed) return null;
  return (
    <div className="flex flex-wrap gap-2" role="group" aria-label="What to do">
      {can('reschedule') && main !== 'reschedule' && <Button size="sm" onClick={() => open('when')}><CalendarClock className="size-4" /> Reschedule</Button>}
      {can('publish_now') && main !== 'publish_now' && <Button size="sm" onClick={() => open('now')}><Send className="size-4" /> Publish now</Button>}
      {can('retry') && main !== 'retry' && <Button size="sm" busy={actions.busy} onClick={() => actions.act(p, 'retry')}>Try again</Button>}
      {can('reconcile') && main !== 'reconcile' && <Button size="sm" busy={actions.busy} onClick={() => actions.act(p, 'reconcile')}>Ask the network</Button>}
      {can('confirm_published') && <Button size="sm" onClick={() => open('published')}>It is there</Button>}
      {can('confirm_absent') && <Button size="sm" busy={actions.busy} onClick={() => actions.act(p, 'confirm_absent')}>It is not there</Button>}
      {can('edit') && main !== 'edit' && <Button size="sm" onClick={() => open('edit')}>Edit</Button>}
      {can('cancel') && <Button size="sm" variant="danger" onClick={() => open('cancel')}>Cancel</Button>}
      {p.remote_url && <a href={p.remote_url} target="_blank" rel="noreferrer noopener" className={buttonClass('line', 'sm')}>See it <ArrowUpRight className="size-4" aria-hidden /></a>}
      {feed && <Link to="/$org/$brand/sandbox" params={scope} className={buttonClass('line', 'sm')}>See it in the sandbox</Link>}
    </div>
  );
}

export function RepairButton({ publication: p, repair, actions, open, primary }: {
  publication: Pick<PublicationDetail, 'id' | 'post_id'>; repair: Repair; actions: PublicationActions; open: (what: 'when' | 'edit') => void; primary?: boolean;
}) {
  const { scope } = useScope();
  const look = buttonClass(primary ? 'primary' : 'line', 'sm', 'relative z-10 w-fit');
  switch (repair.kind) {
    case 'act':
      return <Button size="sm" variant={primary ? 'primary' : 'line'} className="relative z-10 w-fit" busy={actions.busy} onClick={() => actions.act(p, repair.ability)}>{repair.label}</Button>;
    case 'connections':
      return <Link to="/$org/$brand/brand/$section" params={{ ...scope, section: 'connections' }} className={look}>{repair.label}</Link>;
    case 'review':
      return <Link to="/$org/$brand/library" params={scope} search={{ post: p.post_id }} className={look}>{repair.label}</Link>;
    case 'resume':
      return <Link to="/$org/$brand/queue" params={scope} search={{ pauses: true }} className={look}>{repair.label}</Link>;
    default:
      return <Button size="sm" variant={primary ? 'primary' : 'line'} className="relative z-10 w-fit" onClick={() => open(repair.kind === 'reschedule' ? 'when' : 'edit')}>{repair.label}</Button>;
  }
}

function PublishedDialog({ p, actions, onClose }: { p: PublicationDetail; actions: PublicationActions; onClose: () => void }) {
  const [url, setUrl] = useState('');
  return (
    <ConfirmDialog title="It is there?" action="Mark as published" busy={false} onClose={onClose} onConfirm={() => {
      actions.act(p, 'confirm_published', url.trim() ? { remote_url: url.trim() } : {});
      onClose();
    }}>
      <p>You saw it at the network. It is marked as published and not sent again.</p>
      <TextField label="Its address, if you have it" type="url" inputMode="url" value={url} onChange={(e) => setUrl(e.target.value)} />
    </ConfirmDialog>
  );
}
