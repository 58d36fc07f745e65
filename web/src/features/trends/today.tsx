import { useNow } from '@/shared/lib/use-now';
import { useScope } from '@/shared/lib/use-scope';
import { Button } from '@/shared/ui/button';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { PenLine } from 'lucide-react';
import { useState } from 'react';
import type { Trend } from './api/contract';
import { soonQuery } from './api/trends';
import { useTrendActions, type TrendActions } from './trends/actions';
import { DraftDialog } from './trends/draft-dialog';
import { Momentum, Peak } from './trends/marks';
import { peakingSoon, volume } from './trends/words';

/** What of trends belongs on Today: those that concern the brand and whose peak is still to come. Nothing at all where none is. */
export function TrendsToday() {
  const { scope } = useScope();
  const now = useNow();
  const { data } = useQuery(soonQuery(scope));
  const actions = useTrendActions();
  const [asked, setAsked] = useState<Trend | null>(null);
  const shown = peakingSoon(data?.items ?? [], now);
  if (shown.length === 0) return null;
  return (
    <section aria-label="Peaking soon">
      <div className="flex items-baseline gap-4 border-b pb-2">
        <h2 className="grow text-sm font-semibold">Peaking soon</h2>
        <Link to="/$org/$brand/trends" params={scope} className="rounded-sm text-xs text-ink-3 underline-offset-4 hover:text-ink hover:underline">All trends</Link>
      </div>
      <ul className="divide-y">{shown.map((trend) => <Soon key={trend.id} trend={trend} now={now} actions={actions} draft={() => setAsked(trend)} />)}</ul>
      {asked && <DraftDialog key={asked.id} trend={asked} actions={actions} onClose={() => setAsked(null)} />}
    </section>
  );
}

function Soon({ trend, now, actions, draft }: { trend: Trend; now: Date; actions: TrendActions; draft: () => void }) {
  const { scope } = useScope();
  return (
    <li className="group relative flex items-start gap-4 py-4">
      <div className="grid min-w-0 grow gap-1">
        <Link to="/$org/$brand/trends" params={scope} search={{ trend: trend.id }} className="line-clamp-1 rounded-sm font-serif text-lg after:absolute after:inset-0 group-hover:text-brass-ink">{trend.name}</Link>
        <p className="flex flex-wrap items-center gap-x-4 gap-y-1 text-xs text-ink-3">
          <span className="relative flex min-w-0"><Peak peak={trend.peak} state={trend.state} now={now} /></span>
          <Momentum value={trend.momentum} className="relative" />
          <span>{volume(trend)}</span>
          {trend.pillar && <span className="max-w-48 truncate rounded-full bg-brass-soft px-2.5 py-0.5 text-brass-ink"><span className="sr-only">Fits the pillar </span>{trend.pillar}</span>}
        </p>
      </div>
      {actions.mayDraft && <Button size="sm" className="relative" onClick={draft}><PenLine className="size-3.5" aria-hidden /> Write<span className="sr-only"> about {trend.name}</span></Button>}
    </li>
  );
}
