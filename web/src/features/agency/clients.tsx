import { api, take } from '@/shared/api/client';
import { asProblem } from '@/shared/api/problem';
import { clientsQuery, keys, organizationPath } from '@/shared/api/queries';
import type { Client, Permission } from '@/shared/api/types';
import { ago, fullTime, shortDate } from '@/shared/lib/time';
import { toast } from '@/shared/lib/toast';
import { useChanged } from '@/shared/lib/unsaved';
import { useMay } from '@/shared/lib/use-may';
import { useScope } from '@/shared/lib/use-scope';
import { Button, buttonClass } from '@/shared/ui/button';
import { Checkbox, Segmented } from '@/shared/ui/choice';
import { ConfirmDialog } from '@/shared/ui/confirm';
import { Dialog } from '@/shared/ui/dialog';
import { TextField } from '@/shared/ui/field';
import { Menu, MenuItem, MenuLine } from '@/shared/ui/menu';
import { Meter } from '@/shared/ui/meter';
import { Fault, Notice } from '@/shared/ui/note';
import { Section } from '@/shared/ui/section';
import { Empty, ErrorState, Loading, SkeletonText } from '@/shared/ui/states';
import { Avatar } from '@/shared/ui/status';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { ArrowRight, Ellipsis, Handshake, Pencil, Trash2, UserPlus } from 'lucide-react';
import { useState, type ReactNode } from 'react';

/** What an agency needs to see of all it works for: who waits, what goes out, where nothing happens. */
export function Clients({ all, onAll, grants }: { all: boolean; onAll: (all: boolean) => void; grants: GrantPicker }) {
  const { scope, organization } = useScope();
  const may = useMay('agency.manage');
  const list = useQuery(clientsQuery(scope.org, all));
  const [linking, setLinking] = useState(false);
  const agency = organization.type === 'agency';
  // Links outlast the kind of the organization: who works somewhere must see it, and be able to end it.
  if (!agency && !list.isPending && !list.data?.items.length && !all) {
    return <Section title="Clients"><Notice>Agencies work for clients. Make {organization.name} one in its settings, and link organizations here.</Notice></Section>;
  }
  const items = list.data?.items ?? [];
  const shares = items.filter((c) => c.status === 'active').reduce((sum, c) => sum + c.billing_allocation, 0);
  return (
    <Section title="Clients" lead="Organizations that you work for, and how they are." action={may && agency && <Button variant="primary" onClick={() => setLinking(true)}><UserPlus className="size-4" /> Link a client</Button>}>
      {!agency && <Notice>{organization.name} is no agency any more. What it has agreed with clients goes on until it is ended; only an agency links others.</Notice>}
      <Segmented<'now' | 'all'> label="Which" value={all ? 'all' : 'now'} onChange={(v) => onAll(v === 'all')} options={[{ value: 'now', label: 'Now' }, { value: 'all', label: 'Ended too' }]} />
      {list.isPending ? <Loading what="clients"><SkeletonText lines={6} /></Loading>
        : list.isError ? <ErrorState error={list.error} retry={() => void list.refetch()} compact />
          : items.length === 0 ? (agency ? <Empty icon={Handshake} title="No clients yet">Ask an organization that is here, or make one for a client. What waits for a decision in each of them stands here then.</Empty> : <Empty icon={Handshake} title="No clients">There were none.</Empty>)
            : <ul className="divide-y border-t" aria-label="Clients">{items.map((c) => <Row key={c.id} client={c} may={may} />)}</ul>}
      {shares > 0 && (
        <div className="grid max-w-80 gap-1.5 text-xs text-ink-3">
          <p>Clients bear {shares} % of what {organization.name} spends.</p>
          <Meter label="Borne by clients" used={shares} limit={100} />
        </div>
      )}
      {linking && <LinkDialog grants={grants} onClose={() => setLinking(false)} />}
    </Section>
  );
}

/** The list of permissions lives with the organization's settings; a route brings both together. */
export type GrantPicker = (props: { chosen: Permission[]; onChange: (chosen: Permission[]) => void; mine: Permission[]; readOnly?: boolean }) => ReactNode;

const states: Record<string, [string, string]> = { pending: ['Asked', 'text-brass-ink'], active: ['Working', 'text-good'], ended: ['Ended', 'text-ink-3'] };

