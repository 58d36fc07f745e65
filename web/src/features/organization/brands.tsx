import { api, seen, take } from '@/shared/api/client';
import { asProblem } from '@/shared/api/problem';
import { brandPath, brandQuery, deletedBrandsQuery, keys, organizationPath } from '@/shared/api/queries';
import type { Brand, Tone } from '@/shared/api/types';
import { tones } from '@/shared/draft/tones';
import { toast } from '@/shared/lib/toast';
import { useMay } from '@/shared/lib/use-may';
import { useScope } from '@/shared/lib/use-scope';
import { Button } from '@/shared/ui/button';
import { Segmented } from '@/shared/ui/choice';
import { ConfirmDialog } from '@/shared/ui/confirm';
import { Disclosure } from '@/shared/ui/disclosure';
import { Field, inputClass, SelectField, TextField } from '@/shared/ui/field';
import { ErrorState, Loading, SkeletonText } from '@/shared/ui/states';
import { Avatar } from '@/shared/ui/status';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { ago, zones } from '@/shared/lib/time';
import { Form, Section } from '@/shared/ui/section';

export function Brands() {
  const { scope, organization } = useScope();
  const brand = useQuery(brandQuery(scope));
  return (
    <>
      <Section title="This brand" lead="Drafts are written for a brand; its zone is the clock of its dates.">
        {brand.isPending ? <Loading what="the brand"><SkeletonText lines={4} /></Loading>
          : brand.isError ? <ErrorState error={brand.error} retry={() => void brand.refetch()} compact />
            : <Edit key={`${brand.data.id} ${brand.data.version}`} brand={brand.data} />}
      </Section>
      {organization.brands.length > 1 && (
        <Section title={`Brands of ${organization.name}`}>
          <ul className="divide-y border-t">
            {organization.brands.map((b) => (
              <li key={b.id} className="relative flex items-center gap-3 py-3">
                <Avatar name={b.name} />
                <Link to="/$org/$brand/settings/$section" params={{ org: scope.org, brand: b.slug, section: 'brands' }} className="grow rounded-sm after:absolute after:inset-0 hover:text-brass-ink">{b.name}</Link>
                {b.slug === scope.brand && <span className="text-xs text-ink-3">this one</span>}
              </li>
            ))}
          </ul>
        </Section>
      )}
      <DeleteBrand />
      <DeletedBrands />
      <Section title="New brand" lead="A second name that you publish under, with drafts of its own.">
        <Create />
      </Section>
    </>
  );
}

const places = ['street', 'postal_code', 'city', 'region', 'country', 'phone', 'website', 'google_place_id'] as const;

