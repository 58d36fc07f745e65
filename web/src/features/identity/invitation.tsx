import { api, take } from '@/shared/api/client';
import { asProblem } from '@/shared/api/problem';
import { signOut } from '@/shared/api/push';
import { keys, perhapsMeQuery } from '@/shared/api/queries';
import type { ConfirmationNeeded, Me } from '@/shared/api/types';
import { forgetPerson } from '@/shared/lib/theme';
import { shortDate } from '@/shared/lib/time';
import { toast } from '@/shared/lib/toast';
import { useTitle } from '@/shared/lib/use-title';
import { Button, buttonClass } from '@/shared/ui/button';
import { TextField } from '@/shared/ui/field';
import { Fault } from '@/shared/ui/note';
import { SkeletonText } from '@/shared/ui/states';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState, type FormEvent } from 'react';
import { AuthPage, quiet } from './auth-page';
import { CheckMail, isConfirmed } from './check-mail';
import { useLinkToken } from './token';

/** While one signs in for it, the token waits here; never in an address. */
const waiting = 'bellwether.invitation';

/** What an invitation offers, and the way in: as who one is already, or as somebody new. */
export function AcceptInvitation({ onDone }: { onDone: (me: Me, org: string) => void }) {
  useTitle('Invitation');
  const client = useQueryClient();
  const fromLink = useLinkToken();
  const [token] = useState(() => fromLink || sessionStorage.getItem(waiting) || '');
  const offer = useQuery({
    queryKey: ['invitation', token], queryFn: ({ signal }) => take(api.POST('/api/v1/auth/invitation', { body: { token }, signal })), retry: false, staleTime: Infinity,
  });
  const me = useQuery(perhapsMeQuery);
  const [mailed, setMailed] = useState('');
  const done = (fresh: Me) => {
    sessionStorage.removeItem(waiting);
    client.setQueryData(keys.me, fresh);
    onDone(fresh, offer.data?.organization_slug ?? '');
  };
  const accept = useMutation({ mutationFn: () => take(api.POST('/api/v1/me/invitations', { body: { token } })), onSuccess: done });
  if (mailed) return <CheckMail email={mailed} />;
  if (offer.isError) {
    const problem = asProblem(offer.error);
    return (
      <AuthPage title="This invitation does not work">
        <p role="alert" className="text-ink-2">{problem.message} Ask whoever invited you for a new link.</p>
        <Link to="/" className={buttonClass('primary', 'lg')}>To my desk</Link>
      </AuthPage>
    );
  }
  if (offer.isPending || me.isPending) return <AuthPage title="An invitation"><SkeletonText lines={4} /></AuthPage>;
  const { organization_name: organization, inviter_name: inviter, role, email, has_account: known, expires_at: end } = offer.data;
  const lead = <>{inviter || 'Somebody'} invites you to work in <strong className="text-ink">{organization}</strong> as {role === 'admin' || role === 'owner' ? 'an' : 'a'} {role}. The link is good until {shortDate(end)}.</>;
  const user = me.data?.user;
  if (user) {
    const other = email !== undefined && email !== null && email.toLowerCase() !== user.email.toLowerCase();
    return (
      <AuthPage title={`Join ${organization}`} lead={lead} foot={<button type="button" className={quiet} onClick={() => {
        sessionStorage.setItem(waiting, token);
        signOut().then(() => {
          forgetPerson();
          window.location.assign('/invitation');
        }, (error: unknown) => toast('You are still signed in', { kind: 'error', detail: asProblem(error).message }));
      }}>I’m somebody else</button>}>
        <p className="text-ink-2">You are signed in as <strong className="text-ink">{user.email}</strong>.{other && <> The invitation is for <strong className="text-ink">{email}</strong>.</>}</p>
        <Fault error={accept.error} />
        <Button variant="primary" size="lg" busy={accept.isPending} disabled={other} onClick={() => accept.mutate()}>Join {organization}</Button>
      </AuthPage>
    );
  }
  if (known) {
    return (
      <AuthPage title={`Join ${organization}`} lead={lead}>
        <p className="text-ink-2"><strong className="text-ink">{email}</strong> has an account here: sign in, and the invitation waits for you.</p>
        <Link to="/sign-in" search={{ next: '/invitation' }} className={buttonClass('primary', 'lg')} onClick={() => sessionStorage.setItem(waiting, token)}>Sign in and join</Link>
      </AuthPage>
    );
  }
  return (
    <AuthPage title={`Join ${organization}`} lead={lead} foot={<>Have an account? <Link to="/sign-in" search={{ next: '/invitation' }} className={quiet} onClick={() => sessionStorage.setItem(waiting, token)}>Sign in</Link></>}>
      <Join token={token} email={email ?? null} organization={organization} onDone={done} onMail={setMailed} />
    </AuthPage>
  );
}

function Join({ token, email, organization, onDone, onMail }: { token: string; email: string | null; organization: string; onDone: (me: Me) => void; onMail: (email: string) => void }) {
  const [form, setForm] = useState({ name: '', email: email ?? '', password: '' });
  const set = (part: Partial<typeof form>) => setForm((f) => ({ ...f, ...part }));
  const join = useMutation({
    mutationFn: () => take<Me | ConfirmationNeeded>(api.POST('/api/v1/auth/invitation/join', {
      body: { token, name: form.name, password: form.password, time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone, ...(!email && { email: form.email.trim() }) },
    })),
    onSuccess: (answer) => (isConfirmed(answer) ? onDone(answer) : onMail(form.email.trim())),
  });
  const problem = join.error ? asProblem(join.error) : null;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    join.mutate();
  };
  return (
    <form onSubmit={submit} className="grid gap-5" noValidate>
      <TextField label="Your name" autoComplete="name" autoFocus value={form.name} onChange={(e) => set({ name: e.target.value })} error={problem?.at('name')} />
      <TextField label="Email" type="email" autoComplete="username" value={form.email} readOnly={email !== null} className={email === null ? undefined : 'bg-sunk text-ink-2'} onChange={(e) => set({ email: e.target.value })} error={problem?.at('email')} />
      <TextField label="Password" type="password" autoComplete="new-password" value={form.password} onChange={(e) => set({ password: e.target.value })} error={problem?.at('password')} hint="A few words in a row are strong and easy to remember." />
      <Fault error={problem} fields={['name', 'email', 'password']} />
      <Button type="submit" variant="primary" size="lg" busy={join.isPending}>Join {organization}</Button>
    </form>
  );
}
