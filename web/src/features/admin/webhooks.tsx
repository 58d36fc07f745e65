import { api, take } from '@/shared/api/client';
import { asProblem } from '@/shared/api/problem';
import { cn } from '@/shared/lib/cn';
import { copyText } from '@/shared/lib/clipboard';
import { ago, fullTime } from '@/shared/lib/time';
import { toast } from '@/shared/lib/toast';
import { Button } from '@/shared/ui/button';
import { Segmented } from '@/shared/ui/choice';
import { Dialog } from '@/shared/ui/dialog';
import { Fault, Notice } from '@/shared/ui/note';
import { Section } from '@/shared/ui/section';
import { Loading, SkeletonText } from '@/shared/ui/states';
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { Copy, RotateCcw } from 'lucide-react';
import { AdminList } from './list';
import { webhooksQuery, type Webhook, type WebhookStatus } from './queries';

const states: { value: WebhookStatus | 'all'; label: string }[] = [{ value: 'all', label: 'All' }, { value: 'failed', label: 'Failed' }, { value: 'received', label: 'Waiting' }, { value: 'processed', label: 'Done' }, { value: 'ignored', label: 'Left alone' }];
const looks: Record<string, [string, string]> = { received: ['waiting', 'text-brass-ink'], processed: ['done', 'text-good'], ignored: ['left alone', 'text-ink-3'], failed: ['failed', 'text-bad'] };

interface View { status?: WebhookStatus | undefined; webhook?: string | undefined }

/** What other systems told this one, what became of it, and the way to have it worked on again. */
export function Webhooks({ status, open, onView }: { status: WebhookStatus | undefined; open: string | undefined; onView: (view: View) => void }) {
  const list = useInfiniteQuery(webhooksQuery(status));
  const shown = list.data?.pages.flatMap((p) => p.items).find((w) => w.id === open);
  const replay = useReplay();
  return (
    <Section title="Webhooks" lead="What other systems told this one. What failed stays until its cause is mended and somebody replays it.">
      <Segmented label="State" value={status ?? 'all'} onChange={(s) => onView({ status: s === 'all' ? undefined : s })} options={states} />
      <AdminList
        list={list}
        what="Webhooks"
        empty={status === 'failed' ? 'Every webhook was worked on.' : status ? 'None is in this state.' : 'None came yet. Which systems may send them stands in the configuration.'}
        row={(w) => (
          <li key={w.id} className="relative flex items-center gap-4 py-3 [contain-intrinsic-size:auto_4rem] [content-visibility:auto]">
            <div className="min-w-0 grow">
              <button type="button" className="block max-w-full truncate rounded-sm text-left font-mono text-sm after:absolute after:inset-0 hover:text-brass-ink" onClick={() => onView({ status, webhook: w.id })}>{w.event_type}</button>
              <p className="mt-0.5 flex flex-wrap gap-x-3 text-xs text-ink-3"><span>{w.source}</span><time dateTime={w.created_at} title={fullTime(w.created_at)}>{ago(w.created_at)}</time>{w.attempts > 1 && <span>tried {w.attempts} times</span>}</p>
              {w.message && <p className={cn('mt-0.5 line-clamp-2 text-xs', w.status === 'failed' ? 'text-bad' : 'text-ink-3')}>{w.message}</p>}
            </div>
            <span className={cn('shrink-0 text-xs', looks[w.status]?.[1])}>{looks[w.status]?.[0] ?? w.status}</span>
            {w.status === 'failed' && <Button size="sm" className="relative" busy={replay.isPending && replay.variables.id === w.id} aria-label={`Replay ${w.event_type} of ${fullTime(w.created_at)}`} onClick={() => replay.mutate(w)}>Replay</Button>}
          </li>
        )}
      />
      {open && <Read webhook={shown} known={!list.isPending} onClose={() => onView({ status })} />}
    </Section>
  );
}

function useReplay() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (w: Webhook) => take(api.POST('/api/v1/admin/webhook-inbox/{webhook}/replay', { params: { path: { webhook: w.id } } })),
    onSuccess: (w) => toast(`${w.event_type} is worked on again`),
    onError: (error) => toast('It was not replayed', { kind: 'error', detail: asProblem(error).message }),
    onSettled: () => void client.invalidateQueries({ queryKey: ['admin', 'webhooks'] }),
  });
}

function Read({ webhook: w, known, onClose }: { webhook: Webhook | undefined; known: boolean; onClose: () => void }) {
  const replay = useReplay();
  const body = JSON.stringify(w?.payload, null, 2);
  return (
    <Dialog
      open
      onOpenChange={(o) => !o && onClose()}
      title={w?.event_type ?? 'Webhook'}
      description={w ? `From ${w.source}, ${fullTime(w.created_at)}` : ''}
      size="lg"
      footer={w && <><Button onClick={() => void copyText(body).then((done) => done && toast('Copied'))}><Copy className="size-4" /> Copy the body</Button><Button variant="primary" busy={replay.isPending} onClick={() => replay.mutate(w)}><RotateCcw className="size-4" /> Replay</Button></>}
    >
      {w ? (
        <div className="grid gap-6">
          <dl className="grid grid-cols-[7rem_minmax(0,1fr)] gap-x-4 gap-y-2 text-sm">
            <dt className="text-ink-3">State</dt><dd className={looks[w.status]?.[1]}>{looks[w.status]?.[0] ?? w.status}</dd>
            {w.message && <><dt className="text-ink-3">Why</dt><dd>{w.message}</dd></>}
            <dt className="text-ink-3">Tried</dt><dd>{w.attempts === 1 ? 'once' : `${w.attempts} times`}{w.processed_at && `, last ${fullTime(w.processed_at)}`}</dd>
            <dt className="text-ink-3">Their id</dt><dd className="font-mono break-all select-all">{w.event_id}</dd>
          </dl>
          <div className="grid gap-1.5">
            <h3 className="text-sm font-semibold">Body</h3>
            <pre className="overflow-x-auto rounded-md bg-sunk p-4 font-mono text-xs scroll-thin" tabIndex={0}>{body}</pre>
          </div>
          <Fault error={replay.error} />
        </div>
      ) : known ? <Notice>It isn’t among those shown: look under another state, or further down the list.</Notice>
        : <Loading what="the webhook"><SkeletonText lines={6} /></Loading>}
    </Dialog>
  );
}