function Row({ client: c, may }: { client: Client; may: boolean }) {
  const { scope } = useScope();
  const client = useQueryClient();
  const [open, setOpen] = useState<'change' | 'end' | null>(null);
  const end = useMutation({
    mutationFn: () => api.DELETE(`${organizationPath}/clients/{client}`, { params: { path: { org: scope.org, client: c.id } } }),
    onSuccess: () => {
      setOpen(null);
      toast(c.status === 'pending' ? 'The request is taken back' : `You no longer work for ${c.label}`);
    },
    onSettled: () => {
      void client.invalidateQueries({ queryKey: [...keys.organization(scope.org), 'clients'] });
      void client.invalidateQueries({ queryKey: keys.me });
    },
  });
  const [word, look] = states[c.status] ?? [c.status, 'text-ink-2'];
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 py-4">
      <Avatar name={c.label} />
      <div className="min-w-0 grow basis-48">
        <p className="flex flex-wrap items-baseline gap-x-3"><span className="truncate font-semibold">{c.label}</span> <span className={`text-xs ${look}`}>{word}{c.status === 'active' && !c.in_force && ', not today'}</span></p>
        <p className="flex flex-wrap gap-x-3 text-xs text-ink-3">
          {c.label !== c.client.name && <span>{c.client.name}</span>}
          <span>{c.brands} {c.brands === 1 ? 'brand' : 'brands'}</span>
          <span>{c.members} {c.members === 1 ? 'person' : 'people'}</span>
          {c.billing_allocation > 0 && <span>bears {c.billing_allocation} %</span>}
          {c.starts_on && <span>from {shortDate(c.starts_on)}</span>}
          {c.ends_on && <span>until {shortDate(c.ends_on)}</span>}
          {c.ended_at && <span>ended {ago(c.ended_at)} by the {c.ended_by}</span>}
        </p>
      </div>
      {c.health && (
        <dl className="grid grid-cols-[4rem_4.5rem_5.5rem] text-center text-xs text-ink-3 max-sm:w-full max-sm:grid-cols-3 max-sm:text-left">
          <div><dd className={`font-serif text-xl tabular-nums ${c.health.waiting > 0 ? 'text-brass-ink' : 'text-ink'}`}>{c.health.waiting}</dd><dt>to review</dt></div>
          <div><dd className="font-serif text-xl text-ink tabular-nums">{c.health.posts_this_month}</dd><dt>this month</dt></div>
          <div><dd className="flex h-7 items-end justify-center text-sm text-ink max-sm:justify-start">{c.health.last_activity_at ? <time dateTime={c.health.last_activity_at} title={fullTime(c.health.last_activity_at)}>{ago(c.health.last_activity_at)}</time> : 'never'}</dd><dt>last active</dt></div>
        </dl>
      )}
      <div className="flex items-center justify-end gap-1 sm:min-w-42">
        {c.in_force && <Link to="/$org" params={{ org: c.client.slug }} className={buttonClass('line', 'sm')}>Work there <ArrowRight className="size-4" aria-hidden /></Link>}
        {may && c.status !== 'ended' && (
          <Menu trigger={<button type="button" aria-label={`More for ${c.label}`} className="inline-flex size-8 items-center justify-center rounded-md text-ink-2 hover:bg-sunk max-lg:size-10"><Ellipsis className="size-4.5" /></button>}>
            <MenuItem icon={Pencil} onSelect={() => setOpen('change')}>Name and share</MenuItem>
            <MenuLine />
            <MenuItem icon={Trash2} danger onSelect={() => setOpen('end')}>{c.status === 'pending' ? 'Take the request back' : 'Stop working for them'}</MenuItem>
          </Menu>
        )}
      </div>
      {open === 'change' && <ChangeDialog client={c} onClose={() => setOpen(null)} />}
      {open === 'end' && (
        <ConfirmDialog title={c.status === 'pending' ? `Take the request to ${c.label} back?` : `Stop working for ${c.label}?`} action={c.status === 'pending' ? 'Take back' : 'Stop'} busy={end.isPending} error={end.error} onConfirm={() => end.mutate()} onClose={() => setOpen(null)}>
          <p>{c.status === 'pending' ? 'They no longer see it.' : 'Nobody of yours gets in there any more, at once. To come back, they must let you in again.'}</p>
        </ConfirmDialog>
      )}
    </li>
  );
}

function ChangeDialog({ client: c, onClose }: { client: Client; onClose: () => void }) {
  const { scope } = useScope();
  const client = useQueryClient();
  const [label, setLabel] = useState(c.label);
  const [share, setShare] = useState(String(c.billing_allocation));
  const save = useMutation({
    mutationFn: () => take(api.PUT(`${organizationPath}/clients/{client}`, { params: { path: { org: scope.org, client: c.id } }, body: { label: label.trim(), billing_allocation: Number(share) } })),
    onSuccess: onClose,
    onSettled: () => void client.invalidateQueries({ queryKey: [...keys.organization(scope.org), 'clients'] }),
  });
  const problem = save.error ? asProblem(save.error) : null;
  const dirty = useChanged({ label, share });
  return (
    <Dialog open dirty={dirty} onOpenChange={(open) => !open && onClose()} title={c.client.name} footer={<><Button onClick={onClose}>Cancel</Button><Button type="submit" form="client" variant="primary" busy={save.isPending}>Save</Button></>}>
      <form
        id="client"
        noValidate
        className="grid gap-5"
        onSubmit={(e) => {
          e.preventDefault();
          save.mutate();
        }}
      >
        <TextField label="What you call it" autoFocus value={label} onChange={(e) => setLabel(e.target.value)} error={problem?.at('label')} />
        <TextField label="Bears of what you spend, in percent" type="number" min={0} max={100} step={0.5} value={share} onChange={(e) => setShare(e.target.value)} error={problem?.at('billing_allocation')} className="w-32" hint="All clients together bear 100 at most." />
        <Fault error={problem} fields={['label', 'billing_allocation']} />
      </form>
    </Dialog>
  );
}

