import { api, seen, take } from '@/shared/api/client';
import { asProblem } from '@/shared/api/problem';
import { keys, organizationPath, organizationQuery } from '@/shared/api/queries';
import type { Organization as Org, OrganizationType, Role } from '@/shared/api/types';
import { zones } from '@/shared/lib/time';
import { toast } from '@/shared/lib/toast';
import { useMay } from '@/shared/lib/use-may';
import { useScope } from '@/shared/lib/use-scope';
import { Checkbox, Segmented } from '@/shared/ui/choice';
import { Field, inputClass, SelectField, TextField } from '@/shared/ui/field';
import { Form, Section } from '@/shared/ui/section';
import { ErrorState, Loading, SkeletonText } from '@/shared/ui/states';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { roleWords } from './grant';
import { Logo } from './logo';

const kinds: { value: OrganizationType; label: string }[] = [{ value: 'creator', label: 'Creator' }, { value: 'business', label: 'Business' }, { value: 'agency', label: 'Agency' }];
const days = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];

export function Organization() {
  const { scope } = useScope();
  const organization = useQuery(organizationQuery(scope.org));
  return (
    <Section title="Organization" lead="What all its brands and people have in common.">
      {organization.isPending ? <Loading what="the organization"><SkeletonText lines={6} /></Loading>
        : organization.isError ? <ErrorState error={organization.error} retry={() => void organization.refetch()} compact />
          : <><Logo organization={organization.data} /><Details key={organization.data.version} organization={organization.data} /></>}
    </Section>
  );
}

const shown = (o: Org) => ({
  name: o.name, slug: o.slug, type: o.type as OrganizationType, description: o.description, website: o.website ?? '', time_zone: o.time_zone, week_start: o.week_start, invitation_role: o.invitation_role, require_second_factor: o.require_second_factor,
});

function Details({ organization }: { organization: Org }) {
  const { scope } = useScope();
  const client = useQueryClient();
  const navigate = useNavigate();
  const may = useMay('organization.update');
  const before = shown(organization);
  const [form, setForm] = useState(before);
  const set = (part: Partial<typeof form>) => setForm((f) => ({ ...f, ...part }));
  const changed = Object.fromEntries(Object.entries(form).filter(([name, value]) => value !== before[name as keyof typeof before]));
  const save = useMutation({
    mutationFn: () => take(api.PATCH(organizationPath, {
      params: { path: { org: scope.org }, header: seen(organization.version) }, body: { ...changed, ...('website' in changed && { website: form.website.trim() || null }) },
    })),
    onSuccess: async (fresh) => {
      toast('Saved', fresh.slug !== scope.org ? { detail: 'Links with the former address lead on.' } : {});
      client.setQueryData(keys.organization(fresh.slug), fresh);
      await client.invalidateQueries({ queryKey: keys.me });
      if (fresh.slug !== scope.org) void navigate({ to: '/$org/$brand/settings/$section', params: { org: fresh.slug, brand: scope.brand, section: 'organization' }, replace: true, ignoreBlocker: true });
    },
    onError: (error) => asProblem(error).status === 412 && void client.invalidateQueries({ queryKey: keys.organization(scope.org), exact: true }),
  });
  const problem = save.error ? asProblem(save.error) : null;
  const fields = ['name', 'slug', 'type', 'description', 'website', 'time_zone', 'week_start', 'invitation_role'];
  const invitable: Role[] = ['member', 'manager', 'admin'];
  return (
    <Form onSubmit={() => save.mutate()} busy={save.isPending} dirty={may && Object.keys(changed).length > 0} problem={problem} located={fields.some((f) => problem?.at(f))}>
      <TextField label="Name" value={form.name} readOnly={!may} onChange={(e) => set({ name: e.target.value })} error={problem?.at('name')} hint={may ? undefined : 'Admins and owners can change this.'} />
      <TextField label="Address" value={form.slug} readOnly={!may} spellCheck={false} onChange={(e) => set({ slug: e.target.value.toLowerCase() })} error={problem?.at('slug')} hint={`${window.location.host}/${form.slug || '…'}. Links with the former address lead on.`} />
      <div className="grid gap-1.5">
        <p className="text-sm font-semibold">Kind</p>
        <Segmented label="Kind" value={form.type} onChange={(type) => may && set({ type })} options={kinds} />
        {problem?.at('type') ? <p role="alert" className="text-xs text-bad">{problem.at('type')}</p> : form.type === 'agency' && <p className="text-xs text-ink-3">Agencies work for client organizations: see Clients.</p>}
      </div>
      <Field label="About" error={problem?.at('description')} hint="What it is, in a few words.">
        {(ids) => <textarea {...ids} rows={3} readOnly={!may} value={form.description} onChange={(e) => set({ description: e.target.value })} className={`${inputClass} h-auto py-2 max-lg:h-auto`} />}
      </Field>
      <TextField label="Website" type="url" inputMode="url" value={form.website} readOnly={!may} placeholder="https://" onChange={(e) => set({ website: e.target.value })} error={problem?.at('website')} />
      <div className="grid gap-5 sm:grid-cols-2">
        <SelectField label="Time zone of new brands" value={form.time_zone} disabled={!may} onChange={(e) => set({ time_zone: e.target.value })} error={problem?.at('time_zone')}>
          {zones(form.time_zone).map((z) => <option key={z} value={z}>{z.replaceAll('_', ' ')}</option>)}
        </SelectField>
        <SelectField label="The week begins on" value={form.week_start} disabled={!may} onChange={(e) => set({ week_start: Number(e.target.value) })} error={problem?.at('week_start')}>
          {days.map((d, i) => <option key={d} value={i + 1}>{d}</option>)}
        </SelectField>
      </div>
      <div className="grid gap-1.5">
        <p className="text-sm font-semibold">People are invited as</p>
        <Segmented<Role> label="People are invited as" value={form.invitation_role} onChange={(invitation_role) => may && set({ invitation_role })} options={invitable.map((r) => ({ value: r, label: roleWords[r].label }))} />
      </div>
      <label className="flex items-start gap-3 text-sm">
        <Checkbox label="Ask everybody for a second factor" checked={form.require_second_factor} onChange={(on) => may && set({ require_second_factor: on })} />
        <span>Ask everybody for a second factor<span className="block text-xs text-ink-3">Whoever has none gets no further than their own account until they set one up.</span></span>
      </label>
    </Form>
  );
}
