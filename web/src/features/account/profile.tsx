import { api, take } from '@/shared/api/client';
import { asProblem } from '@/shared/api/problem';
import { keys } from '@/shared/api/queries';
import { useStore } from '@/shared/lib/store';
import { setTheme, themeStore, type Theme } from '@/shared/lib/theme';
import { zones } from '@/shared/lib/time';
import { toast } from '@/shared/lib/toast';
import { useScope } from '@/shared/lib/use-scope';
import { Segmented } from '@/shared/ui/choice';
import { SelectField, TextField } from '@/shared/ui/field';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Form, Section } from '@/shared/ui/section';

export function Profile() {
  const { user } = useScope();
  const client = useQueryClient();
  const theme = useStore(themeStore);
  const [name, setName] = useState(user.name);
  const [zone, setZone] = useState(user.time_zone);
  const save = useMutation({
    mutationFn: () => take(api.PATCH('/api/v1/me', { body: { name, time_zone: zone } })),
    onSuccess: (me) => {
      client.setQueryData(keys.me, me);
      toast('Saved');
    },
  });
  const problem = save.error ? asProblem(save.error) : null;
  return (
    <>
      <Section title="Profile">
        <Form onSubmit={() => save.mutate()} busy={save.isPending} dirty={name !== user.name || zone !== user.time_zone} problem={problem} located={Boolean(problem?.at('name') ?? problem?.at('time_zone'))}>
          <TextField label="Name" autoComplete="name" value={name} onChange={(e) => setName(e.target.value)} error={problem?.at('name')} />
          <TextField label="Email" value={user.email} readOnly hint="The address you sign in with." className="bg-sunk text-ink-2" />
          <SelectField label="Time zone" value={zone} onChange={(e) => setZone(e.target.value)} error={problem?.at('time_zone')}>
            {zones(zone).map((z) => <option key={z} value={z}>{z.replaceAll('_', ' ')}</option>)}
          </SelectField>
        </Form>
      </Section>
      <Section title="Appearance" lead="Kept in this browser.">
        <Segmented<Theme> label="Appearance" value={theme} onChange={setTheme} options={[{ value: 'system', label: 'As the system' }, { value: 'light', label: 'Light' }, { value: 'dark', label: 'Dark' }]} className="-mx-1" />
      </Section>
    </>
  );
}
