import { api, take } from '@/shared/api/client';
import { asProblem } from '@/shared/api/problem';
import { keys } from '@/shared/api/queries';
import { useTitle } from '@/shared/lib/use-title';
import { Button, buttonClass } from '@/shared/ui/button';
import { Fault } from '@/shared/ui/note';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { CircleCheck } from 'lucide-react';
import { useEffect, useRef, type ReactNode } from 'react';
import { AuthPage } from './auth-page';
import { useLinkToken } from './token';

function Done({ children }: { children: ReactNode }) {
  return <p role="status" className="flex gap-3 text-ink-2"><CircleCheck className="mt-0.5 size-5 shrink-0 text-good" aria-hidden /> <span>{children}</span></p>;
}
function Broken({ error, children }: { error: unknown; children: ReactNode }) {
  return (
    <AuthPage title="This link does not work">
      <p role="alert" className="text-ink-2">{asProblem(error).message}</p>
      {children}
    </AuthPage>
  );
}

/** Where the link in a mail to a new or changed address lands. */
export function ConfirmEmail() {
  useTitle('Confirm your address');
  const client = useQueryClient();
  const token = useLinkToken();
  const started = useRef(false);
  const { mutate, error, data } = useMutation({
    mutationFn: () => take(api.POST('/api/v1/auth/email/confirm', { body: { token } })),
    onSuccess: () => void client.invalidateQueries({ queryKey: keys.me }),
  });
  useEffect(() => {
    if (started.current) return;
    started.current = true;
    mutate();
  }, [mutate]);
  if (error) return <Broken error={error}><Link to="/" className={buttonClass('primary', 'lg')}>To my desk</Link></Broken>;
  return (
    <AuthPage title={data ? 'Confirmed' : 'Confirming…'}>
      {data ? <Done><strong className="text-ink">{data.email}</strong> is yours: from now on you sign in with it.</Done> : <p role="status" className="animate-breathe text-ink-2">One moment.</p>}
      {data && <Link to="/" className={buttonClass('primary', 'lg')}>To my desk</Link>}
    </AuthPage>
  );
}

/** Where the former address takes a change back. A press is asked for: mail programs open links by themselves. */
export function UndoEmail() {
  useTitle('Take the change back');
  const token = useLinkToken();
  const undo = useMutation({ mutationFn: () => api.POST('/api/v1/auth/email/undo', { body: { token } }) });
  if (undo.isError && asProblem(undo.error).status === 404) return <Broken error={undo.error}><Link to="/sign-in" className={buttonClass('primary', 'lg')}>Sign in</Link></Broken>;
  if (undo.isSuccess) {
    return (
      <AuthPage title="Taken back">
        <Done>The account belongs to this address again, and everybody is signed out. A link to set a new password is in your mail.</Done>
        <Link to="/sign-in" className={buttonClass('primary', 'lg')}>Sign in</Link>
      </AuthPage>
    );
  }
  return (
    <AuthPage title="Was that not you?" lead="Somebody changed the address of your account. Taking it back signs everybody out and mails you a link to set a new password.">
      <Fault error={undo.error} />
      <Button variant="primary" size="lg" busy={undo.isPending} onClick={() => undo.mutate()}>Take the change back</Button>
    </AuthPage>
  );
}

/** Where the link lands that brings a deleted account back. */
export function RestoreAccount() {
  useTitle('Bring your account back');
  const token = useLinkToken();
  const restore = useMutation({ mutationFn: () => api.POST('/api/v1/auth/account/restore', { body: { token } }) });
  if (restore.isError && asProblem(restore.error).status === 404) return <Broken error={restore.error}><Link to="/sign-in" className={buttonClass('primary', 'lg')}>Sign in</Link></Broken>;
  if (restore.isSuccess) {
    return (
      <AuthPage title="You are back">
        <Done>Your account and everything in it stands again.</Done>
        <Link to="/sign-in" className={buttonClass('primary', 'lg')}>Sign in</Link>
      </AuthPage>
    );
  }
  return (
    <AuthPage title="Bring your account back?" lead="It was deleted and is not erased yet.">
      <Fault error={restore.error} />
      <Button variant="primary" size="lg" busy={restore.isPending} onClick={() => restore.mutate()}>Bring it back</Button>
    </AuthPage>
  );
}
