import { api, take } from '@/shared/api/client';
import { asProblem, type Problem } from '@/shared/api/problem';
import { keys } from '@/shared/api/queries';
import { useStore } from '@/shared/lib/store';
import { setTheme, themeStore, type Theme } from '@/shared/lib/theme';
import { zones } from '@/shared/lib/time';
import { toast } from '@/shared/lib/toast';
import { useScope } from '@/shared/lib/use-scope';
import { Button } from '@/shared/ui/button';
import { Segmented } from '@/shared/ui/choice';
import { useConfirmSelf } from '@/shared/ui/confirm-self';
import { Field, inputClass, SelectField, TextField } from '@/shared/ui/field';
import { Notice } from '@/shared/ui/note';
import { Form, Section } from '@/shared/ui/section';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { AvatarField } from './avatar';

export function Profile() {
  const { user } = useScope();
  const client = useQueryClient();
  const theme = useStore(themeStore);
  const before = { name: user.name, handle: user.handle ?? '', bio: user.bio ?? '', time_zone: user.time_zone, locale: user.locale };
  const [form, setForm] = useState(before);
  const set = (part: Partial<typeof form>) => setForm((f) => ({ ...f, ...part }));
  const changed = Object.fromEntries(Object.entries(form).filter(([name, value]) => value !== before[name as keyof typeof before]));
  const save = useMutation({
    mutationFn: () => take(api.PATCH('/api/v1/me', { body: { ...changed, ...('handle' in changed && { handle: form.handle.trim() || null }) } })),
    onSuccess: (me) => {
      client.setQueryData(keys.me, me);
      toast('Saved');
    },
  });
  const problem = save.error ? asProblem(save.error) : null;
  const languages = [...new Set([user.locale, ...navigator.languages, 'en', 'de', 'es', 'fr', 'it', 'nl', 'pt', 'pl'])];
  const fields = ['name', 'handle', 'bio', 'time_zone', 'locale'];
  return (
    <>
      <Section title="Profile">
        <AvatarField />
        <Form onSubmit={() => save.mutate()} busy={save.isPending} dirty={Object.keys(changed).length > 0} problem={problem} located={fields.some((f) => problem?.at(f))}>
          <TextField label="Name" autoComplete="name" value={form.name} onChange={(e) => set({ name: e.target.value })} error={problem?.at('name')} />
          <TextField label="Handle" autoComplete="off" spellCheck={false} value={form.handle} onChange={(e) => set({ handle: e.target.value })} error={problem?.at('handle')} hint="Short, for mentions by your colleagues." />
          <Field label="About you" error={problem?.at('bio')}>
            {(ids) => <textarea {...ids} rows={3} value={form.bio} onChange={(e) => set({ bio: e.target.value })} className={`${inputClass} h-auto py-2 max-lg:h-auto`} />}
          </Field>
          <div className="grid gap-5 sm:grid-cols-2">
            <SelectField label="Time zone" value={form.time_zone} onChange={(e) => set({ time_zone: e.target.value })} error={problem?.at('time_zone')}>
              {zones(form.time_zone).map((z) => <option key={z} value={z}>{z.replaceAll('_', ' ')}</option>)}
            </SelectField>
            <SelectField label="Language" value={form.locale} onChange={(e) => set({ locale: e.target.value })} error={problem?.at('locale')}>
              {languages.map((l) => <option key={l} value={l}>{languageName(l)}</option>)}
            </SelectField>
          </div>
        </Form>
      </Section>
      <EmailSection />
      <Section title="Appearance" lead="Kept in this browser.">
        <Segmented<Theme> label="Appearance" value={theme} onChange={setTheme} options={[{ value: 'system', label: 'As the system' }, { value: 'light', label: 'Light' }, { value: 'dark', label: 'Dark' }]} />
      </Section>
    </>
  );
}

function languageName(code: string): string {
  try {
    return new Intl.DisplayNames([code], { type: 'language' }).of(code) ?? code;
  } catch {
    return code;
  }
}

/** The address one signs in with: confirmed by a link, changed by one. */
function EmailSection() {
  const { user } = useScope();
  const self = useConfirmSelf();
  const [email, setEmail] = useState('');
  const [sent, setSent] = useState<string | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const verify = useMutation({
    mutationFn: () => api.POST('/api/v1/me/email/verification'),
    onSuccess: () => toast('A link is on its way', { detail: `Look into the mail of ${user.email}.` }),
    onError: (error) => toast('The link was not sent', { kind: 'error', detail: asProblem(error).message }),
  });
  const change = () => {
    setProblem(null);
    self.run(
      () => api.POST('/api/v1/me/email', { body: { email: email.trim() } }),
      () => {
        setSent(email.trim());
        setEmail('');
      },
      setProblem,
    );
  };
  return (
    <Section title="Email" lead={<>You sign in with <strong className="text-ink">{user.email}</strong>.</>}>
      {!user.email_verified && (
        <Notice kind="warn" className="flex flex-wrap items-center gap-3"><p className="grow">This address is not confirmed yet.</p><Button size="sm" busy={verify.isPending} onClick={() => verify.mutate()}>Send the link again</Button></Notice>
      )}
      {sent && <Notice kind="good">A link is on its way to {sent}. Nothing changes before it is opened.</Notice>}
      <Form label="Change the address" onSubmit={change} busy={self.busy} dirty={email.trim() !== ''} problem={problem} located={Boolean(problem?.at('email'))}>
        <TextField label="New address" type="email" autoComplete="email" value={email} onChange={(e) => setEmail(e.target.value)} error={problem?.at('email')} />
      </Form>
      {self.dialog}
    </Section>
  );
}
