import { modelQuery, modelsQuery, voiceKey, voicePath, type VoiceModel, type VoiceOverview } from '@/shared/voice/api';
import { familyWords, twoDigits } from '@/shared/voice/words';
import { api, take } from '@/shared/api/client';
import { asProblem } from '@/shared/api/problem';
import { ago, fullTime } from '@/shared/lib/time';
import { toast } from '@/shared/lib/toast';
import { useScope } from '@/shared/lib/use-scope';
import { Button, IconButton } from '@/shared/ui/button';
import { ConfirmDialog } from '@/shared/ui/confirm';
import { Disclosure } from '@/shared/ui/disclosure';
import { Empty, ErrorState, Loading, SkeletonText } from '@/shared/ui/states';
import { Status } from '@/shared/ui/status';
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Layers, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { Compared, incomparable } from './compared';
import { Training } from './overview';
import { notesOf } from './say';

/** What was learned when, how good it was, and which of them speaks now. */
export function Versions({ overview, may }: { overview: VoiceOverview; may: boolean }) {
  const { scope } = useScope();
  const client = useQueryClient();
  const list = useInfiniteQuery(modelsQuery(scope));
  const items = list.data?.pages.flatMap((p) => p.items) ?? [];
  const activate = useMutation({
    mutationFn: ({ id }: { id: string; before: VoiceModel | null }) => take(api.POST(`${voicePath}/models/{model}/activate`, { params: { path: { ...scope, model: id } } })),
    onSuccess: (model, { before }) => toast(`Version ${model.version} speaks now`, before ? { undo: () => activate.mutate({ id: before.id, before: null }) } : {}),
    onError: (error) => toast('The version could not be changed', { kind: 'error', detail: asProblem(error).message }),
    onSettled: () => client.invalidateQueries({ queryKey: voiceKey(scope) }),
  });
  const [removing, setRemoving] = useState<VoiceModel | null>(null);
  const remove = useMutation({
    mutationFn: (m: VoiceModel) => take(api.DELETE(`${voicePath}/models/{model}`, { params: { path: { ...scope, model: m.id } } })),
    onSuccess: (_, m) => {
      setRemoving(null);
      toast(`Version ${m.version} is deleted`);
    },
    onSettled: () => client.invalidateQueries({ queryKey: voiceKey(scope) }),
  });
  const speaking = (m: VoiceModel) => overview.families.find((f) => f.family === m.family)?.active_model ?? null;
  if (list.isPending) return <Loading what="versions"><SkeletonText lines={6} /></Loading>;
  if (list.isError) return <ErrorState error={list.error} retry={() => void list.refetch()} compact />;
  if (items.length === 0) return <Empty icon={Layers} title="No versions yet">Each time it learns, a version is kept with its score. The better one speaks; an older one can be brought back.</Empty>;
  return (
    <div className="grid gap-4">
      {items.filter((m) => m.validation_score != null).length > 1 && <p className="max-w-prose text-xs text-ink-3">{incomparable}</p>}
      <ol className="-mt-5 divide-y border-b" aria-label="Versions">
        {items.map((m, i) => {
          const now = speaking(m);
          return (
            <li key={m.id} className="grid gap-3 py-5">
              {m.status === 'pending' || m.status === 'training' ? <Training model={m} first={now === null} /> : (
                <>
                  <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
                    <div className="grid min-w-0 gap-1">
                      <h3 className="flex flex-wrap items-center gap-x-3 gap-y-1 text-base font-semibold">Version {m.version}<span className="font-normal text-ink-2">{familyWords[m.family].label}</span>{m.active && <span className="rounded-full bg-good-soft px-2.5 py-0.5 text-xs font-normal text-good">Speaks now</span>}{m.status === 'failed' && <Status status="failed" />}</h3>
                      <p className="text-xs text-ink-3"><time dateTime={m.created_at} title={fullTime(m.created_at)}>{ago(m.created_at)}</time> · {m.sample_count.toLocaleString()} samples, {m.words.toLocaleString()} words{m.other_count > 0 && `, against ${m.other_count.toLocaleString()} texts of others`}</p>
                    </div>
                    <div className="flex items-center gap-4">
                      {m.validation_score != null && <p><span className="sr-only">Score </span><span className="font-serif text-xl tabular-nums">{twoDigits(m.validation_score)}</span></p>}
                      {may && m.status === 'completed' && !m.active && (
                        <Button size="sm" busy={activate.isPending && activate.variables.id === m.id} disabled={activate.isPending} aria-label={`${now && now.version > m.version ? 'Go back to' : 'Let speak'} version ${m.version}`} onClick={() => activate.mutate({ id: m.id, before: now })}>
                          {now && now.version > m.version ? 'Go back to it' : 'Let it speak'}
                        </Button>
                      )}
                      {may && <IconButton label={`Delete version ${m.version}`} className="-mr-2" onClick={() => {
                        remove.reset();
                        setRemoving(m);
                      }}><Trash2 /></IconButton>}
                    </div>
                  </div>
                  <Compared model={m} />
                  {i === 0 && m.status === 'completed' && <Notes id={m.id} />}
                  {m.failure && <p role="note" className="text-sm text-bad">{m.failure}</p>}
                  <div className="flex flex-wrap items-start gap-x-6 gap-y-2">
                    {m.status === 'completed' && <Link to="/$org/$brand/brand/$section" params={{ ...scope, section: 'voice' }} search={{ show: 'guide', model: m.id }} className="flex w-fit items-center rounded-sm text-xs/5 text-ink-3 underline-offset-4 hover:text-ink hover:underline max-lg:min-h-10">Its style guide</Link>}
                    {m.validation && (
                      <Disclosure quiet label={<span className="text-xs">How it was tried</span>}>
                        <dl className="mt-3 grid max-w-120 gap-y-1 text-sm">
                          {([
                            ['Pieces of yours, not learned from', m.validation.own.toLocaleString()], ['Pieces of others', m.validation.others.toLocaleString()], ['Mean match of yours', twoDigits(m.validation.mean_own)], ['Mean match of others', twoDigits(m.validation.mean_others)],
                            ...(m.validation.calibration_error == null ? [] : [['Error of the probability', m.validation.calibration_error.toFixed(3)]]),
                          ] as [string, string][]).map(([label, value]) => <div key={label} className="flex justify-between gap-4 border-b py-1"><dt className="text-ink-2">{label}</dt><dd className="tabular-nums">{value}</dd></div>)}
                        </dl>
                      </Disclosure>
                    )}
                  </div>
                </>
              )}
            </li>
          );
        })}
      </ol>
      {list.hasNextPage && <div><Button variant="quiet" size="sm" busy={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>Show more</Button></div>}
      {removing && (
        <ConfirmDialog title={`Delete version ${removing.version}?`} action="Delete" busy={remove.isPending} error={remove.error} onConfirm={() => remove.mutate(removing)} onClose={() => setRemoving(null)}>
          {removing.active ? 'It speaks now: until another version is trained or chosen, drafts are written and judged without it.' : 'What it learned and how it was tried is gone for good. The samples stay.'}
        </ConfirmDialog>
      )}
    </div>
  );
}

/** What is to be said of a training: what was left out, or why the version does not speak by itself. */
export function Notes({ id }: { id: string }) {
  const { scope } = useScope();
  const { data } = useQuery(modelQuery(scope, id));
  const notes = data ? notesOf(data) : [];
  if (notes.length === 0) return null;
  return <ul aria-label="Notes on this version" className="grid gap-1 text-sm text-ink-2">{notes.map((note) => <li key={note} className="max-w-prose">{note}</li>)}</ul>;
}
