import { membersQuery } from '@/shared/api/queries';
import { cn } from '@/shared/lib/cn';
import { ago, fullTime } from '@/shared/lib/time';
import { useUnsaved } from '@/shared/lib/unsaved';
import { useMay } from '@/shared/lib/use-may';
import { useScope } from '@/shared/lib/use-scope';
import { Button } from '@/shared/ui/button';
import { Checkbox } from '@/shared/ui/choice';
import { inputClass } from '@/shared/ui/field';
import { Fault } from '@/shared/ui/note';
import { ErrorState } from '@/shared/ui/states';
import { useQuery } from '@tanstack/react-query';
import { Check, CircleCheck, MessageSquare, PencilLine, UserRoundCheck } from 'lucide-react';
import { lazy, Suspense, useId, useState } from 'react';
import { reviewsQuery, useReviewing, type Review, type Verdict } from './api';

/** What is half written, by where: going on to another draft and back loses nothing. */
const halfWritten = new Map<string, Half>();
interface Half { what: Exclude<Verdict, 'approved'>; words: string; shared: boolean }

const AskDialog = lazy(() => import('./ask-dialog').then((m) => ({ default: m.AskDialog })));
/** As many as are read without asking for more. */
const few = 3;

export interface ReviewsProps {
  post: string; title: string;
  /** The publication that is looked at; what is said of its own text is said of it alone. */
  publication?: string;
  /** Where the screen has no other button for it. */
  mayApprove?: 'post' | 'text' | null;
  /** Nothing can be changed any more. */
  over?: boolean;
  className?: string;
}

/** What was said of a post, what it lacks, and the way to say something or to ask others. */
export function Reviews({ post, title, publication, mayApprove = null, over = false, className }: ReviewsProps) {
  const { scope } = useScope();
  const reviewer = useMay('posts.review');
  const publisher = useMay('posts.publish');
  const reviews = useQuery(reviewsQuery(scope, post));
  const { say, approve, settle } = useReviewing(post);
  const here = `${scope.org} ${scope.brand} ${publication ?? post}`;
  const [writing, setWriting] = useState(() => halfWritten.get(here)?.what ?? null);
  const [asking, setAsking] = useState(false);
  const [all, setAll] = useState(false);
  const told = reviews.data?.items.filter((r) => r.words || r.verdict !== 'comment') ?? [];
  const shown = all ? told : told.slice(0, few);
  const missing = over ? null : reviews.data?.missing_words;
  const busy = say.isPending || approve.isPending;
  return (
    <section aria-label="Review" className={cn('grid gap-3', className)}>
      {missing && <p className="flex items-start gap-2 text-sm text-brass-ink"><UserRoundCheck className="mt-0.5 size-4 shrink-0" aria-hidden /> {missing}</p>}
      {reviews.isError && <ErrorState error={reviews.error} retry={() => void reviews.refetch()} title="What was said could not be loaded" compact />}
      {shown.length > 0 && (
        <ol className="grid gap-3" aria-label="What was said">
          {shown.map((r) => <Said key={r.id} review={r} current={r.seal === reviews.data?.seal} settle={reviewer && !over ? () => settle.mutate(r.id) : null} busy={settle.isPending} />)}
        </ol>
      )}
      {told.length > few && <button type="button" aria-expanded={all} className="w-fit rounded-sm text-xs text-ink-3 underline underline-offset-4 hover:text-ink" onClick={() => setAll(!all)}>{all ? 'Only the newest' : `All ${told.length}`}</button>}
      {writing ? (
        <Write
          what={writing}
          before={halfWritten.get(here)}
          keep={(half) => {
            if (half) halfWritten.set(here, half);
            else halfWritten.delete(here);
          }}
          busy={say.isPending}
          error={say.error}
          onCancel={() => {
            say.reset();
            halfWritten.delete(here);
            setWriting(null);
          }}
          onSay={(words, shared) => say.mutate({ verdict: writing, words, shared, publication_id: publication ?? null }, {
            onSuccess: () => {
              halfWritten.delete(here);
              setWriting(null);
            },
          })}
        />
      ) : (
        <div className="-mx-2 flex flex-wrap items-center gap-1" role="group" aria-label="Say something">
          {mayApprove && reviewer && <Button variant="primary" size="sm" className="mx-2" busy={busy} onClick={() => (mayApprove === 'post' ? approve.mutate() : say.mutate({ verdict: 'approved', words: '', publication_id: publication ?? null }))}><Check className="size-4" /> Approve</Button>}
          {reviewer && <Button variant="quiet" size="sm" className="px-2" onClick={() => setWriting('comment')}><MessageSquare className="size-4" /> Comment</Button>}
          {reviewer && !over && <Button variant="quiet" size="sm" className="px-2" onClick={() => setWriting('changes_requested')}><PencilLine className="size-4" /> Ask for changes</Button>}
          {!over && <Button variant="quiet" size="sm" className="px-2" onClick={() => setAsking(true)}><UserRoundCheck className="size-4" /> Ask for review</Button>}
        </div>
      )}
      {say.error && !writing ? <Fault error={say.error} /> : null}
      {asking && <Suspense><AskDialog post={post} title={title} missing={reviews.data?.missing ?? null} mayLink={publisher} onClose={() => setAsking(false)} /></Suspense>}
    </section>
  );
}

