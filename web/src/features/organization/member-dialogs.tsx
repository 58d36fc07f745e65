import { api, take } from '@/shared/api/client';
import { asProblem } from '@/shared/api/problem';
import { keys, organizationPath, organizationQuery } from '@/shared/api/queries';
import type { Invitation, Member } from '@/shared/api/types';
import { fullTime, shortDate } from '@/shared/lib/time';
import { toast } from '@/shared/lib/toast';
import { useChanged } from '@/shared/lib/unsaved';
import { useMay } from '@/shared/lib/use-may';
import { useScope } from '@/shared/lib/use-scope';
import { Button } from '@/shared/ui/button';
import { Segmented } from '@/shared/ui/choice';
import { Dialog } from '@/shared/ui/dialog';
import { TextField } from '@/shared/ui/field';
import { Fault } from '@/shared/ui/note';
import { ShownOnce } from '@/shared/ui/once';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { GrantEditor, ranks, type Grant } from './grant';

export function MemberDialog({ member, onClose }: { member: Member; onClose: () => void }) {
  const { scope, organization, user } = useScope();
  const client = useQueryClient();
  const manages = useMay('members.manage');
  // The server holds to the same: nobody changes somebody who may more than they.
  const above = ranks.indexOf(member.role) > ranks.indexOf(organization.role);
  const readOnly = !manages || above || member.user_id === user.id;
  const [grant, setGrant] = useState<Grant>({ role: member.role, brands: member.brand_ids ?? null, added: member.permissions_added, removed: member.permissions_removed });
  const save = useMutation({
    mutationFn: () => take(api.PUT(`${organizationPath}/members/{user}`, {
      params: { path: { org: scope.org, user: member.user_id } },
      body: { role: grant.role, ...(grant.brands && { brand_ids: grant.brands }), permissions_added: grant.added, permissions_removed: grant.removed },
    })),
    onSuccess: () => {
      toast(`${member.name} is changed`);
      onClose();
    },
    onSettled: () => void client.invalidateQueries({ queryKey: [...keys.organization(scope.org), 'members'] }),
  });
  const dirty = useChanged(grant);
  const nothing = grant.brands?.length === 0;
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={member.name}
      description={`${member.email}, here since ${shortDate(member.created_at)}${member.suspended_at ? `; suspended on ${fullTime(member.suspended_at, user.time_zone)}` : ''}`}
      size="lg"
      dirty={dirty}
      footer={readOnly ? <Button onClick={onClose}>Close</Button> : (
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="primary" busy={save.isPending} disabled={nothing} onClick={() => save.mutate()}>Save</Button>
        </>
      )}
    >
      <div className="grid gap-5">
        {member.user_id === user.id && manages && <p className="text-sm text-ink-3">Nobody changes themselves; another admin can.</p>}
        <GrantEditor grant={grant} onChange={setGrant} brands={organization.brands} mine={organization.permissions} myRole={organization.role} readOnly={readOnly} />
        {nothing && <p role="alert" className="text-sm text-bad">Choose at least one brand.</p>}
        <Fault error={save.error} />
      </div>
    </Dialog>
  );
}

export function InviteDialog({ onClose }: { onClose: () => void }) {
  const { scope, organization } = useScope();
  const client = useQueryClient();
  const { data: settings } = useQuery(organizationQuery(scope.org));
  const [way, setWay] = useState<'mail' | 'link'>('mail');
  const [email, setEmail] = useState('');
  const [uses, setUses] = useState('1');
  const [picked, setPicked] = useState<Grant | null>(null);
  const grant: Grant = picked ?? { role: settings?.invitation_role ?? 'member', brands: null, added: [], removed: [] };
  const [made, setMade] = useState<Invitation | null>(null);
  const invite = useMutation({
    mutationFn: () => take(api.POST(`${organizationPath}/invitations`, {
      params: { path: { org: scope.org } },
      body: {
        ...(way === 'mail' ? { email: email.trim() } : { max_uses: Number(uses) || 1 }),
        role: grant.role, ...(grant.brands && { brand_ids: grant.brands }), permissions_added: grant.added, permissions_removed: grant.removed,
      },
    })),
    onSuccess: (invitation) => {
      if (invitation.link) setMade(invitation);
      else {
        toast(`Invited ${invitation.email ?? ''}`, { detail: 'The link in the mail is good for 14 days.' });
        onClose();
      }
    },
    onSettled: () => void client.invalidateQueries({ queryKey: [...keys.organization(scope.org), 'invitations'] }),
  });
  if (made?.link) {
    return (
      <Dialog open held onOpenChange={(open) => !open && onClose()} title="Hand on this link" description={`Good until ${shortDate(made.expires_at)}, for ${made.max_uses === 1 ? 'one person' : `${made.max_uses} people`}. It is shown this once.`} footer={<Button variant="primary" onClick={onClose}>I have it</Button>}>
        <ShownOnce label="Invitation link" value={made.link} />
      </Dialog>
    );
  }
  const problem = invite.error ? asProblem(invite.error) : null;
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`Invite to ${organization.name}`}
      size="lg"
      dirty={email.trim() !== '' || picked !== null}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form="invite" variant="primary" busy={invite.isPending} disabled={(way === 'mail' && !email.trim()) || grant.brands?.length === 0}>{way === 'mail' ? 'Send the invitation' : 'Make the link'}</Button>
        </>
      }
    >
      <form
        id="invite"
        noValidate
        className="grid gap-6"
        onSubmit={(e) => {
          e.preventDefault();
          invite.mutate();
        }}
      >
        <Segmented<'mail' | 'link'> label="How" value={way} onChange={setWay} options={[{ value: 'mail', label: 'By mail' }, { value: 'link', label: 'By a link to hand on' }]} />
        {way === 'mail'
          ? <TextField label="Email" type="email" autoFocus value={email} onChange={(e) => setEmail(e.target.value)} error={problem?.at('email')} hint="Only this address can accept." />
          : <TextField label="For how many people" type="number" min={1} max={1000} value={uses} onChange={(e) => setUses(e.target.value)} error={problem?.at('max_uses')} hint="Whoever has the link comes in, until it is used up." className="w-32" />}
        <GrantEditor grant={grant} onChange={setPicked} brands={organization.brands} mine={organization.permissions} myRole={organization.role} />
        <Fault error={problem} fields={['email', 'max_uses']} />
      </form>
    </Dialog>
  );
}
