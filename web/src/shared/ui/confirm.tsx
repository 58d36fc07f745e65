import { useState, type FormEvent, type ReactNode } from 'react';
import { api } from '../api/client';
import { asProblem, type Problem } from '../api/problem';
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

interface Asked<T> { work: (password?: string) => Promise<T>; done: (result: T) => void; failed: (problem: Problem) => void }

/**
 * What changes how an account is guarded is for its owner at the keyboard. The server says when the last sign-in is too
 * long ago; the password is asked for then, and the same thing is tried again with it.
 */
export function useConfirmSelf(): { run: <T>(work: (password?: string) => Promise<T>, done: (result: T) => void, failed: (problem: Problem) => void) => void; busy: boolean; dialog: ReactNode } {
  const [asked, setAsked] = useState<Asked<unknown> | null>(null);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [password, setPassword] = useState('');
  const attempt = async (it: Asked<unknown>, given?: string) => {
    setBusy(true);
    try {
      if (given !== undefined) await api.POST('/api/v1/me/confirm', { body: { password: given } });
      const result = await it.work(given);
      setAsked(null);
      setProblem(null);
      setPassword('');
      it.done(result);
    } catch (error) {
      const found = asProblem(error);
      if (found.code.startsWith('confirm') || (given !== undefined && (found.code === 'wrong_password' || found.at('password')))) {
        setProblem(found);
        setAsked(it);
      } else {
        setAsked(null);
        it.failed(found);
      }
    } finally {
      setBusy(false);
    }
  };
  return {
    run: (work, done, failed) => void attempt({ work, done: done as (result: unknown) => void, failed }),
    busy,
    dialog: asked && (
      <Dialog open onOpenChange={(open) => !open && setAsked(null)} title="Is it you?" description={problem?.code.startsWith('confirm') ? problem.message : 'Your last sign-in is a while ago. Give your password once more.'}>
        <form
          className="grid gap-5"
          onSubmit={(e) => {
            e.preventDefault();
            void attempt(asked, password);
          }}
        >
          <TextField label="Your password" type="password" autoComplete="current-password" autoFocus value={password} onChange={(e) => setPassword(e.target.value)} error={problem?.at('password')} />
          <div className="flex flex-wrap justify-end gap-2">
            <Button onClick={() => setAsked(null)}>Cancel</Button>
            <Button type="submit" variant="primary" busy={busy} disabled={password === ''}>Go on</Button>
          </div>
        </form>
      </Dialog>
    ),
  };
}
