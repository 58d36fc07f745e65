import { RotateCcw } from 'lucide-react';
import type { ComponentType, ReactNode } from 'react';
import { asProblem } from '../api/problem';
import { cn } from '../lib/cn';
import { Button } from './button';

export function Skeleton({ className }: { className?: string }) {
  return <div aria-hidden className={cn('animate-breathe rounded-sm bg-line', className)} />;
}

/** Lines where text will be. */
export function SkeletonText({ lines = 3, className }: { lines?: number; className?: string }) {
  const widths = ['w-full', 'w-11/12', 'w-4/5', 'w-full', 'w-2/3'];
  return (
    <div className={cn('grid gap-2.5', className)} aria-hidden>
      {Array.from({ length: lines }, (_, i) => (
        <Skeleton key={i} className={cn('h-3.5', i === lines - 1 ? 'w-1/2' : widths[i % widths.length])} />
      ))}
    </div>
  );
}

/** Says to screen readers that something loads; the eye sees the skeletons. */
export function Loading({ what, children }: { what: string; children: ReactNode }) {
  return (
    <div role="status" aria-label={`Loading ${what}`}>
      {children}
    </div>
  );
}

/** Nothing here yet: what would be here, and the way to get it. */
export function Empty({ icon: Icon, title, children, action }: { icon?: ComponentType<{ className?: string }>; title: string; children: ReactNode; action?: ReactNode }) {
  return (
    <div className="flex flex-col items-start gap-2 py-10">
      {Icon && <Icon className="mb-2 size-6 text-brass-ink" />}
      <h2 className="font-serif text-xl">{title}</h2>
      <div className="max-w-prose text-sm text-ink-2">{children}</div>
      {action && <div className="mt-3 flex flex-wrap gap-2">{action}</div>}
    </div>
  );
}

/** What went wrong, the way to try again, and the number to quote when asking for help. */
export function ErrorState({ error, retry, title = 'This could not be loaded', compact }: { error: unknown; retry?: () => void; title?: string; compact?: boolean }) {
  const problem = asProblem(error);
  return (
    <div role="alert" className={cn('grid justify-items-start gap-2', compact ? 'py-3' : 'py-10')}>
      <h2 className={compact ? 'font-semibold' : 'font-serif text-xl'}>{title}</h2>
      <p className="max-w-prose text-sm text-ink-2">{problem.errors.length > 0 ? problem.errors.map((e) => e.message).join(' ') : problem.message}</p>
      {problem.requestId && <p className="text-xs text-ink-3">Request <code className="font-mono select-all">{problem.requestId}</code></p>}
      {retry && (
        <Button size="sm" className="mt-2" onClick={retry}>
          <RotateCcw className="size-4" /> Try again
        </Button>
      )}
    </div>
  );
}
