import { api, take } from '@/shared/api/client';
import { asProblem } from '@/shared/api/problem';
import { ago, fullTime } from '@/shared/lib/time';
import { toast } from '@/shared/lib/toast';
import { Button } from '@/shared/ui/button';
import { Segmented } from '@/shared/ui/choice';
import { Dialog } from '@/shared/ui/dialog';
import { Field, inputClass } from '@/shared/ui/field';
import { Fault } from '@/shared/ui/note';
import { Section } from '@/shared/ui/section';
import { Avatar } from '@/shared/ui/status';
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { AdminList } from './list';
import { applicationsQuery, type Application, type ApplicationStatus } from './queries';

const states: { value: ApplicationStatus | 'all'; label: string }[] = [{ value: 'pending', label: 'To decide' }, { value: 'approved', label: 'Approved' }, { value: 'rejected', label: 'Rejected' }, { value: 'all', label: 'All' }];
const looks: Record<ApplicationStatus, [string, string]> = { pending: ['to decide', 'text-brass-ink'], approved: ['approved', 'text-good'], rejected: ['rejected', 'text-bad'] };

export function Applications({ status, onStatus }: { status: ApplicationStatus | 'all'; onStatus: (status: ApplicationStatus | 'all') => void }) {
  const list = useInfiniteQuery(applicationsQuery(status === 'all' ? undefined : status));
  const [open, setOpen] = useState<Application | null>(null);
  return (
    <Section title="Applications" lead="People who ask to come in. Each gets an answer by mail.">
      <Segmented label="State" value={status} onChange={onStatus} options={states} />
      <AdminList
        list={list}
        what="Applications"
        empty={status === 'pending' ? 'Every application has its answer.' : 'None in this state.'}
        row={(a) => (
          <li key={a.id} className="relative flex items-center gap-3 py-3">
            <Avatar name={a.name} />
            <div className="min-w-0 grow">
              <button type="button" className="block max-w-full truncate rounded-sm text-left after:absolute after:inset-0 hover:text-brass-ink" onClick={() => setOpen(a)}>{a.name}</button>
              <p className="flex flex-wrap gap-x-3 text-xs text-ink-3"><span>{a.email}</span><span>{a.account_type}</span><time dateTime={a.submitted_at}>{ago(a.submitted_at)}</time></p>
            </div>
            <span className={`text-xs ${looks[a.status][1]}`}>{looks[a.status][0]}</span>
          </li>
        )}
      />
      {open && <Review application={open} onClose={() => setOpen(null)} />}
    </Section>
  );
}

/** In the order in which they are asked for. */
const asked: Record<string, string> = { company_name: 'Name', website: 'Website', networks: 'Publishes on', audience: 'Readers', clients: 'Clients', current_solution: 'Uses today', goals: 'Wants' };

function Review({ application: a, onClose }: { application: Application; onClose: () => void }) {
  const client = useQueryClient();
  const [notes, setNotes] = useState(a.admin_notes);
  const [reason, setReason] = useState<string | null>(null);
  const refresh = () => void client.invalidateQueries({ queryKey: ['admin', 'applications'] });
  const path = { application: a.id };
  const note = useMutation({
    mutationFn: () => take(api.PATCH('/api/v1/admin/applications/{application}', { params: { path }, body: { admin_notes: notes } })),
    onError: (error) => toast('The note was not kept', { kind: 'error', detail: asProblem(error).message }),
    onSettled: refresh,
  });
  const approve = useMutation({
    mutationFn: () => take(api.POST('/api/v1/admin/applications/{application}/approve', { params: { path } })),
    onSuccess: () => {
      toast(`${a.name} is let in`, { detail: 'A link to make an account is on its way.' });
      onClose();
    },
    onSettled: refresh,
  });
  const reject = useMutation({
    mutationFn: () => take(api.POST('/api/v1/admin/applications/{application}/reject', { params: { path }, body: { reason: reason ?? '' } })),
    onSuccess: () => {
      toast(`${a.name} is told`);
      onClose();
    },
    onSettled: refresh,
  });
  const order = Object.keys(asked);
  const rank = (key: string) => (order.includes(key) ? order.indexOf(key) : order.length);
  const data = Object.entries(a.data as Record<string, unknown>).sort(([x], [y]) => rank(x) - rank(y)).filter(([, v]) => v !== null && v !== '' && !(Array.isArray(v) && v.length === 0));
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={a.name}
      description={`${a.email}, ${a.account_type}, ${fullTime(a.submitted_at)}`}
      size="lg"
      dirty={Boolean(reason?.trim()) || notes !== a.admin_notes}
      footer={a.status === 'pending' && (reason === null
        ? <><Button variant="danger" onClick={() => setReason('')}>Reject…</Button><Button variant="primary" busy={approve.isPending} onClick={() => approve.mutate()}>Approve</Button></>
        : <><Button onClick={() => setReason(null)}>Back</Button><Button variant="danger" busy={reject.isPending} disabled={!reason.trim()} onClick={() => reject.mutate()}>Reject and tell them</Button></>)}
    >
      <div className="grid gap-6">
        <dl className="grid grid-cols-[7rem_minmax(0,1fr)] gap-x-4 gap-y-2 text-sm">
          {data.map(([key, value]) => <div key={key} className="contents"><dt className="text-ink-3">{asked[key] ?? key.replaceAll('_', ' ')}</dt><dd className="whitespace-pre-wrap">{Array.isArray(value) ? value.join(', ') : String(value)}</dd></div>)}
          {a.rejection_reason && <><dt className="text-ink-3">Rejected</dt><dd>{a.rejection_reason}</dd></>}
        </dl>
        {reason !== null && <Field label="Why not? They read it." hint="Plain and kind.">{(ids) => <textarea {...ids} rows={4} autoFocus value={reason} onChange={(e) => setReason(e.target.value)} className={`${inputClass} h-auto py-2 max-lg:h-auto`} />}</Field>}
        <Field label="Notes for operators" hint={note.isPending ? 'Saving…' : notes !== a.admin_notes ? 'Kept when you leave the field.' : 'They never see these.'}>
          {(ids) => <textarea {...ids} rows={3} value={notes} onChange={(e) => setNotes(e.target.value)} onBlur={() => notes !== a.admin_notes && note.mutate()} className={`${inputClass} h-auto py-2 max-lg:h-auto`} />}
        </Field>
        <Fault error={approve.error ?? reject.error} />
      </div>
    </Dialog>
  );
}
