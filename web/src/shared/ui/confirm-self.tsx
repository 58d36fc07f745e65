import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Fingerprint } from 'lucide-react';
import { useState, type FormEvent, type ReactNode } from 'react';
import { api, take } from '../api/client';
import { asProblem, type Problem } from '../api/problem';
import { factorsQuery } from '../api/queries';
import type { Factors } from '../api/types';
import { askPasskey, calledOff, passkeyFault, passkeysWork } from '../lib/passkeys';
import { Button } from './button';
import { Dialog } from './dialog';
import { TextField } from './field';
import { Fault, Notice } from './note';
import { Loading, SkeletonText } from './states';

/** `again`: the last proof is too long ago, and any will do. `second`: one came in by one factor where there are two. */
export type Demand = 'again' | 'second';
export type Way = 'password' | 'passkey' | 'totp' | 'recovery';

/** What the server asks for before it does something; null when it refuses for another reason. */
export function demandOf(problem: Problem): Demand | null {
  if (problem.status !== 403) return null;
  return problem.code === 'confirmation_needed' ? 'again' : problem.code === 'second_factor_needed' ? 'second' : null;
}

/** Every way that this account has here to show who it is, the easiest first. */
export function waysOf(factors: Factors, demand: Demand, passkeys: boolean): Way[] {
  return [
    ...(demand === 'again' && factors.password ? ['password' as const] : []),
    ...(factors.passkeys > 0 && passkeys ? ['passkey' as const] : []),
    ...(factors.totp_since ? ['totp' as const] : []),
    ...(factors.totp_since && factors.recovery_codes > 0 ? ['recovery' as const] : []),
  ];
}

interface Asked<T> { work: () => Promise<T>; done: (result: T) => void; failed: (problem: Problem) => void; demand: Demand }
export interface ConfirmSelf {
  /** Does something; where the server wants to know first that it is still the same person, asks, and does it again. */
  run: <T>(work: () => Promise<T>, done: (result: T) => void, failed: (problem: Problem) => void) => void;
  busy: boolean;
  dialog: ReactNode;
}

/** What changes how an account is guarded is for its owner at the keyboard: one question for all such changes. */
export function useConfirmSelf(): ConfirmSelf {
  const [asked, setAsked] = useState<Asked<unknown> | null>(null);
  const [busy, setBusy] = useState(false);
  const attempt = async (it: Omit<Asked<unknown>, 'demand'>) => {
    setBusy(true);
    try {
      const result = await it.work();
      setAsked(null);
      it.done(result);
    } catch (error) {
      const problem = asProblem(error);
      const demand = demandOf(problem);
      setAsked(demand && { ...it, demand });
      if (!demand) it.failed(problem);
    } finally {
      setBusy(false);
    }
  };
  return {
    run: (work, done, failed) => void attempt({ work, done: done as (result: unknown) => void, failed }),
    busy,
    // Another demand is another question, with nothing typed yet.
    dialog: asked && <AskDialog key={asked.demand} demand={asked.demand} busy={busy} onShown={() => attempt(asked)} onClose={() => setAsked(null)} />,
  };
}

const words: Record<Demand, { title: string; text: string }> = {
  again: { title: 'Is it you?', text: 'You last showed it a while ago. Show it once more, and this goes on.' },
  second: { title: 'Show your second factor', text: 'This account has one, and you came in without it. Whoever has only your password stops here.' },
};
const names: Record<Way, string> = { password: 'Password', passkey: 'Passkey', totp: 'Code of your app', recovery: 'Recovery code' };

function AskDialog({ demand, busy, onShown, onClose }: { demand: Demand; busy: boolean; onShown: () => Promise<void>; onClose: () => void }) {
  // Asked anew each time: a factor may have come or gone in another window.
  const factors = useQuery({ ...factorsQuery, staleTime: 0 });
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title={words[demand].title} description={words[demand].text}>
      {factors.data ? <Ask ways={waysOf(factors.data, demand, passkeysWork())} factors={factors.data} demand={demand} busy={busy} onShown={onShown} onClose={onClose} />
        : factors.isError ? <Fault error={factors.error} />
          : <Loading what="what guards your account"><SkeletonText lines={2} /></Loading>}
    </Dialog>
  );
}

