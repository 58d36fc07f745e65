import { lazy, Suspense } from 'react';
import { cn } from '../lib/cn';

const Rendered = lazy(() => import('./markdown'));

/** Rendered Markdown; the words stand there plain until what renders them has come. */
export function Prose({ text, className }: { text: string; className?: string }) {
  return (
    <div className={cn('min-w-0 overflow-wrap-anywhere', className)}>
      <Suspense fallback={<p className="whitespace-pre-wrap">{text}</p>}><Rendered text={text} /></Suspense>
    </div>
  );
}
