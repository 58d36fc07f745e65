import { cn } from '@/shared/lib/cn';
import { fullTime } from '@/shared/lib/time';
import { CircleCheck, CircleHelp, CircleX, Clock, LoaderCircle } from 'lucide-react';
import type { Attempt } from './api/types';

type Kind = 'busy' | 'good' | 'unsure' | 'waiting' | 'bad';
const icons = { busy: LoaderCircle, good: CircleCheck, unsure: CircleHelp, waiting: Clock, bad: CircleX };
const colours = { busy: 'animate-breathe text-brass-ink', good: 'text-good', unsure: 'text-bad', waiting: 'text-brass-ink', bad: 'text-bad' };
/** How a try can end, and in what words it is told. */
const outcomes: Record<string, [Kind, string]> = {
  published: ['good', 'published'],
  processing: ['waiting', 'taken, and still being worked on there'],
  found: ['good', 'found: it is out'],
  absent: ['good', 'proven not to be there'],
  undecided: ['unsure', 'could not be told'],
  unclear: ['unsure', 'no clear answer'],
  abandoned: ['unsure', 'the program ended while it was being sent'],
  transient: ['waiting', 'not taken this time'],
  rate_limited: ['waiting', 'the network asked for a pause'],
  rejected: ['bad', 'refused'],
  token_expired: ['bad', 'the access had run out'],
  needs_consent: ['bad', 'the account needs your consent anew'],
  revoked: ['bad', 'the account gave its permission back'],
  setup: ['bad', 'not set up here'],
  unsupported: ['bad', 'the network cannot do this'],
};
const asked: Record<string, string> = { reconcile: 'Asked the network', person: 'Somebody looked', comment: 'Sent the first comment' };
const took = (a: Attempt) => (a.finished_at ? `${((Date.parse(a.finished_at) - Date.parse(a.started_at)) / 1000).toFixed(1)} s` : null);

/** Every try, as it went: what was asked, what the network answered, in its own words. */
export function Ledger({ attempts, pieces, zone }: { attempts: Attempt[]; pieces: number; zone: string }) {
  if (attempts.length === 0) return <p className="text-sm text-ink-3">Nothing has been sent yet. Each try is written down here with what the network answered.</p>;
  return (
    <ol className="grid" aria-label="Attempts">
      {attempts.map((a) => {
        const [kind, told] = a.outcome ? outcomes[a.outcome] ?? ['bad', a.outcome.replaceAll('_', ' ')] : ['busy' as const, 'under way'];
        const Icon = icons[kind];
        return (
          <li key={a.id} className="relative grid grid-cols-[1.25rem_minmax(0,1fr)] gap-x-3 pb-4 not-last:before:absolute not-last:before:top-5 not-last:before:bottom-0 not-last:before:left-[0.4375rem] not-last:before:w-px not-last:before:bg-line">
            <Icon aria-hidden className={cn('mt-0.5 size-4 bg-sheet', colours[kind])} />
            <div className="grid gap-1">
              <p className="text-sm">
                <span className="font-semibold">{asked[a.kind] ?? (pieces > 1 ? `Sent piece ${a.piece + 1} of ${pieces}` : 'Sent')}</span>
                <span className="text-ink-2"> · {told}</span>
                {a.status && <span className="text-ink-3 tabular-nums"> · HTTP {a.status}</span>}
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
