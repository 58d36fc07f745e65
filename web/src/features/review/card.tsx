import { useTargetName } from '@/shared/draft/draft-card';
import { Look } from '@/shared/draft/looks';
import { DeskContext } from '@/shared/draft/words';
import { cn } from '@/shared/lib/cn';
import { ago, fullTime } from '@/shared/lib/time';
import { useUnsaved } from '@/shared/lib/unsaved';
import { timeOf } from '@/shared/lib/zone';
import { Button } from '@/shared/ui/button';
import { inputClass } from '@/shared/ui/field';
import { NetworkGlyph } from '@/shared/ui/network-glyph';
import { Check, CircleCheck, MessageSquare, Paperclip, PencilLine, SendHorizontal } from 'lucide-react';
import { useId, useState } from 'react';
import { authorOf, isOver, type Remark, type ReviewItem, type Verdict } from './model';

export interface CardProps {
  item: ReviewItem; brand: string; zone: string; mayApprove: boolean;
  /** What is being sent of this text, and what the server said against it. */
  busy: Verdict | null; fault: string | null;
  /** Runs `done` once it is kept. */
  say: (verdict: Verdict, words: string, done: () => void) => void;
}

/** One post as its network shows it, what was said of it, and the reader's own word. */
export function Card({ item, brand, zone, mayApprove, busy, fault, say }: CardProps) {
  const name = useTargetName()(item.target);
  const [writing, setWriting] = useState<'comment' | 'changes_requested' | null>(null);
  const over = isOver(item);
  const change = () => undefined;
  return (
    <article aria-label={`${name.network} ${name.type}${item.local_time ? `, ${timeOf(item.local_time)}` : ''}`} data-net={item.network} data-post={item.post_id} className="rounded-xl border bg-sheet">
      <header className="flex min-h-12 flex-wrap items-center gap-x-2.5 gap-y-0.5 border-b px-5 py-2 max-sm:px-4">
        <NetworkGlyph network={item.network} />
        <h3 className="flex min-w-0 grow items-baseline gap-2"><span className="truncate font-semibold">{name.network}</span><span className="truncate text-xs text-ink-3">{name.type}{item.account && item.account !== brand && ` · ${item.account}`}</span></h3>
        {item.local_time && <time dateTime={item.local_time} className="text-sm font-semibold tabular-nums">{timeOf(item.local_time)}</time>}
      </header>
      <div className="px-5 py-5 max-sm:px-4">
        <DeskContext value={{ content: item.content, change, readOnly: true, reading: true, media: item.media, counts: [], issues: [], network: item.network, contentType: item.target.split('.')[1] ?? '', author: authorOf(item, brand) }}>
          <Look />
        </DeskContext>
        <Files media={item.media} />
      </div>
      {item.first_comment && (
        <section aria-label="First comment" className="grid gap-1 border-t px-5 py-3.5 max-sm:px-4">
          <h4 className="text-xs text-ink-3">First comment, below the post</h4>
          <p className="text-sm whitespace-pre-line wrap-anywhere">{item.first_comment}</p>
        </section>
      )}
      {item.comments.length > 0 && <Remarks remarks={item.comments} zone={zone} />}
      <footer className="grid gap-3 border-t px-5 py-3.5 max-sm:px-4">
        <Stand item={item} />
        {over ? null : writing ? (
          <Say
            what={writing}
            busy={busy !== null}
            onCancel={() => setWriting(null)}
            onSay={(words) => say(writing, words, () => setWriting(null))}
          />
        ) : (
          <div role="group" aria-label="Your word" className="flex flex-wrap gap-2">
            {mayApprove && item.decision !== 'approved' && <Button variant="primary" size="sm" busy={busy === 'approved'} disabled={busy !== null} onClick={() => say('approved', '', () => undefined)}><Check className="size-4" /> Approve</Button>}
            <Button size="sm" disabled={busy !== null} onClick={() => setWriting('changes_requested')}><PencilLine className="size-4" /> Ask for changes</Button>
            <Button size="sm" variant="quiet" disabled={busy !== null} onClick={() => setWriting('comment')}><MessageSquare className="size-4" /> Comment</Button>
          </div>
        )}
        {fault && <p role="alert" className="text-sm text-bad">{fault}</p>}
      </footer>
    </article>
  );
}

