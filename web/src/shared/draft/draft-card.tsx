import { Archive, Check, Copy, Ellipsis, GitCompare, History, RotateCcw, Sparkles, StickyNote, ThumbsDown, ThumbsUp, Trash2, Undo2, X } from 'lucide-react';
import { useEffect, useImperativeHandle, useRef, useState, type ReactNode, type Ref } from 'react';
import { useQuery } from '@tanstack/react-query';
import { networksQuery, type Scope } from '../api/queries';
import type { Post } from '../api/types';
import { cn } from '../lib/cn';
import { copyText } from '../lib/clipboard';
import { plainText, same } from '../lib/content';
import { fullTime } from '../lib/time';
import { toast } from '../lib/toast';
import { Button, IconButton } from '../ui/button';
import { Menu, MenuItem, MenuLine } from '../ui/menu';
import { NetworkGlyph } from '../ui/network-glyph';
import { Status } from '../ui/status';
import { VoiceMatch } from '../voice/match';
import type { PostActions } from './actions';
import { ofMedia, useCheck } from './check';
import { DraftOptions } from './draft-options';
import { CompareDialog, ConflictDialog, RegenerateDialog, VersionsDialog } from './dialogs';
import { Extras, Note } from './extras';
import { Look } from './looks';
import { ReasonForm } from './reason';
import type { DraftState } from './session';
import { useDraft } from './sessions';
import { DeskContext, Issues } from './words';
import { WritingNow } from './writing-now';

/** What keys do to the draft that is in hand. */
export interface DraftHandle { edit: () => void; compare: () => void; copy: () => void; versions: () => void; regenerate: () => void; note: () => void }

export interface DraftCardProps {
  scope: Scope;
  post: Post;
  author: { name: string; handle: string };
  actions: PostActions;
  /** The one that the keys act upon. */
  active?: boolean;
  handle?: Ref<DraftHandle>;
  after?: ReactNode;
  /** What happens to it next: where and when it goes out. */
  finish?: ReactNode;
  /** Its pictures and videos, with what the network says of them. */
  media?: ReactNode;
  /** What the writer wants known about the draft. */
  notes?: string[];
  headingLevel?: 1 | 2 | 3;
}

/** The name of a target: "X · Thread". */
export function useTargetName(): (target: string) => { network: string; type: string } {
  const { data } = useQuery(networksQuery);
  return (target) => {
    const [network = '', type = ''] = target.split('.');
    const known = data?.networks.find((n) => n.id === network);
    const found = known?.content_types.find((t) => t.target === target || t.id === type);
    return { network: known?.name ?? network, type: found?.name ?? type.replaceAll('_', ' ') };
  };
}

