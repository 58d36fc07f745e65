import { api, seen, take } from '@/shared/api/client';
import { asProblem } from '@/shared/api/problem';
import { keys, membersQuery, organizationPath, organizationQuery } from '@/shared/api/queries';
import type { Organization as Org } from '@/shared/api/types';
import { toast } from '@/shared/lib/toast';
import { useScope } from '@/shared/lib/use-scope';
import { TextField } from '@/shared/ui/field';
import { ErrorState, Loading, SkeletonText } from '@/shared/ui/states';
import { Avatar } from '@/shared/ui/status';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Form, Section } from '@/shared/ui/section';

export function Organization() {
  const { scope } = useScope();
  const organization = useQuery(organizationQuery(scope.org));
  const members = useQuery(membersQuery(scope.org));
  return (
    <>
      <Section title="Organization">
        {organization.isPending ? <Loading what="the organization"><SkeletonText lines={3} /></Loading>
          : organization.isError ? <ErrorState error={organization.error} retry={() => void organization.refetch()} compact />
            : <Details key={organization.data.version} organization={organization.data} />}
      </Section>
      <Section title="Members">
        {members.isPending ? <Loading what="members"><SkeletonText lines={3} /></Loading>
          : members.isError ? <ErrorState error={members.error} retry={() => void members.refetch()} compact />
            : (
              <ul className="divide-y border-y">
                {members.data.items.map((m) => (
                  <li key={m.id} className="flex items-center gap-3 py-3">
                    <Avatar name={m.name} />
                    <div className="min-w-0 grow"><p className="truncate">{m.name}</p><p className="truncate text-xs text-ink-3">{m.email}</p></div>
                    <span className="text-xs text-ink-2 capitalize">{m.role}</span>
                  </li>
                ))}
              </ul>
            )}
      </Section>
    </>
  );
}

function Details({ organization }: { organization: Org }) {
  const { scope, organization: mine } = useScope();
  const client = useQueryClient();
  const [name, setName] = useState(organization.name);
  const may = mine.role === 'owner' || mine.role === 'admin';
  const save = useMutation({
    mutationFn: () => take(api.PATCH(organizationPath, { params: { path: { org: scope.org }, header: seen(organization.version) }, body: { name } })),
    onSuccess: (fresh) => {
      client.setQueryData(keys.organization(scope.org), fresh);
      void client.invalidateQueries({ queryKey: keys.me });
      toast('Saved');
    },
    onError: (error) => asProblem(error).status === 412 && void client.invalidateQueries({ queryKey: keys.organization(scope.org), exact: true }),
  });
  const problem = save.error ? asProblem(save.error) : null;
  return (
    <Form onSubmit={() => save.mutate()} busy={save.isPending} dirty={may && name !== organization.name} problem={problem} located={Boolean(problem?.at('name'))}>
      <TextField label="Name" value={name} readOnly={!may} onChange={(e) => setName(e.target.value)} error={problem?.at('name')} hint={may ? undefined : 'Admins and owners can change this.'} />
      <TextField label="Address" value={`/${organization.slug}`} readOnly className="bg-sunk text-ink-2" hint="How links to this organization begin." />
    </Form>
  );
}
