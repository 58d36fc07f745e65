import { api, seen, take } from '@/shared/api/client';
import { asProblem } from '@/shared/api/problem';
import { brandPath, brandQuery, keys, organizationPath } from '@/shared/api/queries';
import type { Brand, Tone } from '@/shared/api/types';
import { tones } from '@/shared/draft/tones';
import { toast } from '@/shared/lib/toast';
import { useScope } from '@/shared/lib/use-scope';
import { Segmented } from '@/shared/ui/choice';
import { SelectField, TextField } from '@/shared/ui/field';
import { ErrorState, Loading, SkeletonText } from '@/shared/ui/states';
import { Avatar } from '@/shared/ui/status';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { zones } from '@/shared/lib/time';
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
          <ul className="divide-y border-y">
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
      <Section title="New brand" lead="A second name that you publish under, with drafts of its own.">
        <Create />
      </Section>
    </>
  );
}

function Edit({ brand }: { brand: Brand }) {
  const { scope, organization } = useScope();
  const client = useQueryClient();
  const [name, setName] = useState(brand.name);
  const [zone, setZone] = useState(brand.time_zone);
  const [tone, setTone] = useState<Tone>(brand.default_tone ?? 'conversational');
  const may = organization.role !== 'member';
  const save = useMutation({
    mutationFn: () => take(api.PATCH(brandPath, { params: { path: scope, header: seen(brand.version) }, body: { name, time_zone: zone, default_tone: tone } })),
    onSuccess: (fresh) => {
      client.setQueryData(keys.brand(scope), fresh);
      void client.invalidateQueries({ queryKey: keys.me });
      toast('Saved');
    },
    onError: (error) => asProblem(error).status === 412 && void client.invalidateQueries({ queryKey: keys.brand(scope), exact: true }),
  });
  const problem = save.error ? asProblem(save.error) : null;
  const dirty = may && (name !== brand.name || zone !== brand.time_zone || tone !== (brand.default_tone ?? 'conversational'));
  return (
    <Form onSubmit={() => save.mutate()} busy={save.isPending} dirty={dirty} problem={problem} located={Boolean(problem?.at('name') ?? problem?.at('time_zone'))}>
      <TextField label="Name" value={name} onChange={(e) => setName(e.target.value)} error={problem?.at('name')} />
      <SelectField label="Time zone" value={zone} onChange={(e) => setZone(e.target.value)} error={problem?.at('time_zone')}>
        {zones(zone).map((z) => <option key={z} value={z}>{z.replaceAll('_', ' ')}</option>)}
      </SelectField>
      <div className="grid gap-1.5">
        <p className="text-sm font-semibold">Usual tone</p>
        <Segmented label="Usual tone" value={tone} onChange={setTone} options={tones} className="-mx-1" />
      </div>
    </Form>
  );
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
