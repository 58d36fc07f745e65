import { api, take } from '@/shared/api/client';
import { asProblem } from '@/shared/api/problem';
import { instanceQuery, keys } from '@/shared/api/queries';
import type { ConfirmationNeeded, Me, OrganizationType } from '@/shared/api/types';
import { useTitle } from '@/shared/lib/use-title';
import { Button, buttonClass } from '@/shared/ui/button';
import { Segmented } from '@/shared/ui/choice';
import { TextField } from '@/shared/ui/field';
import { Fault } from '@/shared/ui/note';
import { SkeletonText } from '@/shared/ui/states';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState, type FormEvent } from 'react';
import { AuthPage, quiet } from './auth-page';
import { CheckMail, isConfirmed } from './check-mail';
import { useLinkToken } from './token';

const kinds: { value: OrganizationType; label: string }[] = [
  { value: 'creator', label: 'A creator' }, { value: 'business', label: 'A business' }, { value: 'agency', label: 'An agency' },
];
const have = <>Have an account? <Link to="/sign-in" className={quiet}>Sign in</Link></>;

/** The door by how this installation keeps it: open, by invitation, by application, or by a waitlist. A permit opens each. */
export function SignUp({ onDone }: { onDone: (me: Me) => void }) {
  useTitle('Make an account');
  const token = useLinkToken();
  const instance = useQuery(instanceQuery);
  const permit = useQuery({
    queryKey: ['permit', token], enabled: token !== '', retry: false, staleTime: Infinity,
    queryFn: ({ signal }) => take(api.POST('/api/v1/auth/sign-up/permit', { body: { token }, signal })),
  });
  if (instance.isPending || (token && permit.isPending)) return <AuthPage title="Make an account"><SkeletonText lines={6} /></AuthPage>;
  if (token && permit.isError) {
    return (
      <AuthPage title="This link does not work" foot={have}>
        <p role="alert" className="text-ink-2">{asProblem(permit.error).message}</p>
        <Link to="/apply" className={buttonClass('primary', 'lg')}>See how to get in</Link>
      </AuthPage>
    );
  }
  const mode = instance.data?.sign_up ?? 'open';
  if (!token && mode === 'invite') {
    return <AuthPage title="By invitation" lead="Whoever runs this Bellwether invites people. Ask somebody who works here for a link." foot={have}><Link to="/sign-in" className={buttonClass('primary', 'lg')}>Sign in</Link></AuthPage>;
  }
  if (!token && mode === 'application') {
    return <AuthPage title="By application" lead="Tell who you are and what you make; somebody reads it and writes back." foot={have}><Link to="/apply" className={buttonClass('primary', 'lg')}>Apply</Link></AuthPage>;
  }
  if (!token && mode === 'waitlist') {
    return <AuthPage title="There is a waitlist" lead="Leave your address; you are written to when there is room." foot={have}><Link to="/apply" className={buttonClass('primary', 'lg')}>Join the waitlist</Link></AuthPage>;
  }
  return <Make permit={token && permit.data ? { token, email: permit.data.email } : null} onDone={onDone} />;
}

function Make({ permit, onDone }: { permit: { token: string; email: string } | null; onDone: (me: Me) => void }) {
  const client = useQueryClient();
  const [form, setForm] = useState({ name: '', email: permit?.email ?? '', password: '', organization_name: '', organization_type: 'creator' as OrganizationType });
  const set = (part: Partial<typeof form>) => setForm((f) => ({ ...f, ...part }));
  const create = useMutation({
    // The person's own clock, until they say otherwise.
    mutationFn: () => take<Me | ConfirmationNeeded>(api.POST('/api/v1/auth/sign-up', { body: { ...form, email: form.email.trim(), time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone, ...(permit && { token: permit.token }) } })),
    onSuccess: (answer) => {
      if (!isConfirmed(answer)) return;
      client.setQueryData(keys.me, answer);
      onDone(answer);
    },
  });
  const problem = create.error ? asProblem(create.error) : null;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    create.mutate();
  };
  if (create.data && !isConfirmed(create.data)) return <CheckMail email={form.email.trim()} />;
  return (
    <AuthPage title="Make an account" lead="A minute from here to your first drafts." foot={have}>
      <form onSubmit={submit} className="grid gap-5" noValidate>
        <TextField label="Your name" autoComplete="name" required value={form.name} onChange={(e) => set({ name: e.target.value })} error={problem?.at('name')} autoFocus />
        <TextField label="Email" type="email" autoComplete="username" required value={form.email} readOnly={permit !== null} onChange={(e) => set({ email: e.target.value })} error={problem?.at('email')} className={permit ? 'bg-sunk text-ink-2' : undefined} />
        <TextField label="Password" type="password" autoComplete="new-password" required value={form.password} onChange={(e) => set({ password: e.target.value })} error={problem?.at('password')} hint="A few words in a row are strong and easy to remember." />
        <TextField label="Name you publish under" autoComplete="organization" required value={form.organization_name} onChange={(e) => set({ organization_name: e.target.value })} error={problem?.at('organization_name')} hint="Your own name, your business or your agency. It becomes your first brand." />
        <div className="grid gap-1.5">
          <p className="text-sm font-semibold">You are</p>
          <Segmented label="You are" value={form.organization_type} onChange={(organization_type) => set({ organization_type })} options={kinds} />
        </div>
        <Fault error={problem} fields={['name', 'email', 'password', 'organization_name']} />
        <Button type="submit" variant="primary" size="lg" busy={create.isPending}>Make the account</Button>
      </form>
    </AuthPage>
  );
}
