import type { Post } from '@/shared/api/types';
import { flushDraft } from '@/shared/draft/sessions';
import { cn } from '@/shared/lib/cn';
import { headline } from '@/shared/lib/content';
import { toast } from '@/shared/lib/toast';
import { useMay } from '@/shared/lib/use-may';
import { useScope } from '@/shared/lib/use-scope';
import { sayWhen } from '@/shared/lib/zone';
import { Button, buttonClass } from '@/shared/ui/button';
import { Hint } from '@/shared/ui/hint';
import { NetworkGlyph } from '@/shared/ui/network-glyph';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { CalendarPlus, ListPlus, Repeat, Save, Send } from 'lucide-react';
import { lazy, Suspense, useState } from 'react';
import { ofPostQuery } from '../api/queries';
import { Reviews } from '../approvals/reviews';
import { StateMark } from '../state';
import { troubled, whyStuck } from '../repair';
import type { Mode } from './finish-dialog';

const FinishDialog = lazy(() => import('./finish-dialog').then((m) => ({ default: m.FinishDialog })));

/** The end of a draft's way: kept, queued, scheduled or out; and what became of it where it went before. */
export function Finish({ post, at }: { post: Post; at?: string | undefined }) {
  const may = useMay('posts.publish');
  const [mode, setMode] = useState<Mode | null>(null);
  const over = post.status === 'rejected' || post.status === 'archived';
  const blocked = post.issues.some((i) => i.severity === 'error');
  const { scope } = useScope();
  const refuse = () => toast('This draft breaks a rule of its network', { kind: 'error', detail: 'The place is marked; mend it first.' });
  const open = (next: Mode) => (blocked ? refuse() : setMode(next));
  const save = () => void flushDraft(post.id).then((done) => toast(done ? 'Saved as a draft' : 'The last words are not saved', done ? {} : { kind: 'error', detail: 'Try again in a moment.' }));
  return (
    <>
      <Publications post={post} />
      {!post.regenerating && <Reviews post={post.id} title={headline(post.content)} over={post.status === 'published' || post.status === 'archived'} className="border-t px-5 py-3 max-sm:px-4" />}
      {may && !over && !post.regenerating && (
        <div role="group" aria-label="Finish" className="flex flex-wrap items-center gap-0.5 border-t px-2 py-2 max-sm:grid max-sm:grid-cols-2 max-sm:px-2">
          <Button variant="quiet" size="sm" onClick={save}><Save className="size-4 max-sm:hidden" /> Save draft</Button>
          <Hint text="Repeat it, or put it into a rotation">
            <Link to="/$org/$brand/recurring" params={scope} search={{ make: 'repetition', post: post.id }} onClick={(e) => {
              if (!blocked) return;
              e.preventDefault();
              refuse();
            }} className={buttonClass('quiet', 'sm', 'sm:w-8 sm:px-0!')}><Repeat className="size-4 max-sm:hidden" /> <span className="sm:sr-only">Repeat</span></Link>
          </Hint>
          <span className="grow max-sm:hidden" />
          <Button variant="quiet" size="sm" onClick={() => open('now')}><Send className="size-4 max-sm:hidden" /> Publish now</Button>
          <Button variant="quiet" size="sm" onClick={() => open('queue')}><ListPlus className="size-4 max-sm:hidden" /> Add to queue</Button>
          <Button size="sm" className={cn('max-sm:col-span-2', at && 'border-brass')} onClick={() => open('schedule')}><CalendarPlus className="size-4 max-sm:hidden" /> {at ? `Schedule for ${sayWhen(at)}` : 'Schedule'}</Button>
        </div>
      )}
      {mode && <Suspense><FinishDialog post={post} mode={mode} at={at} onClose={() => setMode(null)} /></Suspense>}
    </>
  );
}

function Publications({ post }: { post: Post }) {
  const { scope } = useScope();
  const { data } = useQuery(ofPostQuery(scope, post.id));
  const items = data?.items.filter((p) => p.state !== 'cancelled') ?? [];
  if (items.length === 0) return null;
  return (
    <ul aria-label="Where it goes" className="border-t px-5 py-2 max-sm:px-4">
      {items.map((p) => (
        <li key={p.id} className="grid gap-0.5 py-1.5">
          <div className="flex items-center gap-3 text-sm">
            <NetworkGlyph network={p.connection.network} className="size-3.5 text-ink-3" />
            <Link to="/$org/$brand/queue" params={scope} search={{ item: p.id }} className="min-w-0 grow truncate rounded-sm underline-offset-4 hover:underline">{p.local_time && <span className="tabular-nums">{sayWhen(p.local_time)} </span>}<span className={p.local_time ? 'text-ink-3' : undefined}>{p.connection.name}</span></Link>
            <StateMark state={p.state} />
          </div>
          {troubled(p.state) && <p className={cn('line-clamp-2 pl-6.5 text-xs', p.state === 'held' ? 'text-ink-2' : 'text-bad')}>{whyStuck(p)}</p>}
        </li>
      ))}
    </ul>
  );
}
