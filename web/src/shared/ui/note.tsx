import type { ReactNode } from 'react';
import { asProblem } from '../api/problem';
import { cn } from '../lib/cn';

/** A word on something, in a box of its own. */
export function Notice({ kind = 'info', title, children, className }: { kind?: 'info' | 'good' | 'warn' | 'bad'; title?: string; children: ReactNode; className?: string }) {
  const looks = { info: 'bg-sunk text-ink-2', good: 'bg-good-soft text-good', warn: 'bg-brass-soft text-brass-ink', bad: 'bg-bad-soft text-bad' };
  return (
    <div className={cn('rounded-md px-4 py-3 text-sm', looks[kind], className)}>
      {title && <p className="font-semibold">{title}</p>}
      {children}
    </div>
  );
}

/** What a failed change says, where no field can show it. */
export function Fault({ error, fields = [] }: { error: unknown; fields?: string[] }) {
  if (!error) return null;
  const problem = asProblem(error);
  if (fields.some((f) => problem.at(f))) return null;
  return (
    <div role="alert" className="rounded-md bg-bad-soft px-4 py-3 text-sm text-bad">
      <p>{problem.errors.length > 0 ? problem.errors.map((e) => e.message).join(' ') : problem.message}</p>
      {problem.status >= 500 && problem.requestId && <p className="mt-1 text-xs">Request <code className="font-mono select-all">{problem.requestId}</code></p>}
    </div>
  );
}
