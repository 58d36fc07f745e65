import { api } from '@/shared/api/client';
import { asProblem } from '@/shared/api/problem';
import { instanceQuery } from '@/shared/api/queries';
import { useChanged, useUnsaved } from '@/shared/lib/unsaved';
import { useTitle } from '@/shared/lib/use-title';
import { Button, buttonClass } from '@/shared/ui/button';
import { Checkbox, Segmented } from '@/shared/ui/choice';
import { Field, inputClass, SelectField, TextField } from '@/shared/ui/field';
import { Wordmark } from '@/shared/ui/logo';
import { NetworkGlyph } from '@/shared/ui/network-glyph';
import { Fault } from '@/shared/ui/note';
import { SkeletonText } from '@/shared/ui/states';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { CircleCheck } from 'lucide-react';
import { useState, type FormEvent, type ReactNode } from 'react';

type Kind = 'creator' | 'agency';
const networks = [['x', 'X'], ['linkedin', 'LinkedIn'], ['instagram', 'Instagram'], ['facebook', 'Facebook'], ['threads', 'Threads'], ['tiktok', 'TikTok'], ['youtube', 'YouTube'], ['bluesky', 'Bluesky'], ['mastodon', 'Mastodon'], ['blog', 'Blog'], ['email', 'Newsletter']] as const;
const sizes = ['1', '2-10', '11-50', '51-200', '201+'] as const;

function Page({ title, lead, children }: { title: string; lead: ReactNode; children: ReactNode }) {
  return (
    <div className="min-h-dvh">
      <header className="mx-auto flex max-w-130 items-center justify-between px-6 py-6">
        <Link to="/sign-in" className="rounded-sm" aria-label="Bellwether: sign in"><Wordmark /></Link>
        <Link to="/sign-in" className={buttonClass('quiet', 'sm')}>Sign in</Link>
      </header>
      <main className="mx-auto grid max-w-130 gap-8 px-6 pt-8 pb-24">
        <div>
          <h1 className="font-serif text-3xl max-sm:text-2xl">{title}</h1>
          <p className="mt-2 text-base text-ink-2">{lead}</p>
        </div>
        {children}
      </main>
    </div>
  );
}

function Taken({ children }: { children: ReactNode }) {
  return <p role="status" className="flex gap-3 text-base text-ink-2"><CircleCheck className="mt-0.5 size-5 shrink-0 text-good" aria-hidden /> <span>{children}</span></p>;
}

