import { api, take } from '@/shared/api/client';
import { asProblem } from '@/shared/api/problem';
import { keys } from '@/shared/api/queries';
import type { ConfirmationNeeded, Me } from '@/shared/api/types';
import { useTitle } from '@/shared/lib/use-title';
import { Button, buttonClass } from '@/shared/ui/button';
import { TextField } from '@/shared/ui/field';
import { Fault } from '@/shared/ui/note';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { MailCheck } from 'lucide-react';
import { useState, type FormEvent } from 'react';
import { AuthPage, quiet } from './auth-page';
import { useLinkToken } from './token';

export const isConfirmed = (answer: Me | ConfirmationNeeded): answer is Me => !('confirmation_needed' in answer);

/** After signing up where addresses are confirmed first. It says nothing about who has an account: the mail does. */
export function CheckMail({ email }: { email: string }) {
  return (
    <AuthPage title="Look into your mail" foot={<Link to="/sign-in" className={quiet}>Back to signing in</Link>}>
      <p role="status" className="flex gap-3 text-ink-2"><MailCheck className="mt-0.5 size-5 shrink-0 text-brass-ink" aria-hidden /> <span>A mail is on its way to <strong className="text-ink">{email}</strong>. Its link makes your account; it works once, for a day.</span></p>
    </AuthPage>
  );
}

/** Where that link lands. The password is asked for again: whoever presses may be somebody else than who signed up. */
export function FinishSignUp({ onDone }: { onDone: (me: Me) => void }) {
  useTitle('Make your account');
  const client = useQueryClient();
  const token = useLinkToken();
  const [password, setPassword] = useState('');
  const finish = useMutation({
    mutationFn: () => take(api.POST('/api/v1/auth/sign-up/confirm', { body: { token, password } })),
    onSuccess: (me) => {
      client.setQueryData(keys.me, me);
      onDone(me);
    },
  });
  const problem = finish.error ? asProblem(finish.error) : null;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    finish.mutate();
  };
  if (!token || problem?.status === 404) {
    return (
      <AuthPage title="This link does not work">
        <p role="alert" className="text-ink-2">{problem?.message ?? 'A link to make an account works once and for a day.'}</p>
        <Link to="/sign-up" className={buttonClass('primary', 'lg')}>Sign up again</Link>
      </AuthPage>
    );
  }
  return (
    <AuthPage title="Make your account?" lead="Give the password that you chose, and your account is there. You didn’t sign up? Then close this page, and none is made.">
      <form onSubmit={submit} className="grid gap-5" noValidate>
        <TextField label="Password" type="password" autoComplete="current-password" autoFocus value={password} onChange={(e) => setPassword(e.target.value)} error={problem?.at('password')} />
        <Fault error={problem} fields={['password']} />
        <Button type="submit" variant="primary" size="lg" busy={finish.isPending} disabled={password === ''}>Make my account</Button>
      </form>
    </AuthPage>
  );
}
