import { api, take } from '@/shared/api/client';
import { asProblem } from '@/shared/api/problem';
import { networksQuery } from '@/shared/api/queries';
import type { NetworkId } from '@/shared/api/types';
import { toast } from '@/shared/lib/toast';
import { useMay } from '@/shared/lib/use-may';
import { useScope } from '@/shared/lib/use-scope';
import { Button, IconButton } from '@/shared/ui/button';
import { Dialog } from '@/shared/ui/dialog';
import { SelectField, TextField } from '@/shared/ui/field';
import { NetworkGlyph } from '@/shared/ui/network-glyph';
import { Fault } from '@/shared/ui/note';
import { Section } from '@/shared/ui/section';
import { ErrorState, Loading, SkeletonText } from '@/shared/ui/states';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { BadgeCheck, Plus, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { publishingKeys } from '../api/queries';
import { useNetworkName } from '../names';
import { rulesPath, rulesQuery, type Approver, type Rule } from './api';
import { Links } from './links';
import { approvers, sayRule } from './words';

/** Who must have approved before anything goes out, and the links by which clients do so. */
export function Approvals() {
  return (
    <>
      <Rules />
      <Links />
    </>
  );
}

function Rules() {
  const { scope } = useScope();
  const client = useQueryClient();
  const may = useMay('brand.update');
  const name = useNetworkName();
  const rules = useQuery(rulesQuery(scope));
  const [making, setMaking] = useState(false);
  const drop = useMutation({
    mutationFn: (rule: Rule) => api.DELETE(`${rulesPath}/{rule}`, { params: { path: { ...scope, rule: rule.id } } }),
    onSuccess: (_, rule) => toast('The rule is removed', { undo: () => put.mutate(rule) }),
    onError: (error) => toast('The rule stays', { kind: 'error', detail: asProblem(error).message }),
    onSettled: () => client.invalidateQueries({ queryKey: publishingKeys.all(scope) }),
  });
  const put = useMutation({
    mutationFn: ({ network, approver, approvals }: Rule) => take(api.POST(rulesPath, { params: { path: scope }, body: { network: network ?? null, approver, approvals } })),
    onError: (error) => toast('The rule could not be put back', { kind: 'error', detail: asProblem(error).message }),
    onSettled: () => client.invalidateQueries({ queryKey: publishingKeys.all(scope) }),
  });
  return (
    <Section
      title="Approval rules"
      lead="What must be approved before it goes out, and by whom. An approval is for the very text that was read: a changed text needs it anew."
      action={may && <Button variant="primary" onClick={() => setMaking(true)}><Plus className="size-4" /> New rule</Button>}
    >
      {rules.isPending ? <Loading what="the rules"><SkeletonText lines={3} /></Loading>
        : rules.isError ? <ErrorState error={rules.error} retry={() => void rules.refetch()} compact />
          : rules.data.items.length === 0 ? (
            <div className="flex gap-3.5 rounded-lg bg-sunk px-5 py-5 text-sm text-ink-2">
              <BadgeCheck className="size-5 shrink-0 text-brass-ink" aria-hidden />
              <p className="max-w-prose">No rule yet: whoever may review drafts decides alone. With a rule, nothing goes out before the right people, or the client, have approved it, whatever else happens.</p>
            </div>
          ) : (
            <ul aria-label="Approval rules" className="divide-y border-y">
              {rules.data.items.map((r) => {
                const words = sayRule(r, r.network ? name(r.network) : null);
                return (
                  <li key={r.id} className="flex items-center gap-3 py-2.5 text-sm">
                    {r.network ? <NetworkGlyph network={r.network} className="text-ink-3" /> : <BadgeCheck className="size-4 shrink-0 text-ink-3" aria-hidden />}
                    <p className="min-w-0 grow">{words}</p>
                    {may && <IconButton label={`Remove the rule “${words}”`} disabled={drop.isPending} onClick={() => drop.mutate(r)}><Trash2 /></IconButton>}
                  </li>
                );
              })}
            </ul>
          )}
      {making && <NewRule onClose={() => setMaking(false)} />}
    </Section>
  );
}

function NewRule({ onClose }: { onClose: () => void }) {
  const { scope } = useScope();
  const client = useQueryClient();
  const { data } = useQuery(networksQuery);
  const [network, setNetwork] = useState<NetworkId | ''>('');
  const [approver, setApprover] = useState<Approver>('manager');
  const [approvals, setApprovals] = useState('1');
  const make = useMutation({
    mutationFn: () => take(api.POST(rulesPath, { params: { path: scope }, body: { ...(network && { network }), approver, approvals: Number(approvals) || 0 } })),
    onSuccess: () => {
      toast('The rule holds', { detail: 'It holds for what is planned already, too.' });
      onClose();
    },
    onSettled: () => client.invalidateQueries({ queryKey: publishingKeys.all(scope) }),
  });
  const problem = make.error ? asProblem(make.error) : null;
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="New rule"
      description="It holds from now on, for what is planned already too."
      footer={<><Button onClick={onClose}>Cancel</Button><Button type="submit" form="new-rule" variant="primary" busy={make.isPending}>Make the rule</Button></>}
    >
      <form
        id="new-rule"
        noValidate
        className="grid gap-5"
        onSubmit={(e) => {
          e.preventDefault();
          make.mutate();
        }}
      >
        <SelectField label="What goes to" value={network} onChange={(e) => setNetwork(e.target.value as NetworkId | '')} error={problem?.at('network')}>
          <option value="">Every network</option>
          {data?.networks.map((n) => <option key={n.id} value={n.id}>{n.name}</option>)}
        </SelectField>
        <SelectField label="Must be approved by" value={approver} onChange={(e) => setApprover(e.target.value as Approver)} hint={approver === 'client' ? 'You send a link; the client needs no account.' : 'Higher roles count as well.'} error={problem?.at('approver')}>
          {approvers.map((a) => <option key={a.value} value={a.value}>{a.label}</option>)}
        </SelectField>
        <TextField label={approver === 'client' ? 'How many links' : 'How many of them'} type="number" min={1} max={10} inputMode="numeric" className="max-w-24 tabular-nums" value={approvals} onChange={(e) => setApprovals(e.target.value)} error={problem?.at('approvals')} />
        <Fault error={problem} fields={['network', 'approver', 'approvals']} />
      </form>
    </Dialog>
  );
}
