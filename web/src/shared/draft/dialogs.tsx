import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { History } from 'lucide-react';
import { useState } from 'react';
import { changePosts, refreshPosts } from '../api/cache';
import { api, take } from '../api/client';
import { asProblem, type Problem } from '../api/problem';
import { membersQuery, postPath, versionsQuery, type Scope } from '../api/queries';
import type { Content, Post, PostVersion, Tone } from '../api/types';
import { cn } from '../lib/cn';
import { headline, same } from '../lib/content';
import { ago } from '../lib/time';
import { toast } from '../lib/toast';
import { Button } from '../ui/button';
import { Segmented } from '../ui/choice';
import { Dialog } from '../ui/dialog';
import { Field, inputClass } from '../ui/field';
import { Empty, ErrorState, Loading, SkeletonText } from '../ui/states';
import { Compare } from './compare';
import { flushDraft, receivePost } from './sessions';
import type { DraftSession } from './session';
import { tones } from './tones';

interface Common { open: boolean; onOpenChange: (open: boolean) => void }

export function CompareDialog({ post, content, ...common }: Common & { post: Post; content: Content }) {
  return (
    <Dialog {...common} title="Compared with the original" description="What was written first, and what it says now." size="lg">
      <Compare before={post.original ?? post.content} after={content} beforeName="the original" afterName="your text" />
    </Dialog>
  );
}

const reasons: Record<string, string> = { generated: 'Written', edited: 'Edited', regenerated: 'Written anew', restored: 'Brought back' };

export function VersionsDialog({ scope, post, content, ...common }: Common & { scope: Scope; post: Post; content: Content }) {
  const client = useQueryClient();
  const versions = useQuery({ ...versionsQuery(scope, post.id), enabled: common.open, staleTime: 0 });
  const [chosen, setChosen] = useState<string | null>(null);
  const members = useQuery({ ...membersQuery(scope.org), enabled: common.open, staleTime: 60_000 });
  const by = (actor: PostVersion['actor']) => {
    if (actor.type === 'ai') return actor.model.startsWith('builtin/') ? ' by the built-in writer' : ` by ${actor.model.split('/').at(-1) ?? actor.model}`;
    const who = actor.type === 'user' ? members.data?.items.find((m) => m.user_id === actor.id)?.name : undefined;
    return who ? ` by ${who}` : '';
  };
  const items = versions.data?.items ?? [];
  // the newest says what the draft says: looked for is one that says something else
  const shown = items.find((v) => v.id === chosen) ?? items.find((v) => !same(v.content, content)) ?? items[0];
  const restore = useMutation({
    mutationFn: async (version: PostVersion) => {
      await flushDraft(post.id);
      return take(api.POST(`${postPath}/versions/{version}/restore`, { params: { path: { ...scope, post: post.id, version: version.id } } }));
    },
    onSuccess: (fresh) => {
      changePosts(client, scope, new Set([fresh.id]), () => fresh);
      receivePost(fresh);
      common.onOpenChange(false);
      toast('That version is back', { detail: 'The one before it is kept too.' });
    },
    onError: (error) => toast('It could not be brought back', { kind: 'error', detail: asProblem(error).message }),
    onSettled: () => void refreshPosts(client, scope),
  });
  return (
    <Dialog {...common} title="Versions" description="Every state this draft was saved in. Bringing one back makes a new version; nothing is lost." size="xl">
      {versions.isPending ? <Loading what="versions"><SkeletonText lines={5} /></Loading>
        : versions.isError ? <ErrorState error={versions.error} retry={() => void versions.refetch()} compact />
          : !shown ? <Empty icon={History} title="No versions yet">They appear here as you edit.</Empty>
            : (
              <div className="grid gap-6 md:grid-cols-[14rem_1fr]">
                <ol className="grid content-start gap-0.5" aria-label="Versions">
                  {items.map((v) => (
                    <li key={v.id}>
                      <button
                        type="button"
                        aria-current={v.id === shown.id || undefined}
                        onClick={() => setChosen(v.id)}
                        className={cn('grid w-full gap-0.5 rounded-md px-3 py-2 text-left hover:bg-sunk', v.id === shown.id && 'bg-sunk')}
                      >
                        <span className="text-sm font-semibold">{v.number}. {reasons[v.reason] ?? v.reason}</span>
                        <span className="text-xs text-ink-3">{ago(v.created_at)}{by(v.actor)}</span>
                      </button>
                    </li>
                  ))}
                </ol>
                <div className="grid min-w-0 content-start gap-4">
                  {same(shown.content, content) ? <p className="text-ink-2">This is what the draft says now.</p> : <Compare before={shown.content} after={content} beforeName={`version ${shown.number}`} afterName="the text now" />}
                  {!same(shown.content, content) && <div><Button variant="primary" busy={restore.isPending} onClick={() => restore.mutate(shown)}>Bring version {shown.number} back</Button></div>}
                </div>
              </div>
            )}
    </Dialog>
  );
}