function Edit({ brand }: { brand: Brand }) {
  const { scope, organization } = useScope();
  const client = useQueryClient();
  const navigate = useNavigate();
  const may = useMay('brand.update');
  const before = {
    name: brand.name, slug: brand.slug, description: brand.description, time_zone: brand.time_zone, default_tone: brand.default_tone ?? 'conversational',
    ...(Object.fromEntries(places.map((p) => [p, brand[p] ?? ''])) as Record<(typeof places)[number], string>),
  };
  const [form, setForm] = useState(before);
  const set = (part: Partial<typeof form>) => setForm((f) => ({ ...f, ...part }));
  const changed = Object.entries(form).filter(([name, value]) => value !== before[name as keyof typeof before]);
  const body = Object.fromEntries(changed.map(([name, value]) => [name, (places as readonly string[]).includes(name) ? value.trim() || null : value]));
  const save = useMutation({
    mutationFn: () => take(api.PATCH(brandPath, { params: { path: scope, header: seen(brand.version) }, body })),
    onSuccess: async (fresh) => {
      toast('Saved', fresh.slug !== scope.brand ? { detail: 'Links with the former address lead on.' } : {});
      client.setQueryData(keys.brand({ ...scope, brand: fresh.slug }), fresh);
      await client.invalidateQueries({ queryKey: keys.me });
      if (fresh.slug !== scope.brand) void navigate({ to: '/$org/$brand/settings/$section', params: { org: scope.org, brand: fresh.slug, section: 'brands' }, replace: true, ignoreBlocker: true });
    },
    onError: (error) => asProblem(error).status === 412 && void client.invalidateQueries({ queryKey: keys.brand(scope), exact: true }),
  });
  const problem = save.error ? asProblem(save.error) : null;
  const text = (name: keyof typeof form, label: string, more: Partial<Parameters<typeof TextField>[0]> = {}) => (
    <TextField label={label} value={form[name]} readOnly={!may} onChange={(e) => set({ [name]: e.target.value })} error={problem?.at(name)} {...more} />
  );
  const placed = places.some((p) => form[p] !== '' || problem?.at(p));
  return (
    <Form onSubmit={() => save.mutate()} busy={save.isPending} dirty={may && changed.length > 0} problem={problem} located={Object.keys(form).some((f) => problem?.at(f))}>
      {text('name', 'Name')}
      {text('slug', 'Address', { spellCheck: false, hint: `${window.location.host}/${organization.slug}/${form.slug || '…'}` })}
      <Field label="About" error={problem?.at('description')} hint="What it stands for and how it speaks; writers are told.">
        {(ids) => <textarea {...ids} rows={3} readOnly={!may} value={form.description} onChange={(e) => set({ description: e.target.value })} className={`${inputClass} h-auto py-2 max-lg:h-auto`} />}
      </Field>
      <SelectField label="Time zone" value={form.time_zone} disabled={!may} onChange={(e) => set({ time_zone: e.target.value })} error={problem?.at('time_zone')}>
        {zones(form.time_zone).map((z) => <option key={z} value={z}>{z.replaceAll('_', ' ')}</option>)}
      </SelectField>
      <div className="grid gap-1.5">
        <p className="text-sm font-semibold">Usual tone</p>
        <Segmented<Tone> label="Usual tone" value={form.default_tone} onChange={(default_tone) => may && set({ default_tone })} options={tones} />
      </div>
      <Disclosure label="Where it is" open={placed}>
        <div className="mt-4 grid gap-5">
          {text('street', 'Street and number', { autoComplete: 'street-address' })}
          <div className="grid gap-5 sm:grid-cols-[8rem_1fr]">
            {text('postal_code', 'Postal code', { autoComplete: 'postal-code' })}
            {text('city', 'City', { autoComplete: 'address-level2' })}
          </div>
          <div className="grid gap-5 sm:grid-cols-2">
            {text('region', 'State or region')}
            <SelectField label="Country" value={form.country} disabled={!may} onChange={(e) => set({ country: e.target.value })} error={problem?.at('country')}>
              <option value="">None</option>
              {countries(form.country).map(([code, name]) => <option key={code} value={code}>{name}</option>)}
            </SelectField>
          </div>
          <div className="grid gap-5 sm:grid-cols-2">
            {text('phone', 'Telephone', { type: 'tel', autoComplete: 'tel' })}
            {text('website', 'Website', { type: 'url', placeholder: 'https://' })}
          </div>
          {text('google_place_id', 'Google place id', { spellCheck: false, hint: 'Names the place for Google Business Profile.' })}
        </div>
      </Disclosure>
    </Form>
  );
}

/** Every country by its name in the reader's language. */
function countries(present: string): [string, string][] {
  const names = new Intl.DisplayNames(undefined, { type: 'region' });
  const found: [string, string][] = [];
  for (let a = 65; a <= 90; a++) {
    for (let b = 65; b <= 90; b++) {
      const code = String.fromCharCode(a, b);
      const name = names.of(code);
      if (name && name !== code && !['EU', 'EZ', 'UN', 'ZZ', 'XA', 'XB', 'QO', 'AC', 'CP', 'DG', 'EA', 'IC', 'TA', 'CQ'].includes(code)) found.push([code, name]);
    }
  }
  if (present && !found.some(([code]) => code === present)) found.push([present, present]);
  return found.sort((x, y) => x[1].localeCompare(y[1]));
}