function LinkDialog({ grants: Grants, onClose }: { grants: GrantPicker; onClose: () => void }) {
  const { scope, organization } = useScope();
  const client = useQueryClient();
  const [way, setWay] = useState<'ask' | 'make'>('ask');
  const [form, setForm] = useState({ organization: '', name: '', label: '', share: '0', starts: '', ends: '' });
  const set = (part: Partial<typeof form>) => setForm((f) => ({ ...f, ...part }));
  const [usual, setUsual] = useState(true);
  const [permissions, setPermissions] = useState<Permission[]>(['posts.read', 'posts.write', 'posts.review', 'brand.read']);
  const link = useMutation({
    mutationFn: () => take(api.POST(`${organizationPath}/clients`, {
      params: { path: { org: scope.org } },
      body: {
        ...(way === 'ask' ? { organization: form.organization.trim() } : { create: { name: form.name.trim(), type: 'business' as const, time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone } }),
        ...(form.label.trim() && { label: form.label.trim() }),
        ...(!usual && { permissions }),
        billing_allocation: Number(form.share) || 0,
        ...(form.starts && { starts_on: form.starts }), ...(form.ends && { ends_on: form.ends }),
      },
    })),
    onSuccess: (made) => {
      toast(made.status === 'active' ? `${made.client.name} is your client` : `${made.client.name} is asked`, made.status === 'active' ? {} : { detail: 'Their owners and admins see it and let you in.' });
      onClose();
    },
    onSettled: () => {
      void client.invalidateQueries({ queryKey: [...keys.organization(scope.org), 'clients'] });
      void client.invalidateQueries({ queryKey: keys.me });
    },
  });
  const problem = link.error ? asProblem(link.error) : null;
  const dirty = useChanged({ form, usual, permissions });
  const fields = ['organization', 'create', 'label', 'billing_allocation', 'starts_on', 'ends_on'];
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="Link a client"
      size="lg"
      dirty={dirty}
      footer={<><Button onClick={onClose}>Cancel</Button><Button type="submit" form="link-client" variant="primary" busy={link.isPending} disabled={way === 'ask' ? !form.organization.trim() : !form.name.trim()}>{way === 'ask' ? 'Ask them' : 'Make it'}</Button></>}
    >
      <form
        id="link-client"
        noValidate
        className="grid gap-5"
        onSubmit={(e) => {
          e.preventDefault();
          link.mutate();
        }}
      >
        <Segmented<'ask' | 'make'> label="How" value={way} onChange={setWay} options={[{ value: 'ask', label: 'They are here' }, { value: 'make', label: 'Make one for them' }]} />
        {way === 'ask'
          ? <TextField label="Their address" spellCheck={false} autoFocus value={form.organization} onChange={(e) => set({ organization: e.target.value })} error={problem?.at('organization')} hint={`What stands after ${window.location.host}/ in their links.`} />
          : <TextField label="Its name" autoFocus value={form.name} onChange={(e) => set({ name: e.target.value })} error={problem?.at('create')} hint="You own it until you hand it over." />}
        <div className="grid gap-5 sm:grid-cols-2">
          <TextField label="What you call it" value={form.label} onChange={(e) => set({ label: e.target.value })} error={problem?.at('label')} />
          <TextField label="Bears of what you spend, in percent" type="number" min={0} max={100} step={0.5} value={form.share} onChange={(e) => set({ share: e.target.value })} error={problem?.at('billing_allocation')} />
          <TextField label="First day" type="date" value={form.starts} onChange={(e) => set({ starts: e.target.value })} error={problem?.at('starts_on')} />
          <TextField label="Last day" type="date" value={form.ends} onChange={(e) => set({ ends: e.target.value })} error={problem?.at('ends_on')} />
        </div>
        <label className="flex items-start gap-3 text-sm"><Checkbox label="The daily work" checked={usual} onChange={setUsual} /><span>May do the daily work there<span className="block text-xs text-ink-3">Write, review and publish. They can give more or less.</span></span></label>
        {!usual && <Grants chosen={permissions} onChange={setPermissions} mine={organization.permissions} />}
        <Fault error={problem} fields={fields} />
      </form>
    </Dialog>
  );
}