/** Two people wrote at once. Both texts are here, and whichever is not chosen stays reachable. */
export function ConflictDialog({ session, mine, theirs, problem }: { session: DraftSession; mine: Content; theirs: Post; problem: Problem | null }) {
  const [busy, setBusy] = useState(false);
  const end = async (how: () => Promise<void>, said: string, where: string) => {
    setBusy(true);
    await how.call(session);
    setBusy(false);
    if (session.state.phase === 'clean') toast(said, { detail: where });
  };
  return (
    <Dialog
      open
      onOpenChange={() => undefined}
      title="Somebody else changed this draft"
      description={`It was saved elsewhere ${ago(theirs.updated_at)} while you were writing. Nothing is lost: the text you don't choose stays in the versions.`}
      size="lg"
      footer={
        <>
          <Button busy={busy} onClick={() => void end(session.takeTheirs, 'Their text stands', 'Yours is in the versions.')}>Take theirs</Button>
          <Button variant="primary" busy={busy} onClick={() => void end(session.keepMine, 'Your text stands', 'Theirs is in the versions.')}>Keep mine</Button>
        </>
      }
    >
      {problem && problem.status !== 412 && <p role="alert" className="mb-4 text-sm text-bad">{problem.message} Both texts are still here; try again.</p>}
      <Compare before={theirs.content} after={mine} beforeName="theirs" afterName="yours" />
    </Dialog>
  );
}

export function RegenerateDialog({ post, start, ...common }: Common & { post: Post; start: (wish: { tone?: Tone; instructions?: string }) => void }) {
  const [tone, setTone] = useState<Tone>(post.tone);
  const [instructions, setInstructions] = useState('');
  return (
    <Dialog
      {...common}
      dirty={instructions.trim() !== ''}
      title="Write this one anew"
      description={`“${headline(post.content).slice(0, 90)}” stays in the versions.`}
      footer={
        <>
          <Button onClick={() => common.onOpenChange(false)}>Cancel</Button>
          <Button
            variant="primary"
            onClick={() => {
              common.onOpenChange(false);
              start({ tone, ...(instructions.trim() && { instructions: instructions.trim() }) });
            }}
          >
            Write anew
          </Button>
        </>
      }
    >
      <div className="grid gap-5">
        <div className="grid gap-1.5">
          <p className="text-sm font-semibold">Tone</p>
          <Segmented label="Tone" value={tone} onChange={setTone} options={tones} />
        </div>
        <Field label="What should be different?" hint="Optional. For example: shorter, start with the number, no question at the end.">
          {(ids) => <textarea {...ids} rows={3} className={cn(inputClass, 'h-auto py-2 max-lg:h-auto')} value={instructions} onChange={(e) => setInstructions(e.target.value)} />}
        </Field>
      </div>
    </Dialog>
  );
}