function Ask({ ways, factors, demand, busy, onShown, onClose }: { ways: Way[]; factors: Factors; demand: Demand; busy: boolean; onShown: () => Promise<void>; onClose: () => void }) {
  const client = useQueryClient();
  const [chosen, setWay] = useState<Way | null>(null);
  const [text, setText] = useState('');
  const [showing, setShowing] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const way = chosen !== null && ways.includes(chosen) ? chosen : ways[0];
  if (way === undefined) return <NoWay factors={factors} demand={demand} onClose={onClose} />;

  const show = async () => {
    setShowing(true);
    setError(null);
    try {
      if (way === 'passkey') {
        const { ceremony, options } = await take(api.POST('/api/v1/me/confirm/passkey/begin'));
        await api.POST('/api/v1/me/confirm', { body: { passkey: { ceremony, credential: await askPasskey(options) } } });
      } else {
        await api.POST('/api/v1/me/confirm', { body: way === 'password' ? { password: text } : { code: text.trim() } });
      }
    } catch (found) {
      setError(found);
      return;
    } finally {
      setShowing(false);
    }
    // A recovery code that was used is one less.
    if (way === 'recovery') void client.invalidateQueries({ queryKey: factorsQuery.queryKey });
    await onShown();
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!showing && !busy) void show();
  };
  const other = (next: Way) => {
    setWay(next);
    setText('');
    setError(null);
  };
  const problem = error ? asProblem(error) : null;
  const said = problem?.at('password') ?? problem?.at('code');
  // What the browser itself says of a passkey is no answer of the server.
  const ofBrowser = way === 'passkey' && error !== null && !(error instanceof Error && error.name === 'Problem');
  return (
    <form onSubmit={submit} noValidate className="grid gap-5">
      {way === 'password' && <TextField key="password" label="Your password" type="password" autoComplete="current-password" autoFocus value={text} onChange={(e) => setText(e.target.value)} error={said} />}
      {way === 'totp' && <TextField key="totp" label="Code of your app" inputMode="numeric" autoComplete="one-time-code" maxLength={7} autoFocus value={text} onChange={(e) => setText(e.target.value)} error={said} hint="Six digits that your authenticator app shows now." className="font-mono tracking-[0.3em]" />}
      {way === 'recovery' && <TextField key="recovery" label="Recovery code" autoComplete="off" autoCapitalize="none" spellCheck={false} autoFocus value={text} onChange={(e) => setText(e.target.value)} error={said} hint={`It is used up by this; ${factors.recovery_codes} ${factors.recovery_codes === 1 ? 'is' : 'are'} left.`} className="font-mono tracking-wide" />}
      {way === 'passkey' && <p className="flex items-start gap-3 text-sm text-ink-2"><Fingerprint className="mt-0.5 size-5 shrink-0 text-brass-ink" aria-hidden /> Your device asks for your fingerprint, your face or its lock.</p>}
      {ofBrowser ? !calledOff(error) && <p role="alert" className="text-sm text-bad">{passkeyFault(error)}</p> : <Fault error={error} fields={['password', 'code']} />}
      <div className="flex flex-wrap justify-end gap-2">
        <Button onClick={onClose}>Cancel</Button>
        <Button type="submit" variant="primary" busy={showing || busy} disabled={way !== 'passkey' && text.trim() === ''}>{way === 'passkey' ? 'Use your passkey' : 'Go on'}</Button>
      </div>
      {ways.length > 1 && (
        <div role="group" aria-label="Another way" className="flex flex-wrap items-center gap-x-1 gap-y-1 border-t pt-4 text-sm">
          <span className="mr-2 text-ink-3">Another way</span>
          {ways.filter((w) => w !== way).map((w) => <Button key={w} variant="quiet" size="sm" onClick={() => other(w)}>{names[w]}</Button>)}
        </div>
      )}
    </form>
  );
}

/** Nothing can be shown here: says what would help, never a dead end without a word. */
function NoWay({ factors, demand, onClose }: { factors: Factors; demand: Demand; onClose: () => void }) {
  return (
    <div className="grid gap-5">
      <Notice kind="warn">
        {factors.passkeys > 0
          ? 'Your passkey cannot be used here: it needs a secure address (https) and a browser that knows passkeys. Open this page that way.'
          : demand === 'again'
            ? 'You come in through another account, and have neither a password nor a second factor here. Sign out and in again; then this works for 15 minutes.'
            : 'None of your second factors can be used here. Whoever runs this Bellwether can take them off your account.'}
      </Notice>
      <div className="flex justify-end"><Button onClick={onClose}>Close</Button></div>
    </div>
  );
}
