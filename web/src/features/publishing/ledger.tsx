import { cn } from '@/shared/lib/cn';
import { fullTime } from '@/shared/lib/time';
import { CircleCheck, CircleHelp, CircleX, LoaderCircle } from 'lucide-react';
import type { Attempt } from './api/types';

const good = new Set(['published', 'accepted', 'found', 'sent', 'ok']);
const unsure = new Set(['unclear', 'timeout', 'unknown']);
const took = (a: Attempt) => (a.finished_at ? `${((Date.parse(a.finished_at) - Date.parse(a.started_at)) / 1000).toFixed(1)} s` : 'under way');

/** Every try, as it went: what was asked, what the network answered, in its own words. */
export function Ledger({ attempts, pieces, zone }: { attempts: Attempt[]; pieces: number; zone: string }) {
  if (attempts.length === 0) return <p className="text-sm text-ink-3">Nothing has been sent yet. Each try is written down here with what the network answered.</p>;
  return (
    <ol className="grid" aria-label="Attempts">
      {attempts.map((a) => {
        const kind = a.finished_at === null ? 'busy' : good.has(a.outcome ?? '') ? 'good' : unsure.has(a.outcome ?? '') ? 'unsure' : 'bad';
        const Icon = { busy: LoaderCircle, good: CircleCheck, unsure: CircleHelp, bad: CircleX }[kind];
        return (
          <li key={a.id} className="relative grid grid-cols-[1.25rem_minmax(0,1fr)] gap-x-3 pb-4 not-last:before:absolute not-last:before:top-5 not-last:before:bottom-0 not-last:before:left-[0.4375rem] not-last:before:w-px not-last:before:bg-line">
            <Icon aria-hidden className={cn('mt-0.5 size-4 bg-sheet', { busy: 'animate-breathe text-brass-ink', good: 'text-good', unsure: 'text-bad', bad: 'text-bad' }[kind])} />
            <div className="grid gap-1">
              <p className="text-sm">
                <span className="font-semibold">{a.kind === 'reconcile' ? 'Asked the network' : pieces > 1 ? `Sent piece ${a.piece + 1} of ${pieces}` : 'Sent'}</span>
                {a.outcome && <span className="text-ink-2"> · {a.outcome.replaceAll('_', ' ')}</span>}
                {a.status !== null && <span className="text-ink-3 tabular-nums"> · HTTP {a.status}</span>}
              </p>
              {a.words && <blockquote className="border-l-2 border-line-strong pl-2.5 text-sm text-ink-2 wrap-anywhere">{a.words}</blockquote>}
              <p className="flex flex-wrap gap-x-3 text-xs text-ink-3">
                <time dateTime={a.started_at}>{fullTime(a.started_at, zone)}</time><span className="tabular-nums">{took(a)}</span>
                {a.remote_url && <a href={a.remote_url} target="_blank" rel="noreferrer noopener" className="underline underline-offset-4 hover:text-ink">See it</a>}
              </p>
            </div>
          </li>
        );
      })}
    </ol>
  );
}