const verdicts: Record<Verdict, { said: string; icon: typeof Check; look: string }> = {
  comment: { said: 'commented', icon: MessageSquare, look: 'text-ink-3' },
  approved: { said: 'approved', icon: CircleCheck, look: 'text-good' },
  changes_requested: { said: 'asked for changes', icon: PencilLine, look: 'text-brass-ink' },
};

function Said({ review: r, current, settle, busy }: { review: Review; current: boolean; settle: (() => void) | null; busy: boolean }) {
  const { scope, user } = useScope();
  const { data: members } = useQuery({ ...membersQuery(scope.org), staleTime: 60_000, retry: false });
  const { said, icon: Icon, look } = verdicts[r.verdict];
  const who = r.link_id ? r.name : r.user_id === user.id ? 'You' : members?.items.find((m) => m.user_id === r.user_id)?.name ?? 'Somebody of the team';
  return (
    <li className="grid grid-cols-[auto_minmax(0,1fr)_auto] items-start gap-x-2.5 text-sm">
      <Icon className={cn('mt-0.5 size-4', look)} aria-hidden />
      <div className="grid gap-0.5">
        <p className="flex flex-wrap items-baseline gap-x-2 text-xs text-ink-3">
          <span className="font-semibold text-ink">{who}</span>
          <span className={look}>{said}</span>
          <time dateTime={r.created_at} title={fullTime(r.created_at)}>{ago(r.created_at)}</time>
          {r.link_id && <span>by a link</span>}
          {r.shared && <span>clients read it</span>}
          {!current && r.verdict !== 'comment' && <span>of an earlier text</span>}
          {r.resolved_at && <span className="text-good">settled</span>}
        </p>
        {r.words && <p className="whitespace-pre-line wrap-anywhere">{r.words}</p>}
      </div>
      {settle && !r.resolved_at && r.verdict !== 'approved' ? <button type="button" disabled={busy} onClick={settle} className="rounded-sm text-xs text-ink-2 underline underline-offset-4 hover:text-ink max-lg:min-h-8">Settle<span className="sr-only"> what {who} said</span></button> : <span />}
    </li>
  );
}

function Write({ what, before, keep, busy, error, onSay, onCancel }: {
  what: Half['what']; before: Half | undefined; keep: (half: Half | null) => void; busy: boolean; error: unknown; onSay: (words: string, shared: boolean) => void; onCancel: () => void;
}) {
  const [words, setWords] = useState(before?.words ?? '');
  const [shared, setShared] = useState(before?.shared ?? false);
  const [asked, setAsked] = useState(false);
  const id = useId();
  const empty = words.trim() === '';
  useUnsaved(!empty);
  const send = () => {
    setAsked(true);
    if (!empty && !busy) onSay(words.trim(), shared);
  };
  return (
    <form
      noValidate
      className="grid gap-2.5"
      onSubmit={(e) => {
        e.preventDefault();
        send();
      }}
    >
      <label htmlFor={id} className="text-sm font-semibold">{what === 'comment' ? 'Your comment' : 'What should be different?'}</label>
      <textarea
        id={id}
        autoFocus
        rows={2}
        maxLength={4000}
        value={words}
        aria-invalid={(asked && empty) || undefined}
        aria-describedby={asked && empty ? `${id}-note` : undefined}
        onChange={(e) => {
          setWords(e.target.value);
          keep(e.target.value.trim() === '' ? null : { what, words: e.target.value, shared });
        }}
        onKeyDown={(e) => {
          if (e.key === 'Enter' && (e.metaKey || e.ctrlKey)) send();
          if (e.key === 'Escape') {
            e.stopPropagation();
            if (empty) onCancel();
            else e.currentTarget.blur();
          }
        }}
        className={cn(inputClass, 'h-auto min-h-16 resize-y py-2 max-lg:h-auto field-sizing-content')}
      />
      {asked && empty && <p id={`${id}-note`} className="text-xs text-bad">Say it in words.</p>}
      <div className="flex flex-wrap items-center gap-2">
        <Button type="submit" variant="primary" size="sm" busy={busy}>{what === 'comment' ? 'Comment' : 'Ask for changes'}</Button>
        <Button size="sm" variant="quiet" onClick={onCancel}>Cancel</Button>
        <label className="ml-auto flex items-center gap-2.5 text-xs text-ink-2"><Checkbox label="Clients read it too" checked={shared} onChange={(on) => {
          setShared(on);
          if (!empty) keep({ what, words, shared: on });
        }} /> Clients read it too</label>
      </div>
      <Fault error={error} />
    </form>
  );
}
