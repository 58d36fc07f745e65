import { api, take } from '@/shared/api/client';
import { keys, membersQuery, organizationPath } from '@/shared/api/queries';
import { cn } from '@/shared/lib/cn';
import { fullTime } from '@/shared/lib/time';
import { toast } from '@/shared/lib/toast';
import { useMay } from '@/shared/lib/use-may';
import { useScope } from '@/shared/lib/use-scope';
import { Button } from '@/shared/ui/button';
import { ConfirmDialog } from '@/shared/ui/confirm';
import { useConfirmSelf } from '@/shared/ui/confirm-self';
import { SelectField } from '@/shared/ui/field';
import { asProblem } from '@/shared/api/problem';
import { Section } from '@/shared/ui/section';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';

/** Handing over, leaving, ending: each says what comes of it, asks once more, and what can be taken back can. */
export function Danger({ onGone }: { onGone: () => void }) {
  const { scope, organization, user } = useScope();
  const client = useQueryClient();
  const owner = organization.role === 'owner';
  const may = useMay('organization.delete');
  const { data: members } = useQuery({ ...membersQuery(scope.org), enabled: owner });
  const heirs = members?.items.filter((m) => m.user_id !== user.id && m.status === 'active' && !m.brand_ids) ?? [];
  const [asked, setAsked] = useState<'transfer' | 'leave' | 'delete' | null>(null);
  const [heir, setHeir] = useState('');
  // What can't be undone alone is for whoever sits at the keyboard; other faults stand in the dialog that asked.
  const self = useConfirmSelf();
  const surely = (act: () => Promise<unknown>) => self.run(act, () => undefined, () => undefined);
  const gone = async () => {
    setAsked(null);
    await client.invalidateQueries({ queryKey: keys.me });
    onGone();
  };
  const path = { org: scope.org };
  const transfer = useMutation({
    mutationFn: () => take(api.POST(`${organizationPath}/transfer`, { params: { path }, body: { user_id: heir, confirm: scope.org } })),
    onSuccess: async (m) => {
      setAsked(null);
      await client.invalidateQueries({ queryKey: keys.me });
      void client.invalidateQueries({ queryKey: keys.organization(scope.org) });
      toast(`${organization.name} belongs to ${m.name} now`, { detail: 'You are an admin.' });
    },
  });
  const leave = useMutation({
    mutationFn: () => api.POST(`${organizationPath}/leave`, { params: { path } }),
    onSuccess: async () => {
      toast(`You left ${organization.name}`);
      await gone();
    },
  });
  const restore = useMutation({
    mutationFn: () => take(api.POST(`${organizationPath}/restore`, { params: { path: { org: organization.id } } })),
    onSuccess: async (back) => {
      await client.invalidateQueries({ queryKey: keys.me });
      toast(`${back.name} is back`);
    },
    onError: (error) => toast('It could not be brought back', { kind: 'error', detail: asProblem(error).message }),
  });
  const remove = useMutation({
    mutationFn: () => api.DELETE(organizationPath, { params: { path, query: { confirm: scope.org } } }),
    onSuccess: async () => {
      toast(`${organization.name} is deleted`, { detail: 'For 14 days its owners can bring it back in their account.', undo: () => restore.mutate() });
      await gone();
    },
  });
  return (
    <>
      <Section title="Danger zone" lead="What can’t be taken back by a press, or not for long.">
        <ul className="divide-y border-t">
          {owner && (
            <Row wide title="Hand over" text="Makes a member of the whole organization its owner, and you an admin.">
              <SelectField label="To whom" value={heir} onChange={(e) => setHeir(e.target.value)}>
                <option value="">{heirs.length > 0 ? 'Choose a member' : 'Nobody else is here'}</option>
                {heirs.map((m) => <option key={m.user_id} value={m.user_id}>{m.name} ({m.email})</option>)}
              </SelectField>
              <Button variant="danger" disabled={!heir} onClick={() => setAsked('transfer')}>Hand over</Button>
            </Row>
          )}
          <Row title="Leave" text="You lose what you reach here at once. The last owner hands over or deletes instead.">
            <Button variant="danger" onClick={() => setAsked('leave')}>Leave {organization.name}</Button>
          </Row>
          {may && (
            <Row title="Delete" text="Nobody gets in any more. For 14 days an owner can bring it back; then everything in it is gone for good.">
              <Button variant="danger" onClick={() => setAsked('delete')}>Delete {organization.name}</Button>
            </Row>
          )}
        </ul>
      </Section>
      {self.dialog}
      {asked === 'transfer' && !self.dialog && (
        <ConfirmDialog title={`Hand ${organization.name} over?`} action="Hand over" typed={scope.org} busy={transfer.isPending} error={transfer.error} onConfirm={() => surely(() => transfer.mutateAsync())} onClose={() => setAsked(null)}>
          <p><strong>{heirs.find((m) => m.user_id === heir)?.name}</strong> becomes owner; you stay as an admin. Only they can give it back.</p>
        </ConfirmDialog>
      )}
      {asked === 'leave' && (
        <ConfirmDialog title={`Leave ${organization.name}?`} action="Leave" busy={leave.isPending} error={leave.error} onConfirm={() => leave.mutate()} onClose={() => setAsked(null)}>
          <p>To come back, somebody must invite you. API keys that you made here stop.</p>
        </ConfirmDialog>
      )}
      {asked === 'delete' && !self.dialog && (
        <ConfirmDialog title={`Delete ${organization.name}?`} action="Delete" typed={scope.org} busy={remove.isPending} error={remove.error} onConfirm={() => surely(() => remove.mutateAsync())} onClose={() => setAsked(null)}>
          <p>{organization.brands.length === 1 ? 'Its brand' : `Its ${organization.brands.length} brands`}, all drafts, people and keys go with it. Until {fullTime(new Date(Date.now() + 14 * 86_400_000).toISOString(), user.time_zone)} an owner can bring it back.</p>
        </ConfirmDialog>
      )}
    </>
  );
}

/** `wide` puts what is to be filled in below its words. */
function Row({ title, text, children, wide }: { title: string; text: string; children: ReactNode; wide?: boolean }) {
  return (
    <li className={cn('grid gap-4 py-5', !wide && 'md:grid-cols-[1fr_auto] md:items-center')}>
      <div><h3 className="font-semibold">{title}</h3><p className="mt-0.5 max-w-prose text-sm text-ink-2">{text}</p></div>
      <div className="flex flex-wrap items-end gap-3">{children}</div>
    </li>
  );
}
