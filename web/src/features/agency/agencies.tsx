import { api, take } from '@/shared/api/client';
import { agenciesQuery, keys, organizationPath } from '@/shared/api/queries';
import type { AgencyLink, Permission } from '@/shared/api/types';
import { ago, shortDate } from '@/shared/lib/time';
import { toast } from '@/shared/lib/toast';
import { useChanged } from '@/shared/lib/unsaved';
import { useMay } from '@/shared/lib/use-may';
import { useScope } from '@/shared/lib/use-scope';
import { Button } from '@/shared/ui/button';
import { ConfirmDialog } from '@/shared/ui/confirm';
import { Dialog } from '@/shared/ui/dialog';
import { SelectField } from '@/shared/ui/field';
import { Fault } from '@/shared/ui/note';
import { Section } from '@/shared/ui/section';
import { Empty, ErrorState, Loading, SkeletonText } from '@/shared/ui/states';
import { Avatar } from '@/shared/ui/status';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Handshake } from 'lucide-react';
import { useState } from 'react';
import type { GrantPicker } from './clients';

/** The client's side: who works for us, what they may, and the end of it at any time. */
export function Agencies({ grants }: { grants: GrantPicker }) {
  const { scope } = useScope();
  const may = useMay('agency.manage');
  const list = useQuery(agenciesQuery(scope.org));
  const items = list.data?.items ?? [];
  return (
    <Section title="Agencies" lead="Agencies that work for you, or ask to. They reach what you let them; everything they do is marked as theirs.">
      {list.isPending ? <Loading what="agencies"><SkeletonText lines={3} /></Loading>
        : list.isError ? <ErrorState error={list.error} retry={() => void list.refetch()} compact />
          : items.length === 0 ? <Empty icon={Handshake} title="Nobody works for you">An agency asks by your address, {scope.org}; its request stands here then.</Empty>
            : <ul className="divide-y border-t" aria-label="Agencies">{items.map((l) => <Row key={l.id} link={l} may={may} grants={grants} />)}</ul>}
    </Section>
  );
}

function Row({ link, may, grants }: { link: AgencyLink; may: boolean; grants: GrantPicker }) {
  const { scope, organization } = useScope();
  const client = useQueryClient();
  const [open, setOpen] = useState<'grant' | 'end' | null>(null);
  const asked = link.status === 'pending';
  const end = useMutation({
    mutationFn: () => api.DELETE(`${organizationPath}/agencies/{client}`, { params: { path: { org: scope.org, client: link.id } } }),
    onSuccess: () => {
      setOpen(null);
      toast(asked ? `${link.agency.name} is declined` : `${link.agency.name} no longer gets in`);
    },
    onSettled: () => void client.invalidateQueries({ queryKey: [...keys.organization(scope.org), 'agencies'] }),
  });
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 py-4">
      <Avatar name={link.agency.name} />
      <div className="min-w-0 grow basis-48">
        <p className="font-semibold">{link.agency.name}</p>
        <p className="flex flex-wrap gap-x-3 text-xs text-ink-3">
          <span className={asked ? 'text-brass-ink' : undefined}>{asked ? `asked ${ago(link.created_at)}` : link.accepted_at ? `works here since ${shortDate(link.accepted_at)}` : ''}</span>
          <span>{link.permissions.length} {link.permissions.length === 1 ? 'permission' : 'permissions'}</span>
          {link.brand_id && <span>only {organization.brands.find((b) => b.id === link.brand_id)?.name ?? 'one brand'}</span>}
          {link.ends_on && <span>until {shortDate(link.ends_on)}</span>}
        </p>
      </div>
      {may && (
        <div className="flex gap-2">
          <Button size="sm" variant={asked ? 'primary' : 'line'} onClick={() => setOpen('grant')}>{asked ? 'See and let in' : 'What they may'}</Button>
          <Button size="sm" variant="danger" onClick={() => setOpen('end')}>{asked ? 'Decline' : 'End'}</Button>
        </div>
      )}
      {open === 'grant' && <GrantDialog link={link} grants={grants} onClose={() => setOpen(null)} />}
      {open === 'end' && (
        <ConfirmDialog title={asked ? `Decline ${link.agency.name}?` : `End the work of ${link.agency.name}?`} action={asked ? 'Decline' : 'End it'} busy={end.isPending} error={end.error} onConfirm={() => end.mutate()} onClose={() => setOpen(null)}>
          <p>{asked ? 'They can ask again.' : 'Nobody of theirs gets in any more, at once. What they made stays yours.'}</p>
        </ConfirmDialog>
      )}
    </li>
  );
}

function GrantDialog({ link, grants: Grants, onClose }: { link: AgencyLink; grants: GrantPicker; onClose: () => void }) {
  const { scope, organization } = useScope();
  const client = useQueryClient();
  const asked = link.status === 'pending';
  const [permissions, setPermissions] = useState<Permission[]>(link.permissions.filter((p) => organization.permissions.includes(p)));
  const [brand, setBrand] = useState(link.brand_id ?? '');
  const save = useMutation({
    mutationFn: () => {
      const path = { org: scope.org, client: link.id };
      const body = { permissions, ...(brand && { brand_id: brand }) };
      return asked ? take(api.POST(`${organizationPath}/agencies/{client}/accept`, { params: { path }, body }))
        : take(api.PUT(`${organizationPath}/agencies/{client}`, { params: { path }, body: { ...body, ...(link.starts_on && { starts_on: link.starts_on }), ...(link.ends_on && { ends_on: link.ends_on }) } }));
    },
    onSuccess: () => {
      toast(asked ? `${link.agency.name} works for you now` : 'Changed');
      onClose();
    },
    onSettled: () => void client.invalidateQueries({ queryKey: [...keys.organization(scope.org), 'agencies'] }),
  });
  const dirty = useChanged({ permissions, brand });
  return (
    <Dialog open dirty={dirty} onOpenChange={(open) => !open && onClose()} title={asked ? `Let ${link.agency.name} in?` : link.agency.name} description="Their people may this here, at most. You can change or end it at any time." size="lg" footer={<><Button onClick={onClose}>Cancel</Button><Button variant="primary" busy={save.isPending} disabled={permissions.length === 0} onClick={() => save.mutate()}>{asked ? 'Let them in' : 'Save'}</Button></>}>
      <div className="grid gap-6">
        {organization.brands.length > 1 && (
          <SelectField label="For" value={brand} onChange={(e) => setBrand(e.target.value)}>
            <option value="">All brands</option>
            {organization.brands.map((b) => <option key={b.id} value={b.id}>Only {b.name}</option>)}
          </SelectField>
        )}
        <Grants chosen={permissions} onChange={setPermissions} mine={organization.permissions} />
        <Fault error={save.error} />
      </div>
    </Dialog>
  );
}