/** A field that people never see and never fill. */
function Trap({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  return <input name="fax" tabIndex={-1} autoComplete="off" aria-hidden className="hidden" value={value} onChange={(e) => onChange(e.target.value)} />;
}

/** The public way in, by how this installation keeps its door. */
export function Apply({ demo }: { demo: boolean }) {
  useTitle(demo ? 'Ask for a demo' : 'Get in');
  const instance = useQuery(instanceQuery);
  if (demo) return <Demo />;
  if (instance.isPending) return <Page title="Get in" lead=""><SkeletonText lines={6} /></Page>;
  switch (instance.data?.sign_up) {
    case 'application':
      return <Application />;
    case 'waitlist':
      return <Waitlist />;
    case 'invite':
      return <Page title="By invitation" lead="Whoever runs this Bellwether invites people. Ask somebody who works here for a link."><div><Link to="/apply" search={{ demo: true }} className={buttonClass('line', 'lg')}>Ask for a demo</Link></div></Page>;
    default:
      return <Page title="Come in" lead="Anybody can make an account here."><div><Link to="/sign-up" className={buttonClass('primary', 'lg')}>Make an account</Link></div></Page>;
  }
}

function Application() {
  const [form, setForm] = useState({ account_type: 'creator' as Kind, name: '', email: '', company_name: '', website: '', networks: [] as string[], audience: '', clients: '', current_solution: '', goals: '', fax: '' });
  const set = (part: Partial<typeof form>) => setForm((f) => ({ ...f, ...part }));
  const optional = (text: string) => text.trim() || null;
  const apply = useMutation({
    mutationFn: () => api.POST('/api/v1/applications', {
      body: {
        account_type: form.account_type, name: form.name.trim(), email: form.email.trim(), networks: form.networks, company_name: optional(form.company_name), website: optional(form.website), audience: optional(form.audience),
        current_solution: optional(form.current_solution), goals: optional(form.goals), fax: optional(form.fax), clients: form.account_type === 'agency' && form.clients ? Number(form.clients) : null,
      },
    }),
  });
  const problem = apply.error ? asProblem(apply.error) : null;
  useUnsaved(useChanged(form) && !apply.isSuccess);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    apply.mutate();
  };
  if (apply.isSuccess) return <Page title="Thank you" lead={`${form.name.split(' ')[0]}, your application is here.`}><Taken>Somebody reads it and writes to <strong className="text-ink">{form.email.trim()}</strong>, whatever the answer is.</Taken></Page>;
  return (
    <Page title="Apply" lead="Tell who you are and what you make. Somebody reads it and writes back.">
      <form onSubmit={submit} className="grid gap-6" noValidate>
        <div className="grid gap-1.5"><p className="text-sm font-semibold">You are</p><Segmented<Kind> label="You are" value={form.account_type} onChange={(account_type) => set({ account_type })} options={[{ value: 'creator', label: 'A creator' }, { value: 'agency', label: 'An agency' }]} /></div>
        <TextField label="Your name" autoComplete="name" value={form.name} onChange={(e) => set({ name: e.target.value })} error={problem?.at('name')} />
        <TextField label="Email" type="email" autoComplete="email" value={form.email} onChange={(e) => set({ email: e.target.value })} error={problem?.at('email')} />
        <TextField label={form.account_type === 'agency' ? 'Name of the agency' : 'Name you publish under'} autoComplete="organization" value={form.company_name} onChange={(e) => set({ company_name: e.target.value })} error={problem?.at('company_name')} />
        <TextField label="Website" type="url" autoComplete="url" placeholder="https://" value={form.website} onChange={(e) => set({ website: e.target.value })} error={problem?.at('website')} />
        <fieldset className="grid gap-2">
          <legend className="mb-1.5 text-sm font-semibold">Where you publish</legend>
          <div className="grid grid-cols-2 gap-x-4 gap-y-1 sm:grid-cols-3">
            {networks.map(([id, name]) => (
              <label key={id} className="flex min-h-9 items-center gap-2.5 text-sm max-lg:min-h-11">
                <Checkbox label={name} checked={form.networks.includes(id)} onChange={(on) => set({ networks: on ? [...form.networks, id] : form.networks.filter((n) => n !== id) })} />
                <NetworkGlyph network={id} className="text-ink-3" /> {name}
              </label>
            ))}
          </div>
        </fieldset>
        {form.account_type === 'agency' && <TextField label="How many clients" type="number" min={0} value={form.clients} onChange={(e) => set({ clients: e.target.value })} error={problem?.at('clients')} className="w-32" />}
        <TextField label="Who reads you" value={form.audience} onChange={(e) => set({ audience: e.target.value })} error={problem?.at('audience')} />
        <TextField label="What you use today" value={form.current_solution} onChange={(e) => set({ current_solution: e.target.value })} error={problem?.at('current_solution')} />
        <Field label="What should get better?" error={problem?.at('goals')}>{(ids) => <textarea {...ids} rows={4} value={form.goals} onChange={(e) => set({ goals: e.target.value })} className={`${inputClass} h-auto py-2 max-lg:h-auto`} />}</Field>
        <Trap value={form.fax} onChange={(fax) => set({ fax })} />
        <Fault error={problem} fields={['name', 'email', 'company_name', 'website', 'clients', 'audience', 'current_solution', 'goals']} />
        <Button type="submit" variant="primary" size="lg" busy={apply.isPending} className="justify-self-start">Send the application</Button>
      </form>
    </Page>
  );
}

