import { ChevronRight } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { cn } from '../lib/cn';

/** What is seldom needed, behind a line that says what it is. `open` unfolds it; only a press folds it again. `onOpen` is for what is fetched only then, `onToggle` for what stands elsewhere as long as it is open. */
export function Disclosure({ label, open = false, children, className, quiet, onOpen, onToggle }: { label: ReactNode; open?: boolean; children: ReactNode; className?: string; quiet?: boolean; onOpen?: () => void; onToggle?: (open: boolean) => void }) {
  const [unfolded, setUnfolded] = useState(open);
  return (
    <details className={cn('group/more', className)} open={unfolded || open} onToggle={(e) => {
        setUnfolded(e.currentTarget.open);
        if (e.currentTarget.open) onOpen?.();
        onToggle?.(e.currentTarget.open);
      }}>
      <summary className={cn('flex w-fit list-none items-center gap-1.5 rounded-sm max-lg:min-h-10 [&::-webkit-details-marker]:hidden', quiet ? 'text-ink-3 hover:text-ink' : 'text-sm font-semibold hover:text-brass-ink')}>
        <ChevronRight aria-hidden className={cn('shrink-0 text-ink-3 transition-transform group-open/more:rotate-90', quiet ? 'size-3.5' : 'size-4')} />
        <span>{label}</span>
      </summary>
      {children}
    </details>
  );
}
