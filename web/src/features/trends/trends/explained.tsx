import { Hint } from '@/shared/ui/hint';
import type { ReactNode } from 'react';

/** A number that says what it means, to the eye that rests on it and to who comes by the keyboard. */
export function Explained({ means, children, className = '' }: { means: string; children: ReactNode; className?: string }) {
  return (
    <Hint text={means}>
      <button type="button" className={`cursor-help rounded-sm text-left underline decoration-line-strong decoration-dotted underline-offset-4 hover:decoration-brass-ink ${className}`}>
        {children}
        <span className="sr-only">. {means}</span>
      </button>
    </Hint>
  );
}
