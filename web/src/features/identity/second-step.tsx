import { api, take } from '@/shared/api/client';
import { asProblem } from '@/shared/api/problem';
import type { Me, PendingSignIn } from '@/shared/api/types';
import { calledOff, passkeyFault, passkeysWork, askPasskey } from '@/shared/lib/passkeys';
import { Button } from '@/shared/ui/button';
import { TextField } from '@/shared/ui/field';
import { Fault } from '@/shared/ui/note';
import { useMutation } from '@tanstack/react-query';
import { KeyRound } from 'lucide-react';
import { useState, type FormEvent } from 'react';
import { AuthPage } from './auth-page';
import { quiet } from './auth-page';

export const isPending = (answer: Me | PendingSignIn): answer is PendingSignIn => 'second_factor_needed' in answer;

/** The second step of a sign-in: a code of the app, a recovery code, or a passkey. */
export function SecondStep({ pending, onDone, onBack }: { pending: PendingSignIn; onDone: (me: Me) => void; onBack: () => void }) {
  const [code, setCode] = useState('');
  const [lost, setLost] = useState(false);
  const { token, ways } = pending;
  const byCode = useMutation({
    mutationFn: () => take(api.POST('/api/v1/auth/second-factor', { body: { token, code: code.replace(/\s+/g, '') } })),
    onSuccess: onDone,
    onError: () => setCode(''),
  });
  const byPasskey = useMutation({
    mutationFn: async () => {
      const { ceremony, options } = await take(api.POST('/api/v1/auth/second-factor/passkey/begin', { body: { token } }));
      const credential = await askPasskey(options);
      return take(api.POST('/api/v1/auth/second-factor/passkey', { body: { token, ceremony, credential } }));
    },
    onSuccess: onDone,
  });
  const problem = byCode.error ? asProblem(byCode.error) : null;
  const over = problem?.code === 'second_step_over';
  const submit = (event: FormEvent) => {
    event.preventDefault();
    byCode.mutate();
  };
  const typed = ways.some((w) => w !== 'passkey');
  return (
    <AuthPage title="One more step" lead={typed ? 'Your account is guarded by a second factor.' : 'Your account is guarded by a passkey.'} foot={<button type="button" className={quiet} onClick={onBack}>Sign in as somebody else</button>}>
      {over ? (
        <div className="grid gap-5">
          <Fault error={problem} />
          <Button variant="primary" size="lg" onClick={onBack}>Begin again</Button>
        </div>
      ) : (
        <div className="grid gap-6">
          {ways.includes('passkey') && passkeysWork() && (
            <div className="grid gap-2">
              <Button variant={typed ? 'line' : 'primary'} size="lg" busy={byPasskey.isPending} onClick={() => byPasskey.mutate()}><KeyRound className="size-4" /> Use a passkey</Button>
              {byPasskey.error && !calledOff(byPasskey.error) && <p role="alert" className="text-sm text-bad">{byPasskey.error.name === 'Problem' ? asProblem(byPasskey.error).message : passkeyFault(byPasskey.error)}</p>}
            </div>
          )}
          {typed && (
            <form onSubmit={submit} className="grid gap-5" noValidate>
              {lost ? (
                <TextField key="recovery" label="Recovery code" autoComplete="off" autoCapitalize="characters" spellCheck={false} autoFocus value={code} onChange={(e) => setCode(e.target.value)} error={problem?.at('code')} hint="One of the ten that you kept when you set this up. Each works once." className="font-mono tracking-wide" />
              ) : (
                <TextField key="app" label="Code of your app" inputMode="numeric" autoComplete="one-time-code" maxLength={7} autoFocus value={code} onChange={(e) => setCode(e.target.value)} error={problem?.at('code')} hint="Six digits that your authenticator app shows now." className="font-mono tracking-[0.3em]" />
              )}
              <Fault error={problem} fields={['code']} />
              <Button type="submit" variant="primary" size="lg" busy={byCode.isPending} disabled={code.trim() === ''}>Sign in</Button>
              <button
                type="button"
                className={quiet}
                onClick={() => {
                  setLost(!lost);
                  setCode('');
                  byCode.reset();
                }}
              >
                {lost ? 'Use the code of the app' : 'I don’t have my phone'}
              </button>
            </form>
          )}
        </div>
      )}
    </AuthPage>
  );
}