function Create() {
  const { scope } = useScope();
  const client = useQueryClient();
  const [name, setName] = useState('');
  const create = useMutation({
    mutationFn: () => take(api.POST(`${organizationPath}/brands`, { params: { path: { org: scope.org } }, body: { name } })),
    onSuccess: (made) => {
      setName('');
      void client.invalidateQueries({ queryKey: keys.me });
      toast(`${made.name} is ready`, { detail: 'Switch to it at the top left.' });
    },
  });
  const problem = create.error ? asProblem(create.error) : null;
  return (
    <Form label="Make the brand" onSubmit={() => create.mutate()} busy={create.isPending} dirty={name.trim() !== ''} problem={problem} located={Boolean(problem?.at('name'))}>
      <TextField label="Name of the new brand" value={name} onChange={(e) => setName(e.target.value)} error={problem?.at('name')} />
    </Form>
  );
}

function DeleteBrand() {
  const { scope, brand, organization } = useScope();
  const client = useQueryClient();
  const navigate = useNavigate();
  const may = useMay('brands.manage');
  const [asked, setAsked] = useState(false);
  const restore = useRestoreBrand();
  const remove = useMutation({
    mutationFn: () => api.DELETE(brandPath, { params: { path: scope } }),
    onSuccess: async () => {
      setAsked(false);
      const other = organization.brands.find((b) => b.id !== brand.id);
      if (other) await navigate({ to: '/$org/$brand/settings/$section', params: { org: scope.org, brand: other.slug, section: 'brands' }, replace: true, ignoreBlocker: true });
      toast(`${brand.name} is deleted`, { detail: 'It can be brought back for 14 days.', undo: () => restore.mutate(brand.id) });
      void client.invalidateQueries({ queryKey: keys.me });
      void client.invalidateQueries({ queryKey: deletedBrandsQuery(scope.org).queryKey });
    },
  });
  if (!may || organization.brands.length < 2) return null;
  return (
    <Section title={`Delete ${brand.name}`} lead="It can be brought back for 14 days; then it is gone with its posts." action={<Button variant="danger" onClick={() => setAsked(true)}>Delete this brand</Button>}>
      {asked && (
        <ConfirmDialog title={`Delete ${brand.name}?`} action="Delete" busy={remove.isPending} error={remove.error} onConfirm={() => remove.mutate()} onClose={() => setAsked(false)}>
          <p>Its drafts are no longer reached. You can bring it back here for 14 days.</p>
        </ConfirmDialog>
      )}
    </Section>
  );
}

function useRestoreBrand() {
  const { scope } = useScope();
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => take(api.POST(`${organizationPath}/brands/{brand}/restore`, { params: { path: { org: scope.org, brand: id } } })),
    onSuccess: (back) => toast(`${back.name} is back`),
    onError: (error) => toast('It could not be brought back', { kind: 'error', detail: asProblem(error).message }),
    onSettled: () => {
      void client.invalidateQueries({ queryKey: keys.me });
      void client.invalidateQueries({ queryKey: deletedBrandsQuery(scope.org).queryKey });
    },
  });
}

function DeletedBrands() {
  const { scope } = useScope();
  const may = useMay('brands.manage');
  const list = useQuery({ ...deletedBrandsQuery(scope.org), enabled: may });
  const restore = useRestoreBrand();
  if (!list.data?.items.length) return null;
  return (
    <Section title="Deleted brands">
      <ul className="divide-y border-t">
        {list.data.items.map((b) => (
          <li key={b.id} className="flex items-center gap-4 py-3">
            <div className="min-w-0 grow"><p className="truncate">{b.name}</p>{b.deleted_at && <p className="text-xs text-ink-3">deleted {ago(b.deleted_at)}</p>}</div>
            <Button size="sm" busy={restore.isPending && restore.variables === b.id} onClick={() => restore.mutate(b.id)}>Bring back</Button>
          </li>
        ))}
      </ul>
    </Section>
  );
}