function Waitlist() {
  const [form, setForm] = useState({ email: '', name: '', fax: '' });
  const set = (part: Partial<typeof form>) => setForm((f) => ({ ...f, ...part }));
  const join = useMutation({ mutationFn: () => api.POST('/api/v1/waitlist', { body: { email: form.email.trim(), name: form.name.trim() || null, fax: form.fax || null } }) });
  const problem = join.error ? asProblem(join.error) : null;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    join.mutate();
  };
  if (join.isSuccess) return <Page title="You are on the list" lead="That is all for now."><Taken>When there is room, a link goes to <strong className="text-ink">{form.email.trim()}</strong>.</Taken></Page>;
  return (
    <Page title="Join the waitlist" lead="Leave your address: you are written to when there is room, and about the launch. Each mail about the launch has a link that ends it.">
      <form onSubmit={submit} className="grid gap-5" noValidate>
        <TextField label="Email" type="email" autoComplete="email" autoFocus value={form.email} onChange={(e) => set({ email: e.target.value })} error={problem?.at('email')} />
        <TextField label="Your name" autoComplete="name" value={form.name} onChange={(e) => set({ name: e.target.value })} error={problem?.at('name')} hint="Optional." />
        <Trap value={form.fax} onChange={(fax) => set({ fax })} />
        <Fault error={problem} fields={['email', 'name']} />
        <div className="flex flex-wrap gap-3"><Button type="submit" variant="primary" size="lg" busy={join.isPending}>Join</Button><Link to="/apply" search={{ demo: true }} className={buttonClass('quiet', 'lg')}>Rather see a demo</Link></div>
      </form>
    </Page>
  );
}

function Demo() {
  const [form, setForm] = useState({ name: '', email: '', message: '', company_size: '', current_solution: '', fax: '' });
  const set = (part: Partial<typeof form>) => setForm((f) => ({ ...f, ...part }));
  const ask = useMutation({
    mutationFn: () => api.POST('/api/v1/demos', { body: { name: form.name.trim(), email: form.email.trim(), message: form.message.trim() || null, company_size: form.company_size || null, current_solution: form.current_solution.trim() || null, fax: form.fax || null } }),
  });
  const problem = ask.error ? asProblem(ask.error) : null;
  useUnsaved(useChanged(form) && !ask.isSuccess);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    ask.mutate();
  };
  if (ask.isSuccess) return <Page title="Until then" lead="Your wish is here."><Taken>Somebody writes to <strong className="text-ink">{form.email.trim()}</strong> to find a time.</Taken></Page>;
  return (
    <Page title="Ask for a demo" lead="Half an hour with somebody who knows it, on a text of yours.">
      <form onSubmit={submit} className="grid gap-5" noValidate>
        <TextField label="Your name" autoComplete="name" autoFocus value={form.name} onChange={(e) => set({ name: e.target.value })} error={problem?.at('name')} />
        <TextField label="Email" type="email" autoComplete="email" value={form.email} onChange={(e) => set({ email: e.target.value })} error={problem?.at('email')} />
        <SelectField label="How many you are" value={form.company_size} onChange={(e) => set({ company_size: e.target.value })} error={problem?.at('company_size')}>
          <option value="">Rather not say</option>
          {sizes.map((s) => <option key={s} value={s}>{s.replace('-', ' to ').replace('201+', 'More than 200')}</option>)}
        </SelectField>
        <TextField label="What you use today" value={form.current_solution} onChange={(e) => set({ current_solution: e.target.value })} error={problem?.at('current_solution')} />
        <Field label="What do you want to see?" error={problem?.at('message')}>{(ids) => <textarea {...ids} rows={4} value={form.message} onChange={(e) => set({ message: e.target.value })} className={`${inputClass} h-auto py-2 max-lg:h-auto`} />}</Field>
        <Trap value={form.fax} onChange={(fax) => set({ fax })} />
        <Fault error={problem} fields={['name', 'email', 'message', 'company_size', 'current_solution']} />
        <Button type="submit" variant="primary" size="lg" busy={ask.isPending} className="justify-self-start">Ask</Button>
      </form>
    </Page>
  );
}
