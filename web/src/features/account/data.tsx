import { api, take } from '@/shared/api/client';
import { asProblem, type Problem } from '@/shared/api/problem';
import { deletedOrganizationsQuery, keys, organizationPath } from '@/shared/api/queries';
import { leaveSession } from '@/shared/api/signed-out';
import { fullTime } from '@/shared/lib/time';
import { forgetPerson } from '@/shared/lib/theme';
import { toast } from '@/shared/lib/toast';
import { useScope } from '@/shared/lib/use-scope';
import { Button } from '@/shared/ui/button';
import { ConfirmDialog } from '@/shared/ui/confirm';
import { useConfirmSelf } from '@/shared/ui/confirm-self';
import { Fault } from '@/shared/ui/note';
import { Section } from '@/shared/ui/section';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Download } from 'lucide-react';
import { useState } from 'react';

/** One's own data: take it along, bring back what was deleted, or go. */
export function MyData() {
  const { user } = useScope();
  const self = useConfirmSelf();
  const [problem, setProblem] = useState<Problem | null>(null);
  const [leaving, setLeaving] = useState(false);
  const download = () => {
    setProblem(null);
    self.run(
      () => take<unknown>(api.GET('/api/v1/me/export')),
      (data) => {
        const url = URL.createObjectURL(new Blob([JSON.stringify(data, null, 2)], { type: 'application/json' }));
        const link = document.createElement('a');
        link.href = url;
        link.download = 'bellwether-account.json';
        link.click();
        setTimeout(() => URL.revokeObjectURL(url), 1000);
      },
      setProblem,
    );
  };
  const remove = () => self.run(
    () => take(api.DELETE('/api/v1/me')),
    ({ until }) => {
      leaveSession();
      forgetPerson();
      window.location.assign(`/sign-in?deleted=${encodeURIComponent(until)}`);
    },
    (found) => {
      setLeaving(false);
      setProblem(found);
    },
  );
  return (
    <>
      <Section title="Your data" lead="Everything that is kept about you as a person, in one file: your account, your preferences, notices and what was sent to you. Never a secret, and not what belongs to an organization." action={<Button busy={self.busy} onClick={download}><Download className="size-4" /> Download</Button>}>
        <Fault error={problem} />
      </Section>
      <DeletedOrganizations />
      <Section title="Delete the account" lead="You are signed out everywhere. For 14 days the link in a mail, or signing in, brings everything back; then it is erased. Organizations that only you belong to go with it." action={<Button variant="danger" onClick={() => setLeaving(true)}>Delete my account</Button>}>
        {null}
      </Section>
      {self.dialog}
      {leaving && !self.dialog && (
        <ConfirmDialog title="Delete your account?" action="Delete my account" typed={user.email} busy={self.busy} onConfirm={remove} onClose={() => setLeaving(false)}>
          <p>Drafts in organizations that others belong to stay theirs.</p>
        </ConfirmDialog>
      )}
    </>
  );
}

function DeletedOrganizations() {
  const { user } = useScope();
  const client = useQueryClient();
  const list = useQuery(deletedOrganizationsQuery);
  const restore = useMutation({
    mutationFn: (id: string) => take(api.POST(`${organizationPath}/restore`, { params: { path: { org: id } } })),
    onSuccess: (back) => toast(`${back.name} is back`),
    onError: (error) => toast('It could not be brought back', { kind: 'error', detail: asProblem(error).message }),
    onSettled: () => {
      void client.invalidateQueries({ queryKey: deletedOrganizationsQuery.queryKey });
      void client.invalidateQueries({ queryKey: keys.me });
    },
  });
  if (!list.data?.items.length) return null;
  return (
    <Section title="Deleted organizations" lead="They can still be brought back.">
      <ul className="divide-y border-t">
        {list.data.items.map((o) => (
          <li key={o.id} className="flex items-center gap-4 py-3">
            <div className="min-w-0 grow"><p className="truncate">{o.name}</p><p className="text-xs text-ink-3">gone for good on {fullTime(o.gone_at, user.time_zone)}</p></div>
            <Button size="sm" busy={restore.isPending && restore.variables === o.id} onClick={() => restore.mutate(o.id)}>Bring back</Button>
          </li>
        ))}
      </ul>
    </Section>
  );
}
