import type { Problem } from '../api/problem';
import { useUnsaved } from '../lib/unsaved';
import { Button } from './button';
import type { FormEvent, ReactNode } from 'react';

export function Section({ title, lead, action, children }: { title: string; lead?: ReactNode; action?: ReactNode; children: ReactNode }) {
  return (
    <section className="grid gap-6 border-t py-8 first:border-0 first:pt-0">
      <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
        <div className="min-w-0 grow basis-64">
          <h2 className="font-serif text-xl">{title}</h2>
          {lead && <p className="mt-1 max-w-prose text-sm text-ink-2">{lead}</p>}
        </div>
        {action}
      </div>
      {children}
    </section>
  );
}

/** A few fields with one button, and what the server says of them as a whole. */
export function Form({ onSubmit, children, busy, dirty, problem, located, label = 'Save' }: {
  onSubmit: () => void; children: ReactNode; busy: boolean; dirty: boolean; problem: Problem | null; located: boolean; label?: string;
}) {
  useUnsaved(dirty);
  return (
    <form
      noValidate
      className="grid max-w-110 gap-5"
      onSubmit={(e: FormEvent) => {
        e.preventDefault();
        onSubmit();
      }}
    >
      {children}
      {problem && !located && <p role="alert" className="text-sm text-bad">{problem.message}</p>}
      <div><Button type="submit" variant={dirty ? 'primary' : 'line'} busy={busy} disabled={!dirty}>{label}</Button></div>
    </form>
  );
}
