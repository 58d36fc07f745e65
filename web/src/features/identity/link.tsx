import { api, take } from '@/shared/api/client';
import { asProblem } from '@/shared/api/problem';
import { keys } from '@/shared/api/queries';
import type { Me, PendingSignIn } from '@/shared/api/types';
import { useTitle } from '@/shared/lib/use-title';
import { buttonClass } from '@/shared/ui/button';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { AuthPage } from './auth-page';
import { isPending, SecondStep } from './second-step';
import { useLinkToken } from './token';

/** Where a one-time link lands. */
export function OneTimeLink({ onDone }: { onDone: (me: Me) => void }) {
  useTitle('Signing in');
  const client = useQueryClient();
  const token = useLinkToken();
  const started = useRef(false);
  const [pending, setPending] = useState<PendingSignIn | null>(null);
  const done = (me: Me) => {
    client.setQueryData(keys.me, me);
    onDone(me);
  };
  const { mutate, error } = useMutation({
    mutationFn: () => take<Me | PendingSignIn>(api.POST('/api/v1/auth/link', { body: { token } })),
    onSuccess: (answer) => (isPending(answer) ? setPending(answer) : done(answer)),
  });
  useEffect(() => {
    if (started.current) return;
    started.current = true;
    mutate();
  }, [mutate]);
  if (pending) return <SecondStep pending={pending} onDone={done} onBack={() => window.location.assign('/sign-in')} />;
  if (error) {
    const problem = asProblem(error);
    return (
      <AuthPage title="This link does not work">
        <p role="alert" className="text-ink-2">{problem.message} It works once and for a short while.</p>
        <Link to="/sign-in" className={buttonClass('primary', 'lg')}>To signing in</Link>
      </AuthPage>
    );
  }
  return <AuthPage title="Signing you in…"><p role="status" className="animate-breathe text-ink-2">One moment.</p></AuthPage>;
}