export function DraftCard({ scope, post, author, actions, active, handle, after, finish, media, notes = [], headingLevel = 3 }: DraftCardProps) {
  const { session, state } = useDraft(scope, post);
  const { counts, issues } = useCheck(post, state.content);
  const [open, setOpen] = useState<'compare' | 'versions' | 'regenerate' | null>(null);
  const [noting, setNoting] = useState(false);
  const body = useRef<HTMLDivElement>(null);
  const name = useTargetName()(post.target);
  const readOnly = post.status === 'published' || post.status === 'archived';
  const regenerating = post.regenerating || actions.regenerating === post.id;
  const original = post.original ?? (post.edited ? null : post.content);
  const changed = original !== null && !same(state.content, original);
  const broken = issues.filter((i) => i.severity === 'error');
  const Heading = `h${headingLevel}` as const;
  // Faults of the whole draft, which no single text shows.
  const elsewhere = issues.filter((i) => !(media && ofMedia(i)) && !counts.some((c) => i.path === c.path || i.path.startsWith(`${c.path}/`)));

  // The new text comes by itself, later than the press of the button.
  const wasRegenerating = useRef(post.regenerating);
  useEffect(() => {
    if (wasRegenerating.current && !post.regenerating && !post.regeneration_error) toast('Written anew', { detail: 'The text before it is in its versions.' });
    wasRegenerating.current = post.regenerating;
  }, [post.regenerating, post.regeneration_error]);

  const copy = () => void copyText(plainText(state.content)).then((done) => toast(done ? `Copied for ${name.network}` : 'The browser did not allow copying', { kind: done ? 'info' : 'error' }));
  const edit = () => body.current?.querySelector<HTMLTextAreaElement>('textarea')?.focus();
  useImperativeHandle(handle, () => ({ edit, copy, compare: () => setOpen('compare'), versions: () => setOpen('versions'), regenerate: () => setOpen('regenerate'), note: () => setNoting(true) }));

  return (
    <article
      aria-label={`${name.network} ${name.type}`}
      data-net={post.network}
      data-post={post.id}
      data-active={active || undefined}
      className={cn('group/card rounded-xl border bg-sheet transition-shadow', active ? 'border-brass ring-1 ring-brass' : 'border-line')}
    >
      <header className="flex min-h-12 items-center gap-2.5 border-b px-5 py-2 max-sm:px-4">
        <NetworkGlyph network={post.network} />
        <Heading className="flex min-w-0 grow items-baseline gap-2">
          <span className="truncate font-semibold">{name.network}</span>
          <span className="truncate text-xs text-ink-3">{name.type}</span>
        </Heading>
        <SaveState state={state} retry={() => void session.flush()} />
        <Status status={post.status} />
      </header>

      <DeskContext value={{ content: state.content, change: (c) => session.edit(c), readOnly, counts, issues, network: post.network, contentType: post.content_type, author, media: post.media }}>
        <div ref={body} className="px-5 py-5 max-sm:px-4">
          {regenerating ? <WritingNow id={post.id} lines={6} /> : (
            <>
              <Look />
              {post.regeneration_error && (
                <p role="alert" className="mt-4 text-sm text-bad">It could not be written anew: {post.regeneration_error}</p>
              )}
              {elsewhere.length > 0 && <div className="mt-4"><Issues issues={elsewhere} /></div>}
            </>
          )}
        </div>
        {!regenerating && media}
        {!regenerating && <Extras />}
        {!regenerating && <DraftOptions scope={scope} post={post} />}
      </DeskContext>
      <Note key={post.note} note={post.note} open={noting} readOnly={readOnly} save={(note) => actions.note(post, note)} />

      {notes.length > 0 && (
        <ul className="grid gap-1 border-t px-5 py-3 text-xs text-ink-3 max-sm:px-4" aria-label="Notes of the writer">
          {notes.map((note) => <li key={note}>{note}</li>)}
        </ul>
      )}
      {post.status === 'rejected' && (
        <section aria-label="Reason" className="grid gap-2.5 border-t px-5 py-4 max-sm:px-4">
          <h4 className="text-sm text-ink-2">{post.rejection_reason ? <>Rejected because: <strong className="font-semibold text-ink">{post.rejection_reason}</strong></> : 'Why? It helps whoever writes the next one.'}</h4>
          {(!post.rejection_reason || active) && <ReasonForm key={post.rejection_reason} reason={post.rejection_reason ?? ''} give={(reason) => actions.explain(post, reason)} />}
        </section>
      )}

      <footer className="flex flex-wrap items-center gap-1 border-t px-3 py-2 max-sm:px-2">
        <Decision post={post} actions={actions} main={active ?? true} blocked={broken.length > 0} focusFault={() => body.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus()} />
        <span className="grow" />
        {!regenerating && <VoiceMatch scope={scope} post={post} content={state.content} />}
        <IconButton label="Good draft" pressed={post.feedback === 1} onClick={() => actions.feedback(post, post.feedback === 1 ? 0 : 1)}><ThumbsUp /></IconButton>
        <IconButton label="Poor draft" pressed={post.feedback === -1} onClick={() => actions.feedback(post, post.feedback === -1 ? 0 : -1)}><ThumbsDown /></IconButton>
        <IconButton label="Copy text" keys="y" onClick={copy}><Copy /></IconButton>
        <IconButton label="Write anew" keys="r" disabled={readOnly || regenerating} onClick={() => setOpen('regenerate')}><Sparkles /></IconButton>
        <Menu trigger={<button type="button" aria-label={`More for ${name.network} ${name.type}`} className="inline-flex size-8 items-center justify-center rounded-md text-ink-2 hover:bg-sunk hover:text-ink max-lg:size-10"><Ellipsis className="size-4.5" /></button>}>
          <MenuItem icon={GitCompare} keys="d" disabled={!changed} onSelect={() => setOpen('compare')}>Compare with original</MenuItem>
          {!readOnly && <MenuItem icon={StickyNote} keys="n" onSelect={() => setTimeout(() => setNoting(true))}>{post.note ? 'Change the note' : 'Add a note'}</MenuItem>}
          <MenuItem icon={History} keys="v" onSelect={() => setOpen('versions')}>Versions</MenuItem>
          {changed && !readOnly && <MenuItem icon={RotateCcw} onSelect={() => {
            const mine = session.state.content;
            if (original) session.edit(original);
            toast('Back to the original', { undo: () => session.edit(mine) });
          }}>Back to the original</MenuItem>}
          <MenuLine />
          {post.status !== 'archived' && <MenuItem icon={Archive} onSelect={() => actions.move([post], 'archive')}>Archive</MenuItem>}
          <MenuItem icon={Trash2} danger onSelect={() => actions.move([post], 'delete')}>Delete</MenuItem>
        </Menu>
      </footer>
      {finish}
      {after}
      <p className="sr-only">
        Written {fullTime(post.created_at)} by {post.writer.model}{post.edited ? ', edited since' : ''}.
      </p>

      {open === 'compare' && <CompareDialog open onOpenChange={() => setOpen(null)} post={post} content={state.content} />}
      {open === 'versions' && <VersionsDialog open onOpenChange={() => setOpen(null)} scope={scope} post={post} content={state.content} />}
      {open === 'regenerate' && <RegenerateDialog open onOpenChange={() => setOpen(null)} post={post} start={(wish) => actions.regenerate(post, wish)} />}
      {state.phase === 'conflict' && state.theirs && <ConflictDialog session={session} mine={state.content} theirs={state.theirs} problem={state.problem} />}
    </article>
  );
}

