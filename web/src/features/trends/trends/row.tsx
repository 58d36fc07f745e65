import { cn } from '@/shared/lib/cn';
import { ago, fullTime } from '@/shared/lib/time';
import { useScope } from '@/shared/lib/use-scope';
import { Link } from '@tanstack/react-router';
import { memo } from 'react';
import type { Trend } from '../api/contract';
import { Sparkline } from './chart';
import { Momentum, Peak, TrendStatus } from './marks';
import { meanings, percent, plural, volume } from './words';
import type { TrendsView } from './view';

interface RowProps {
  trend: Trend; /** Its place, where the list is ranked. */ place: number | null; view: TrendsView; tight: boolean; active: boolean; now: Date; onFocus: (id: string) => void; onOpen: (id: string) => void;
}

/** One trend: what it is, how it moves, and how long there is to say something. */
export const Row = memo(function Row({ trend: t, place, view, tight, active, now, onFocus, onOpen }: RowProps) {
  const { scope } = useScope();
  const over = t.state === 'expired';
  return (
    <li
      data-trend={t.id}
      // What explains itself lies above the link; a press on it opens the trend all the same.
      onClick={(event) => !(event.target as Element).closest('a, button') && onOpen(t.id)}
      className={cn('relative grid cursor-pointer gap-x-5 border-b py-5 -outline-offset-2 outline-brass-ink has-[a:focus-visible]:outline-2', tight ? 'px-6' : 'px-4 sm:grid-cols-[1.75rem_minmax(0,1fr)_8rem]', active && 'bg-sunk before:absolute before:inset-y-0 before:left-0 before:w-0.5 before:bg-brass')}
    >
      {!tight && <span aria-hidden className="font-serif text-xl text-ink-3 tabular-nums max-sm:hidden">{place}</span>}
      <div className="min-w-0">
        <h2 className="font-serif text-lg">
          <Link
            to="/$org/$brand/trends"
            params={scope}
            search={{ ...view, trend: t.id }}
            replace={view.trend !== undefined}
            resetScroll={false}
            aria-current={view.trend === t.id || undefined}
            onFocus={() => onFocus(t.id)}
            className="wrap-anywhere outline-none after:absolute after:inset-0"
          >
            {t.name}
          </Link>
        </h2>
        <p className={cn('mt-0.5 max-w-160 text-sm text-ink-2', tight ? 'line-clamp-1' : 'line-clamp-3')}>{t.summary}</p>
        <div className={cn('mt-3 flex items-end justify-between gap-4', !tight && 'sm:hidden')}>
          <Momentum value={t.momentum} className="relative" />
          <Sparkline course={t.course} now={now.getTime()} over={over} className={cn(tight ? 'h-6 w-24' : 'h-7')} />
        </div>
        <div className="mt-2.5 flex flex-wrap items-center gap-x-4 gap-y-1.5 text-xs text-ink-3">
          {over ? <span>Its last item came <time dateTime={t.last_item_at} title={fullTime(t.last_item_at)}>{ago(t.last_item_at, now)}</time></span> : <span className="relative flex min-w-0"><Peak peak={t.peak} state={t.state} now={now} /></span>}
          {t.state !== 'active' && <TrendStatus state={t.state} />}
          <span className="relative" title={meanings.confidence}>{percent(t.confidence)} sure</span>
          <span>{volume(t)}</span>
          {t.drafts > 0 && <span className="text-good">{plural(t.drafts, 'draft')} made</span>}
          {t.pillar && <span className="max-w-48 truncate rounded-full bg-brass-soft px-2.5 py-0.5 text-brass-ink"><span className="sr-only">Fits the pillar </span>{t.pillar}</span>}
        </div>
      </div>
      {!tight && (
        <div className="grid content-start justify-items-end gap-2 max-sm:hidden">
          <Sparkline course={t.course} now={now.getTime()} over={over} className="relative" />
          <Momentum value={t.momentum} className="relative" />
        </div>
      )}
    </li>
  );
});
