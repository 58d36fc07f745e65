import { sayWhen } from '@/shared/lib/zone';
import { TextField } from '@/shared/ui/field';
import type { ReactNode } from 'react';
import { inWords, written, type Rule } from './rule';

/** What a rule comes to: in words, its next times, and as it is written. */
export function TimesOfRule({ rule, at, times }: { rule: Rule; at: string; times: string[] }) {
  return (
    <div className="grid gap-2 rounded-lg bg-sunk px-4 py-3.5 text-sm">
      <p role="status" className="font-semibold">{inWords(rule, at)}</p>
      {times.length === 0 ? <p className="text-bad">No day fits this. Choose a later end, or other days.</p>
        : <ol aria-label="The next times" className="flex flex-wrap gap-x-4 gap-y-1 text-ink-2 tabular-nums">{times.map((t) => <li key={t}>{sayWhen(t)}</li>)}</ol>}
      <code className="font-mono text-xs wrap-anywhere text-ink-3 select-all">{written(rule)}</code>
    </div>
  );
}

export function RestField({ value, onChange, error }: { value: string; onChange: (value: string) => void; error: string | undefined }) {
  return <div className="max-w-64"><TextField label="Days that each post rests" inputMode="numeric" value={value} onChange={(e) => onChange(e.target.value)} error={error} hint="Between two times of the same post. 30 is usual." /></div>;
}

/** In sight however long the form is. */
export function Actions({ children }: { children: ReactNode }) {
  return <div className="sticky -bottom-6 -mx-6 -mb-6 flex flex-wrap justify-end gap-2 border-t bg-sheet px-6 py-4">{children}</div>;
}
