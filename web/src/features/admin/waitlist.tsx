import { api } from '@/shared/api/client';
import { asProblem } from '@/shared/api/problem';
import { ago } from '@/shared/lib/time';
import { toast } from '@/shared/lib/toast';
import { Button, IconButton } from '@/shared/ui/button';
import { TextField } from '@/shared/ui/field';
import { Fault } from '@/shared/ui/note';
import { Section } from '@/shared/ui/section';
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { Trash2 } from 'lucide-react';
import { useState } from 'react';
import { AdminList } from './list';
import { waitlistQuery, type Waiting } from './queries';

export function Waitlist() {
  const client = useQueryClient();
  const list = useInfiniteQuery(waitlistQuery);
  const refresh = () => void client.invalidateQueries({ queryKey: waitlistQuery.queryKey });
  const grant = useMutation({
    mutationFn: (w: Waiting) => api.POST('/api/v1/admin/waitlist/{entry}/grant', { params: { path: { entry: w.id } } }),
    onSuccess: (_, w) => toast(`A link is on its way to ${w.email}`),
    onError: (error) => toast('They were not let in', { kind: 'error', detail: asProblem(error).message }),
    onSettled: refresh,
  });
  const remove = useMutation({
    mutationFn: (w: Waiting) => api.DELETE('/api/v1/admin/waitlist/{entry}', { params: { path: { entry: w.id } } }),
    onSuccess: (_, w) => toast(`${w.email} no longer waits`),
    onError: (error) => toast('That did not work', { kind: 'error', detail: asProblem(error).message }),
    onSettled: refresh,
  });
  return (
    <>
      <Section title="Waitlist" lead="Who waits longest comes first. Letting somebody in mails them a link, good for two weeks.">
        <AdminList
          list={list}
          what="Waitlist"
          empty="Nobody waits."
          row={(w) => (
            <li key={w.id} className="flex items-center gap-3 py-3">
              <div className="min-w-0 grow">
                <p className="truncate">{w.email}</p>
                <p className="flex flex-wrap gap-x-3 text-xs text-ink-3">{w.name && <span>{w.name}</span>}<span>asked {ago(w.created_at)}</span>{w.early_access_granted_at && <span className="text-good">let in {ago(w.early_access_granted_at)}</span>}{w.user_id && <span className="text-good">has an account</span>}</p>
              </div>
              {!w.user_id && <Button size="sm" busy={grant.isPending && grant.variables.id === w.id} onClick={() => grant.mutate(w)} aria-label={`Let ${w.email} in`}>{w.early_access_granted_at ? 'Send again' : 'Let in'}</Button>}
              <IconButton label={`Take ${w.email} off the list`} onClick={() => remove.mutate(w)}><Trash2 /></IconButton>
            </li>
          )}
        />
      </Section>
      <Invite />
    </>
  );
}

function Invite() {
  const [email, setEmail] = useState('');
  const invite = useMutation({
    mutationFn: () => api.POST('/api/v1/admin/sign-up-invitations', { body: { email: email.trim() } }),
    onSuccess: () => {
      toast(`A link is on its way to ${email.trim()}`);
      setEmail('');
    },
  });
  const problem = invite.error ? asProblem(invite.error) : null;
  return (
    <Section title="Invite somebody" lead="To make an account of their own, past the waitlist.">
      <form
        noValidate
        className="flex max-w-110 flex-wrap items-end gap-3"
        onSubmit={(e) => {
          e.preventDefault();
          invite.mutate();
        }}
      >
        <div className="grow basis-60"><TextField label="Email" type="email" value={email} onChange={(e) => setEmail(e.target.value)} error={problem?.at('email')} /></div>
        <Button type="submit" busy={invite.isPending} disabled={!email.trim()}>Send the link</Button>
      </form>
      <Fault error={problem} fields={['email']} />
    </Section>
  );
}