/** What the post's look can't show: films, documents, and pictures beyond the fourth. */
function Files({ media }: { media: ReviewItem['media'] }) {
  const more = media.filter((m, i) => !m.deleted && (!m.thumbnail_url || i > 3));
  if (more.length === 0) return null;
  return (
    <ul aria-label="Files to open" className="mt-3 flex flex-wrap gap-x-4 gap-y-1 text-sm">
      {more.map((m) => (
        <li key={m.media_id} className="min-w-0"><a href={m.url} target="_blank" rel="noreferrer" className="flex min-h-6 min-w-0 items-center gap-1.5 underline underline-offset-3"><Paperclip className="size-4 shrink-0 text-ink-3" aria-hidden /><span className="truncate">{m.name}</span></a></li>
      ))}
    </ul>
  );
}

/** Where it stands: by the reader's word first. */
function Stand({ item }: { item: ReviewItem }) {
  if (item.state === 'published') return <p className="flex items-center gap-2 text-sm text-good"><CircleCheck className="size-4 shrink-0" aria-hidden /> It is out.</p>;
  if (isOver(item)) return <p className="text-sm text-ink-2">It is on its way out.</p>;
  if (item.decision === 'approved') return <p role="status" className="flex items-center gap-2 text-sm text-good"><CircleCheck className="size-4 shrink-0" aria-hidden /> You approved this text.</p>;
  if (item.decision === 'changes_requested') return <p role="status" className="flex items-center gap-2 text-sm text-brass-ink"><PencilLine className="size-4 shrink-0" aria-hidden /> You asked for changes. It stays here until the text is another.</p>;
  return null;
}

const said: Record<Verdict, string> = { comment: '', approved: 'approved it', changes_requested: 'asked for changes' };

function Remarks({ remarks, zone }: { remarks: Remark[]; zone: string }) {
  return (
    <section aria-label="What was said" className="grid gap-3 border-t bg-sunk/60 px-5 py-4 max-sm:px-4">
      <ol className="grid gap-3.5">
        {[...remarks].reverse().map((r) => (
          <li key={r.id} className={cn('grid gap-0.5 text-sm', r.resolved && 'text-ink-2')}>
            <p className="flex flex-wrap items-baseline gap-x-2 text-xs text-ink-3">
              <span className="font-semibold text-ink">{r.by_team ? 'The team' : r.name}</span>
              {said[r.verdict] && <span className={r.verdict === 'approved' ? 'text-good' : 'text-brass-ink'}>{said[r.verdict]}</span>}
              <time dateTime={r.created_at} title={fullTime(r.created_at, zone)}>{ago(r.created_at)}</time>
              {r.resolved && <span className="text-good">settled</span>}
            </p>
            <p className="whitespace-pre-line wrap-anywhere">{r.words}</p>
          </li>
        ))}
      </ol>
    </section>
  );
}

function Say({ what, busy, onSay, onCancel }: { what: 'comment' | 'changes_requested'; busy: boolean; onSay: (words: string) => void; onCancel: () => void }) {
  const [words, setWords] = useState('');
  const [asked, setAsked] = useState(false);
  const id = useId();
  const changes = what === 'changes_requested';
  const empty = words.trim() === '';
  useUnsaved(!empty);
  const send = () => {
    setAsked(true);
    if (!empty && !busy) onSay(words.trim());
  };
  return (
    <form
      noValidate
      className="grid gap-2.5"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <label htmlFor={id} className="text-sm font-semibold">{changes ? 'What should be different?' : 'Your comment'}</label>
      <textarea
        id={id}
        autoFocus
        rows={3}
        maxLength={4000}
        value={words}
        aria-invalid={(asked && empty) || undefined}
        aria-describedby={asked && empty ? `${id}-note` : undefined}
        onChange={(e) => setWords(e.target.value)}
        onKeyDown={(e) => {
          if (e.key === 'Enter' && (e.metaKey || e.ctrlKey)) send();
          if (e.key === 'Escape' && empty) onCancel();
        }}
        className={cn(inputClass, 'h-auto min-h-20 resize-y py-2 max-lg:h-auto field-sizing-content')}
      />
      {asked && empty && <p id={`${id}-note`} className="text-xs text-bad">Say it in words.</p>}
      <div className="flex flex-wrap gap-2">
        <Button type="submit" variant="primary" size="sm" busy={busy}><SendHorizontal className="size-4" /> {changes ? 'Ask for changes' : 'Send'}</Button>
        <Button size="sm" variant="quiet" onClick={onCancel}>Cancel</Button>
      </div>
    </form>
  );
}
