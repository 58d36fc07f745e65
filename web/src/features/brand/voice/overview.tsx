import { modelsQuery, voiceKey, voicePath, type Family, type FamilyView, type VoiceModel, type VoiceOverview } from '@/shared/voice/api';
import { familyWords, twoDigits } from '@/shared/voice/words';
import { api, take } from '@/shared/api/client';
import { asProblem } from '@/shared/api/problem';
import { trainingStore } from '@/shared/api/progress';
import { useStore } from '@/shared/lib/store';
import { ago, fullTime } from '@/shared/lib/time';
import { toast } from '@/shared/lib/toast';
import { useScope } from '@/shared/lib/use-scope';
import { Button } from '@/shared/ui/button';
import { Segmented } from '@/shared/ui/choice';
import { Meter } from '@/shared/ui/meter';
import { Notice } from '@/shared/ui/note';
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { AudioLines, Plus, RefreshCw } from 'lucide-react';
import type { ReactNode } from 'react';
import { Compared, incomparable } from './compared';
import { stageWords, told } from './say';
import { TryText } from './try';

const order: Family[] = ['all', 'short', 'professional', 'visual', 'long'];

export function useTrain() {
  const { scope } = useScope();
  const client = useQueryClient();
  return useMutation({
    mutationFn: (family: Family) => take(api.POST(`${voicePath}/models`, { params: { path: scope }, body: { family } })),
    onError: (error) => toast('The training did not start', { kind: 'error', detail: asProblem(error).message }),
    onSettled: () => client.invalidateQueries({ queryKey: voiceKey(scope) }),
  });
}

export function Overview({ overview, family, onFamily, add, may }: { overview: VoiceOverview; family: Family; onFamily: (family: Family) => void; add: () => void; may: boolean }) {
  const own = overview.families.find((f) => f.family === 'all');
  const it = overview.families.find((f) => f.family === family) ?? own;
  if (!it) return null;
  if (!own || own.own_samples === 0) return <First add={add} may={may} />;
  return (
    <div className="grid gap-10">
      <div className="grid gap-4">
        <div className="grid gap-1.5">
          <Segmented<Family> label="Voice for" value={it.family} onChange={onFamily} options={order.filter((f) => overview.families.some((v) => v.family === f)).map((value) => ({ value, label: familyWords[value].label }))} className="-ml-3" />
          <p className="text-xs text-ink-3">{familyWords[it.family].networks}{it.family !== 'all' && !it.active_model && own.active_model && ' These use the voice for everywhere until they have one of their own.'}</p>
        </div>
        <State key={it.family} it={it} add={add} may={may} />
      </div>
      <TryText overview={overview} />
    </div>
  );
}

function First({ add, may }: { add: () => void; may: boolean }) {
  const { take, busy } = useFromPosts();
  return (
    <div className="grid max-w-prose gap-6 py-4">
      <AudioLines className="size-7 text-brass-ink" strokeWidth={1.5} aria-hidden />
      <div className="grid gap-3">
        <h3 className="font-serif text-2xl">Drafts that sound like you</h3>
        <p className="text-base text-ink-2">Show a few things you wrote: posts, letters, articles. Ten are a good start. Bellwether learns how long your sentences are, how you begin and end, what you never do, and holds each draft against it.</p>
      </div>
      <ol className="grid gap-2 text-sm text-ink-2">
        {['Paste a few texts, or give the archive of X, the export of LinkedIn, a CSV, JSON or Markdown file.', 'It learns within seconds, and tells how sure it is on texts that it had not seen.', 'Drafts show a number with its reasons, and say what to change.'].map((step, i) => (
          <li key={step} className="flex gap-3"><span aria-hidden className="font-serif text-lg/5 text-brass-ink tabular-nums">{i + 1}</span>{step}</li>
        ))}
      </ol>
      {may && <div className="flex flex-wrap gap-2"><Button variant="primary" onClick={add}><Plus className="size-4" /> Add samples</Button><Button busy={busy} onClick={take}>Take them from your posts</Button></div>}
    </div>
  );
}

/** Takes approved and published posts as samples; what came of it is shown like that of a file. */
export function useFromPosts(): { take: () => void; busy: boolean } {
  const { scope } = useScope();
  const client = useQueryClient();
  const run = useMutation({
    mutationFn: () => take(api.POST(`${voicePath}/samples/from-posts`, { params: { path: scope } })),
    onSuccess: ({ added, repeated }) => {
      if (added > 0) toast(told(added), repeated > 0 ? { detail: `${repeated} ${repeated === 1 ? 'was' : 'were'} there already.` } : {});
      else toast('No post was added', { detail: repeated > 0 ? 'All of them are there already.' : 'Approve or publish a few posts first.' });
    },
    onError: (error) => toast('The posts could not be taken', { kind: 'error', detail: asProblem(error).message }),
    onSettled: () => client.invalidateQueries({ queryKey: voiceKey(scope) }),
  });
  return { take: () => run.mutate(), busy: run.isPending };
}

/** Why the latest training came to nothing, where it did. */
function useFailure(it: FamilyView): string | null {
  const { scope } = useScope();
  const { data } = useInfiniteQuery(modelsQuery(scope));
  const latest = data?.pages[0]?.items.find((m) => m.family === it.family);
  return latest?.status === 'failed' ? (latest.failure ?? 'The training failed.') : null;
}

