import { api, take } from '@/shared/api/client';
import { asProblem } from '@/shared/api/problem';
import { keys } from '@/shared/api/queries';
import type { Me } from '@/shared/api/types';
import { useTitle } from '@/shared/lib/use-title';
import { buttonClass } from '@/shared/ui/button';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { AuthPage } from './auth-page';

/** Where a one-time link lands. Its token stands after the `#`, which no server log and no referrer ever sees. */
export function OneTimeLink({ onDone }: { onDone: (me: Me) => void }) {
  useTitle('Signing in');
  const client = useQueryClient();
  const started = useRef(false);
  const { mutate, error } = useMutation({
    mutationFn: (token: string) => take(api.POST('/api/v1/auth/link', { body: { token } })),
    onSuccess: (me) => {
      client.setQueryData(keys.me, me);
      onDone(me);
    },
  });
  useEffect(() => {
    if (started.current) return;
    started.current = true;
    const token = new URLSearchParams(window.location.hash.slice(1)).get('token') ?? '';
    // The link is good once; its token must not stay in the history.
    window.history.replaceState(window.history.state, '', window.location.pathname);
    mutate(token);
  }, [mutate]);
  if (error) {
    const problem = asProblem(error);
    return (
      <AuthPage title="This link does not work">
        <div role="alert" className="grid gap-2">
          <p className="text-ink-2">{problem.message}</p>
          <p className="text-ink-2">A one-time link works once and for a short while. Whoever runs this Bellwether can print a new one.</p>
        </div>
        <Link to="/sign-in" className={buttonClass('primary', 'lg')}>Sign in with a password</Link>
      </AuthPage>
    );
  }
  return <AuthPage title="Signing you in…"><p role="status" className="animate-breathe text-ink-2">One moment.</p></AuthPage>;
}
