import { api } from '@/shared/api/client';
import { asProblem } from '@/shared/api/problem';
import { useTitle } from '@/shared/lib/use-title';
import { Button, buttonClass } from '@/shared/ui/button';
import { TextField } from '@/shared/ui/field';
import { Fault } from '@/shared/ui/note';
import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { MailCheck } from 'lucide-react';
import { useState, type FormEvent } from 'react';
import { AuthPage, quiet } from './auth-page';
import { useLinkToken } from './token';

export function ForgotPassword() {
  useTitle('Forgot the password');
  const [email, setEmail] = useState('');
  const ask = useMutation({ mutationFn: () => api.POST('/api/v1/auth/password/forgot', { body: { email: email.trim() } }) });
  const problem = ask.error ? asProblem(ask.error) : null;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    ask.mutate();
  };
  return (
    <AuthPage title={ask.isSuccess ? 'Look into your mail' : 'A new password'} lead={ask.isSuccess ? undefined : 'Give your address; a link to set a new password goes there.'} foot={<Link to="/sign-in" className={quiet}>Back to signing in</Link>}>
      {ask.isSuccess ? (
        <p className="flex gap-3 text-ink-2"><MailCheck className="mt-0.5 size-5 shrink-0 text-brass-ink" aria-hidden /> <span>If <strong className="text-ink">{email.trim()}</strong> has an account here, a link is on its way. It works once, for half an hour.</span></p>
      ) : (
        <form onSubmit={submit} className="grid gap-5" noValidate>
          <TextField label="Email" type="email" autoComplete="username" autoFocus value={email} onChange={(e) => setEmail(e.target.value)} error={problem?.at('email')} />
          <Fault error={problem} fields={['email']} />
          <Button type="submit" variant="primary" size="lg" busy={ask.isPending}>Send the link</Button>
        </form>
      )}
    </AuthPage>
  );
}

export function ResetPassword() {
  useTitle('Set a new password');
  const token = useLinkToken();
  const [password, setPassword] = useState('');
  const reset = useMutation({ mutationFn: () => api.POST('/api/v1/auth/password/reset', { body: { token, password } }) });
  const problem = reset.error ? asProblem(reset.error) : null;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    reset.mutate();
  };
  if (reset.isSuccess) {
    return (
      <AuthPage title="Your password is set">
        <p role="status" className="text-ink-2">Everybody who was signed in as you is signed out. Sign in with the new password.</p>
        <Link to="/sign-in" className={buttonClass('primary', 'lg')}>Sign in</Link>
      </AuthPage>
    );
  }
  if (!token || problem?.status === 404) {
    return (
      <AuthPage title="This link does not work">
        <p role="alert" className="text-ink-2">{problem?.message ?? 'A link to set a password works once and for half an hour.'}</p>
        <Link to="/forgot-password" className={buttonClass('primary', 'lg')}>Ask for a new one</Link>
      </AuthPage>
    );
  }
  return (
    <AuthPage title="Set a new password" lead="Everybody who is signed in as you is signed out then.">
      <form onSubmit={submit} className="grid gap-5" noValidate>
        <TextField label="New password" type="password" autoComplete="new-password" autoFocus value={password} onChange={(e) => setPassword(e.target.value)} error={problem?.at('password')} hint="A few words in a row are strong and easy to remember." />
        <Fault error={problem} fields={['password']} />
        <Button type="submit" variant="primary" size="lg" busy={reset.isPending} disabled={password === ''}>Set the password</Button>
      </form>
    </AuthPage>
  );
}