function State({ it, add, may }: { it: FamilyView; add: () => void; may: boolean }) {
  const failure = useFailure(it);
  const failed = failure && <Notice kind="bad" title="The last training came to nothing">{failure}</Notice>;
  const train = useTrain();
  const posts = useFromPosts();
  const live = it.training;
  if (live) return <Card><Training model={live} first={!it.active_model} /></Card>;
  const again = may && it.enough.ok && <Button variant={it.active_model ? 'line' : 'primary'} busy={train.isPending} onClick={() => train.mutate(it.family)}><RefreshCw className="size-4" /> {it.active_model ? 'Learn anew' : 'Learn this voice'}</Button>;
  if (it.active_model) return <Card><Known it={it} model={it.active_model} action={again} />{failed}</Card>;
  if (it.enough.ok) {
    return (
      <Card>
        <h3 className="font-serif text-xl">Ready to learn</h3>
        <p className="max-w-prose text-sm text-ink-2">{it.own_samples.toLocaleString()} texts of yours with {it.own_words.toLocaleString()} words are enough to begin. It takes a few seconds.</p>
        {failed}
        <div>{again}</div>
      </Card>
    );
  }
  const { have, need, message } = it.enough;
  // Words are asked for once there are samples enough.
  const words = have !== it.own_samples;
  const left = need - have;
  return (
    <Card>
      <h3 className="font-serif text-xl">Not enough to say</h3>
      <p className="max-w-prose text-sm text-ink-2">{message} Nothing is guessed until then.</p>
      <div className="grid max-w-90 gap-2">
        <p className="flex justify-between gap-4 text-sm"><span>{words ? 'Words' : 'Samples'}</span><span className="text-ink-2 tabular-nums">{have.toLocaleString()} of {need.toLocaleString()}</span></p>
        <Meter goal label={words ? 'Words of samples' : 'Samples'} used={have} limit={need} />
        <p className="text-xs text-ink-3">{left.toLocaleString()} more {words ? 'words' : left === 1 ? 'sample' : 'samples'} to go.</p>
      </div>
      {may && <div className="flex flex-wrap gap-2"><Button variant="primary" onClick={add}><Plus className="size-4" /> Add samples</Button><Button busy={posts.busy} onClick={posts.take}>Take them from your posts</Button></div>}
    </Card>
  );
}

function Card({ children }: { children: ReactNode }) {
  return <div className="grid gap-4 rounded-xl border bg-sheet p-6 max-sm:p-5">{children}</div>;
}

export function Training({ model, first }: { model: VoiceModel; first: boolean }) {
  const progress = useStore(trainingStore)[model.id];
  const percent = Math.round((progress?.done ?? 0) * 100);
  return (
    <>
      <h3 className="font-serif text-xl">{first ? 'Learning your voice' : `Learning version ${model.version}`}</h3>
      <div className="grid gap-2">
        <p role="status" className="flex justify-between gap-4 text-sm text-ink-2"><span>{stageWords(model.status === 'pending' && !progress ? 'pending' : (progress?.stage ?? ''))}</span><span className="tabular-nums">{percent} %</span></p>
        <Meter goal label="Training, in percent" used={percent} limit={100} />
      </div>
      <p className="text-xs text-ink-3">From {model.sample_count.toLocaleString()} samples. You may go on working; this page follows by itself.</p>
    </>
  );
}

function Known({ it, model, action }: { it: FamilyView; model: VoiceModel; action: ReactNode }) {
  const { validation: v, validation_score: area } = model;
  return (
    <>
      <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-4">
        <div className="grid gap-1">
          <h3 className="font-serif text-xl">Your voice, version {model.version}</h3>
          <p className="text-xs text-ink-3">Learned {model.training_completed_at && <time dateTime={model.training_completed_at} title={fullTime(model.training_completed_at)}>{ago(model.training_completed_at)}</time>} from {model.sample_count.toLocaleString()} samples, {model.words.toLocaleString()} words</p>
        </div>
        {action}
      </div>
      {area != null && (
        <div className="grid gap-x-8 gap-y-4 sm:grid-cols-[auto_minmax(0,1fr)] sm:items-center">
          <p className="font-serif text-3xl tabular-nums">{Math.floor(area * 100)} <span className="text-lg text-ink-3">of 100</span></p>
          <p className="max-w-prose text-sm text-ink-2">Of a text of yours and one of somebody else, it tells which is yours {Math.floor(area * 100)} times in 100. Tried on {v ? `${v.own} pieces of yours and ${v.others} of others` : 'texts'} that it had not learned from.</p>
        </div>
      )}
      {v && <Sides own={v.mean_own} others={v.mean_others} />}
      {model.before_score != null && model.after_score != null && (
        <div className="grid gap-1 border-t pt-4">
          <Compared model={model} />
          <p className="max-w-prose text-xs text-ink-3">Both versions were learned once more without these texts, to compare them. {incomparable}</p>
        </div>
      )}
      {it.changes_since > 0 && (
        <Notice>
          {it.changes_since === 1 ? 'One sample has' : `${it.changes_since} samples have`} changed since.{' '}
          {it.changes_since < it.retrain_after ? `It learns anew by itself at ${it.retrain_after}.` : 'It learns anew by itself soon.'}
        </Notice>
      )}
    </>
  );
}

/** The mean confidence in the author's own texts and in those of others. */
function Sides({ own, others }: { own: number; others: number }) {
  return (
    <dl className="grid gap-2 text-xs">
      {([['Your texts', own, 'fill-brass'], ['Texts of others', others, 'fill-line-strong']] as const).map(([label, value, fill]) => (
        <div key={label} className="grid grid-cols-[6.5rem_minmax(0,1fr)_2.5rem] items-center gap-3">
          <dt className="text-ink-2">{label}</dt>
          <dd aria-hidden><svg viewBox="0 0 100 4" preserveAspectRatio="none" className="h-2 w-full overflow-hidden rounded-full"><rect width="100" height="4" className="fill-sunk" /><rect width={value * 100} height="4" className={fill} /></svg></dd>
          <dd className="text-right tabular-nums">{twoDigits(value)}</dd>
        </div>
      ))}
    </dl>
  );
}
