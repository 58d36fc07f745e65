import { useScope } from '@/shared/lib/use-scope';
import { sayWhen } from '@/shared/lib/zone';
import { useQuery } from '@tanstack/react-query';
import { suggestionsQuery } from '../api/queries';

/** Times at which the account's posts did well; a press takes one. Says why there are none, since nothing is made up. */
export function SuggestedTimes({ connection, chosen, onChoose }: { connection: string; chosen: string; onChoose: (local: string) => void }) {
  const { scope } = useScope();
  const { data } = useQuery(suggestionsQuery(scope, connection));
  if (!data) return null;
  if (data.items.length === 0) return data.note ? <p className="text-xs text-ink-3">Good times: {data.note}</p> : null;
  return (
    <div className="grid gap-2" role="group" aria-label="Times that did well">
      <p className="text-xs text-ink-3">Times at which this account did well</p>
      <ul className="flex flex-wrap gap-2">
        {data.items.map((one) => (
          <li key={one.local_time}>
            <button
              type="button"
              title={one.reason}
              aria-pressed={one.local_time === chosen}
              onClick={() => onChoose(one.local_time)}
              className="min-h-8 rounded-full border border-line-strong px-3 text-xs tabular-nums hover:bg-sunk aria-pressed:border-ink aria-pressed:font-semibold"
            >
              {sayWhen(one.local_time)} <span className="text-ink-3">×{one.factor.toFixed(1)}</span>
              <span className="sr-only">. {one.reason}</span>
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
