import { api, take } from '@/shared/api/client';
import { asProblem } from '@/shared/api/problem';
import { keys } from '@/shared/api/queries';
import type { Me, OrganizationType } from '@/shared/api/types';
import { useTitle } from '@/shared/lib/use-title';
import { Button } from '@/shared/ui/button';
import { Segmented } from '@/shared/ui/choice';
import { TextField } from '@/shared/ui/field';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState, type FormEvent } from 'react';
import { AuthPage } from './auth-page';
import { FormError } from './form-error';

const kinds: { value: OrganizationType; label: string }[] = [
  { value: 'creator', label: 'A creator' }, { value: 'business', label: 'A business' }, { value: 'agency', label: 'An agency' },
];

export function SignUp({ onDone }: { onDone: (me: Me) => void }) {
  useTitle('Make an account');
  const client = useQueryClient();
  const [form, setForm] = useState({ name: '', email: '', password: '', organization_name: '', organization_type: 'creator' as OrganizationType });
  const set = (part: Partial<typeof form>) => setForm((f) => ({ ...f, ...part }));
  const create = useMutation({
    mutationFn: () => take(api.POST('/api/v1/auth/sign-up', { body: { ...form, email: form.email.trim(), time_zone: zone } })),
    onSuccess: (me) => {
      client.setQueryData(keys.me, me);
      onDone(me);
    },
  });
  // The person's own clock, until they say otherwise.
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const problem = create.error ? asProblem(create.error) : null;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    create.mutate();
  };
  return (
    <AuthPage
      title="Make an account"
      lead="A minute from here to your first drafts."
      foot={<>Have one? <Link to="/sign-in" className="font-semibold text-brass-ink underline decoration-1 underline-offset-4">Sign in</Link></>}
    >
      <form onSubmit={submit} className="grid gap-5" noValidate>
        <TextField label="Your name" autoComplete="name" required value={form.name} onChange={(e) => set({ name: e.target.value })} error={problem?.at('name')} autoFocus />
        <TextField label="Email" type="email" autoComplete="email" required value={form.email} onChange={(e) => set({ email: e.target.value })} error={problem?.at('email')} />
        <TextField label="Password" type="password" autoComplete="new-password" required value={form.password} onChange={(e) => set({ password: e.target.value })} error={problem?.at('password')} hint="A few words in a row are strong and easy to remember." />
        <TextField label="Name you publish under" autoComplete="organization" required value={form.organization_name} onChange={(e) => set({ organization_name: e.target.value })} error={problem?.at('organization_name')} hint="Your own name, your business or your agency. It becomes your first brand." />
        <div className="grid gap-1.5">
          <p className="text-sm font-semibold">You are</p>
          <Segmented label="You are" value={form.organization_type} onChange={(organization_type) => set({ organization_type })} options={kinds} className="-mx-1" />
        </div>
        <FormError problem={problem} fields={['name', 'email', 'password', 'organization_name']} />
        <Button type="submit" variant="primary" size="lg" busy={create.isPending}>Make the account</Button>
      </form>
    </AuthPage>
  );
}