function Decision({ post, actions, main, blocked, focusFault }: { post: Post; actions: PostActions; main: boolean; blocked: boolean; focusFault: () => void }) {
  if (post.status === 'pending') {
    return (
      <>
        <Button
          variant={main ? 'primary' : 'line'}
          size="sm"
          onClick={() => {
            if (!blocked) actions.move([post], 'approve');
            else {
              focusFault();
              toast('This draft breaks a rule of its network', { kind: 'error', detail: 'The place is marked; mend it and approve again.' });
            }
          }}
        >
          <Check className="size-4" /> Approve
        </Button>
        <Button variant="quiet" size="sm" onClick={() => actions.move([post], 'reject')}><X className="size-4" /> Reject</Button>
      </>
    );
  }
  if (post.status === 'published') return null;
  return <Button variant="quiet" size="sm" onClick={() => actions.move([post], 'reopen')}><Undo2 className="size-4" /> Back to review</Button>;
}

function SaveState({ state, retry }: { state: DraftState; retry: () => void }) {
  if (state.phase === 'failed') {
    return (
      <span role="alert" className="flex min-w-0 items-center gap-2 text-xs text-bad">
        <span className="truncate" title={state.problem?.message}>Not saved</span>
        <button type="button" className="rounded-sm underline underline-offset-2" onClick={retry}>Try again</button>
      </span>
    );
  }
  return (
    <span role="status" className="text-xs text-ink-3">
      {state.phase === 'dirty' || state.phase === 'saving' ? 'Saving…' : !same(state.content, state.saved) ? 'Not saved' : null}
    </span>
  );
}
