import { shortDate } from '@/shared/lib/time';
import { useScope } from '@/shared/lib/use-scope';
import { ErrorState, Loading, SkeletonText } from '@/shared/ui/states';
import { useQuery } from '@tanstack/react-query';
import { accuracyQuery } from '../api/trends';
import { Explained } from './explained';
import { hits, measured, percent, plural } from './words';

/** How often what was said of trends came true. */
export function Accuracy() {
  const { scope } = useScope();
  const accuracy = useQuery(accuracyQuery(scope));
  const a = accuracy.data;
  return (
    <section aria-labelledby="accuracy" className="grid gap-4">
      <h2 id="accuracy" className="border-b pb-2 text-sm font-semibold">How well we predict</h2>
      {accuracy.isPending ? <Loading what="how well we predict"><SkeletonText lines={4} /></Loading>
        : accuracy.isError ? <ErrorState compact error={accuracy.error} retry={() => void accuracy.refetch()} />
          : a && a.trends === 0 ? <p className="text-sm text-ink-2">What we predict of a trend when we find it is kept. Once the first trends are over, this says how often it came true.</p>
            : a && (
              <>
                <dl className="grid gap-4">
                  {measured(a).map(({ name, n, rate, means }) => (
                    <div key={name} className="grid grid-cols-[minmax(0,1fr)_auto] items-baseline gap-x-3 gap-y-1.5">
                      <dt className="text-sm text-ink-2"><Explained means={means}>{name}</Explained></dt>
                      <dd className="text-sm tabular-nums"><span className="font-serif text-xl">{rate === null ? '–' : percent(rate)}</span> <span className="text-xs text-ink-3">{hits(n, a.trends)}</span></dd>
                      <dd className="col-span-2" aria-hidden><svg viewBox="0 0 100 2" preserveAspectRatio="none" className="h-1 w-full overflow-hidden rounded-full"><rect width="100" height="2" className="fill-line" /><rect width={(rate ?? 0) * 100} height="2" className="fill-brass" /></svg></dd>
                    </div>
                  ))}
                </dl>
                {a.sentences.length > 0 && <div className="grid gap-1 text-xs text-ink-2">{a.sentences.map((s) => <p key={s}>{s}</p>)}</div>}
                <p className="text-xs text-ink-3">{plural(a.trends, 'trend')} that {a.trends === 1 ? 'is' : 'are'} over{a.from && a.to && `, ${shortDate(a.from)} to ${shortDate(a.to)}`}. Those still going on are not counted.</p>
              </>
            )}
    </section>
  );
}
