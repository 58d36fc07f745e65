import { api, take } from '@/shared/api/client';
import { asProblem } from '@/shared/api/problem';
import { keys } from '@/shared/api/queries';
import type { Me } from '@/shared/api/types';
import { useTitle } from '@/shared/lib/use-title';
import { Button } from '@/shared/ui/button';
import { TextField } from '@/shared/ui/field';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState, type FormEvent } from 'react';
import { AuthPage } from './auth-page';
import { FormError } from './form-error';

const link = 'font-semibold text-brass-ink underline decoration-1 underline-offset-4';

export function SignIn({ onDone }: { onDone: (me: Me) => void }) {
  useTitle('Sign in');
  const client = useQueryClient();
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const enter = useMutation({
    mutationFn: () => take(api.POST('/api/v1/auth/sign-in', { body: { email: email.trim(), password } })),
    onSuccess: (me) => {
      client.setQueryData(keys.me, me);
      onDone(me);
    },
  });
  const problem = enter.error ? asProblem(enter.error) : null;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    enter.mutate();
  };
  return (
    <AuthPage title="Sign in" foot={<>New here? <Link to="/sign-up" className={link}>Make an account</Link></>}>
      <form onSubmit={submit} className="grid gap-5" noValidate>
        <TextField label="Email" type="email" autoComplete="email" required value={email} onChange={(e) => setEmail(e.target.value)} error={problem?.at('email')} autoFocus />
        <TextField label="Password" type="password" autoComplete="current-password" required value={password} onChange={(e) => setPassword(e.target.value)} error={problem?.at('password')} />
        <FormError problem={problem} fields={['email', 'password']} />
        <Button type="submit" variant="primary" size="lg" busy={enter.isPending}>Sign in</Button>
      </form>
    </AuthPage>
  );
}
