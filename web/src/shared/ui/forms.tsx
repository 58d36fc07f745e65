import { asProblem, type Problem } from '../api/problem';
import { Button } from './button';
import { Dialog } from './dialog';
import { Field, inputClass } from './field';
import { Fault, Notice } from './note';
import { TagsInput } from './tags-input';
import { useMutation } from '@tanstack/react-query';
import { useId, useLayoutEffect, useRef, useState, type FormEvent, type MouseEvent, type ReactNode } from 'react';
import { flushSync } from 'react-dom';

/**
 * Saves with the word that still stands in a list's field. Pressing the button must not take the focus from it: the word
 * would become a chip, the page would move, and the press would miss.
 */
export function useSubmit(onSave: () => void): { onSubmit: (event: FormEvent) => void; keepFocus: (event: MouseEvent) => void } {
  const latest = useRef(onSave);
  useLayoutEffect(() => {
    latest.current = onSave;
  });
  return {
    onSubmit: (event) => {
      event.preventDefault();
      const field = document.activeElement;
      if (field instanceof HTMLElement && field.dataset['adding'] !== undefined) flushSync(() => field.blur());
      latest.current();
    },
    keepFocus: (event) => event.preventDefault(),
  };
}

/** Several lines of text. */
export function LongField({ label, value, onChange, rows = 3, hint, error, autoFocus }: { label: string; value: string; onChange: (value: string) => void; rows?: number; hint?: ReactNode; error?: string | undefined; autoFocus?: boolean }) {
  return (
    <Field label={label} hint={hint} error={error}>
      {(ids) => <textarea {...ids} rows={rows} autoFocus={autoFocus} value={value} onChange={(e) => onChange(e.target.value)} className={`${inputClass} h-auto py-2 max-lg:h-auto`} />}
    </Field>
  );
}

/** A list, one chip each. `words` are short and may be pasted with commas between them. */
export function ListField({ label, one, values, onChange, words, hint, error }: { label: string; one: string; values: string[]; onChange: (values: string[]) => void; words?: boolean; hint?: ReactNode; error?: string | undefined }) {
  const note = error ?? hint ?? (words ? 'Enter or a comma adds one.' : 'Enter adds one.');
  const id = useId();
  return (
    <div role="group" aria-labelledby={id} className="grid gap-1.5">
      <p id={id} className="text-sm font-semibold">{label}</p>
      <div className="rounded-md border border-line-strong bg-sheet px-2 py-1 focus-within:border-brass-ink">
        <TagsInput label={label} one={one} tags={values} onChange={onChange} clean={(typed) => typed.trim().replace(/\s+/g, ' ')} whole={!words} />
      </div>
      <p className={`text-xs ${error ? 'text-bad' : 'text-ink-3'}`}>{note}</p>
    </div>
  );
}

/** What is different, as a change for the server: an emptied text is null, the rest as it stands. */
export function changes<T extends object>(before: T, after: T): Partial<Record<keyof T, unknown>> {
  return Object.fromEntries(Object.entries(after).flatMap(([name, value]) => {
    if (JSON.stringify(value) === JSON.stringify(before[name as keyof T])) return [];
    return [[name, typeof value === 'string' ? value.trim() || null : value]];
  })) as Partial<Record<keyof T, unknown>>;
}

export const staleWords = 'Somebody changed this while you wrote. What you typed is kept: look it over, and save again to put it over theirs.';

/**
 * Saves against the version that was seen. When somebody else was faster the server refuses (412); the newest is fetched
 * then, what is typed stays, and the next save is meant for the newest.
 */
export function useVersioned<T>({ version, save, refresh, done }: { version: number; save: (version: number) => Promise<T>; refresh: () => Promise<unknown>; done: (fresh: T) => void }) {
  const [base, setBase] = useState<number | null>(version);
  const [stale, setStale] = useState(false);
  const run = useMutation({
    mutationFn: () => save(base ?? version),
    onSuccess: done,
    onError: async (error) => {
      if (asProblem(error).status !== 412) return;
      await refresh();
      // From here on the newest that was fetched counts.
      setBase(null);
      setStale(true);
    },
  });
  const problem = run.error ? asProblem(run.error) : null;
  return { save: () => run.mutate(), busy: run.isPending, problem: problem?.status === 412 ? null : problem, stale };
}

/** A dialog of a few fields. */
export function FormDialog({ title, description, action = 'Save', busy, problem, stale, fields, empty, dirty, onSave, onClose, children, size = 'md' }: {
  title: string; description?: string; action?: string; busy: boolean; problem: Problem | null; stale?: boolean; fields: string[]; empty: boolean; dirty?: boolean; onSave: () => void; onClose: () => void; children: ReactNode; size?: 'md' | 'lg';
}) {
  const id = useId();
  const { onSubmit, keepFocus } = useSubmit(() => !empty && !busy && onSave());
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={title}
      {...(description && { description })}
      size={size}
      dirty={dirty}
      footer={<><Button onClick={onClose}>Cancel</Button><Button type="submit" form={id} variant="primary" busy={busy} disabled={empty} onMouseDown={keepFocus}>{action}</Button></>}
    >
      <form
        id={id}
        noValidate
        className="grid gap-5"
        onSubmit={onSubmit}
      >
        {children}
        {stale && <div role="alert"><Notice kind="warn">{staleWords}</Notice></div>}
        <Fault error={problem} fields={fields} />
      </form>
    </Dialog>
  );
}
