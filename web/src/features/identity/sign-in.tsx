import { api, take } from '@/shared/api/client';
import { asProblem } from '@/shared/api/problem';
import { keys } from '@/shared/api/queries';
import type { Me, PendingSignIn } from '@/shared/api/types';
import { autofillWorks, calledOff, passkeyFault, passkeysWork, stopAsking, askPasskey } from '@/shared/lib/passkeys';
import { useTitle } from '@/shared/lib/use-title';
import { Button } from '@/shared/ui/button';
import { TextField } from '@/shared/ui/field';
import { Fault } from '@/shared/ui/note';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { KeyRound } from 'lucide-react';
import { useEffect, useState, type FormEvent } from 'react';
import { AuthPage, quiet } from './auth-page';
import { isPending, SecondStep } from './second-step';

export function SignIn({ onDone }: { onDone: (me: Me) => void }) {
  useTitle('Sign in');
  const client = useQueryClient();
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const [pending, setPending] = useState<PendingSignIn | null>(null);
  const done = (me: Me) => {
    client.setQueryData(keys.me, me);
    onDone(me);
  };
  const first = (answer: Me | PendingSignIn) => (isPending(answer) ? setPending(answer) : done(answer));
  const enter = useMutation({
    mutationFn: () => take<Me | PendingSignIn>(api.POST('/api/v1/auth/sign-in', { body: { email: email.trim(), password } })),
    onSuccess: first,
  });
  const passkey = useMutation({
    mutationFn: async (autofill: boolean) => {
      const { ceremony, options } = await take(api.POST('/api/v1/auth/passkey/begin'));
      const credential = await askPasskey(options, autofill);
      return take(api.POST('/api/v1/auth/passkey', { body: { ceremony, credential } }));
    },
    onSuccess: done,
  });
  // The browser offers a passkey in the field of the address, where it can: nothing is to be pressed then.
  const { mutate: ask } = passkey;
  useEffect(() => {
    let gone = false;
    void autofillWorks().then((works) => !gone && works && ask(true));
    return () => {
      gone = true;
      stopAsking();
    };
  }, [ask]);

  if (pending) return <SecondStep pending={pending} onDone={done} onBack={() => setPending(null)} />;
  const problem = asProblem(enter.error);
  const shown = enter.error;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    enter.mutate();
  };
  const passkeyError = passkey.error && !passkey.variables && !calledOff(passkey.error) ? passkey.error : null;
  const passkeys = passkeysWork();
  return (
    <AuthPage title="Sign in" foot={<>New here? <Link to="/sign-up" className={quiet}>Make an account</Link></>}>
      <form onSubmit={submit} className="grid gap-5" noValidate>
        <TextField label="Email" type="email" autoComplete="username webauthn" required value={email} onChange={(e) => setEmail(e.target.value)} error={shown ? problem.at('email') : undefined} autoFocus />
        <TextField label="Password" type="password" autoComplete="current-password webauthn" required value={password} onChange={(e) => setPassword(e.target.value)} error={shown ? problem.at('password') : undefined} />
        <Fault error={shown} fields={['email', 'password']} />
        <Button type="submit" variant="primary" size="lg" busy={enter.isPending}>Sign in</Button>
      </form>
      {passkeys && (
        <div className="grid gap-3">
          <div className="flex items-center gap-4 text-xs text-ink-3"><span className="h-px grow bg-line" /> or <span className="h-px grow bg-line" /></div>
          {passkeys && (
            <Button
              size="lg"
              busy={passkey.isPending && !passkey.variables}
              onClick={() => {
                stopAsking();
                passkey.mutate(false);
              }}
            >
              <KeyRound className="size-4" /> Use a passkey
            </Button>
          )}
          {passkeyError && <p role="alert" className="text-sm text-bad">{passkeyError.name === 'Problem' ? asProblem(passkeyError).message : passkeyFault(passkeyError)}</p>}
        </div>
      )}
    </AuthPage>
  );
}
