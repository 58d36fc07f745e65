import { useState, type FormEvent, type ReactNode } from 'react';
import { asProblem } from '../api/problem';
import { Button } from './button';
import { Dialog } from './dialog';
import { TextField } from './field';

/** A last question before what can't be taken back. `typed` must be typed to go on; `good` is for what takes nothing away. */
export function ConfirmDialog({ title, children, action, typed, good, busy, error, onConfirm, onClose }: {
  title: string; children: ReactNode; action: string; typed?: string; good?: boolean; busy: boolean; error?: unknown; onConfirm: () => void; onClose: () => void;
}) {
  const [text, setText] = useState('');
  const may = typed === undefined || text.trim() === typed;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (may && !busy) onConfirm();
  };
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title={title}>
      <form onSubmit={submit} className="grid gap-5">
        <div className="grid gap-2 text-sm text-ink-2">{children}</div>
        {typed !== undefined && <TextField label={`Type “${typed}” to go on`} value={text} onChange={(e) => setText(e.target.value)} autoComplete="off" autoFocus />}
        {error ? <p role="alert" className="text-sm text-bad">{asProblem(error).message}</p> : null}
        <div className="flex flex-wrap justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant={good ? 'primary' : 'danger'} disabled={!may} busy={busy}>{action}</Button>
        </div>
      </form>
    </Dialog>
  );
}
