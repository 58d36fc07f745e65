import { cn } from '../lib/cn';

/** How much of an allowance is gone, or with `goal` of what is wanted. Drawn by SVG: widths by style attribute are no business of a strict policy. */
export function Meter({ label, used, limit, goal, className }: { label: string; used: number; limit: number; goal?: boolean; className?: string }) {
  const share = limit === 0 ? 1 : Math.min(1, used / limit);
  return (
    <svg role="meter" aria-label={label} aria-valuemin={0} aria-valuemax={limit} aria-valuenow={Math.min(used, limit)} viewBox="0 0 100 2" preserveAspectRatio="none" className={cn('h-1 w-full overflow-hidden rounded-full', className)}>
      <rect width="100" height="2" className="fill-line" />
      <rect width={share * 100} height="2" className={share < 1 ? 'fill-brass' : goal ? 'fill-good' : 'fill-bad'} />
    </svg>
  );
}

/** A ring that fills as a text nears its limit; the number shows when it matters. */
export function CountRing({ used, limit, unit }: { used: number; limit: number; unit: string }) {
  const left = limit - used;
  const share = Math.min(1, used / limit);
  const near = left <= Math.max(20, limit * 0.08);
  const length = 2 * Math.PI * 8;
  return (
    <span className={cn('inline-flex items-center gap-1.5 text-xs tabular-nums', left < 0 ? 'font-semibold text-bad' : 'text-ink-3')} title={`${used} of ${limit} ${unit}`}>
      <span className="sr-only">{left < 0 ? `${-left} ${unit} too long, limit ${limit}` : `${used} of ${limit} ${unit}`}</span>
      <span aria-hidden>{near || left < 0 ? left : `${used}/${limit}`}</span>
      <svg aria-hidden viewBox="0 0 20 20" className="size-4 -rotate-90">
        <circle cx="10" cy="10" r="8" fill="none" strokeWidth="2.5" className="stroke-line" />
        <circle cx="10" cy="10" r="8" fill="none" strokeWidth="2.5" strokeDasharray={`${share * length} ${length}`} className={left < 0 ? 'stroke-bad' : 'stroke-brass'} />
      </svg>
    </span>
  );
}
