import { api, take } from '@/shared/api/client';
import { asProblem } from '@/shared/api/problem';
import { toast } from '@/shared/lib/toast';
import { Button, IconButton } from '@/shared/ui/button';
import { Checkbox } from '@/shared/ui/choice';
import { TextField } from '@/shared/ui/field';
import { Fault } from '@/shared/ui/note';
import { Section } from '@/shared/ui/section';
import { Empty, ErrorState, Loading, SkeletonText } from '@/shared/ui/states';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Trash2 } from 'lucide-react';
import { useState } from 'react';
import { notificationsQuery, type NotificationType } from './queries';

const kinds: [NotificationType, string][] = [['creator_applications', 'Creators apply'], ['agency_applications', 'Agencies apply'], ['waitlist', 'The waitlist grows'], ['demos', 'Demos are asked for']];

/** Who hears by mail of what comes in. */
export function Notifications() {
  const client = useQueryClient();
  const list = useQuery(notificationsQuery);
  const [email, setEmail] = useState('');
  const put = useMutation({
    mutationFn: (body: { email: string; notification_types: NotificationType[] }) => take(api.PUT('/api/v1/admin/notification-settings', { body: { ...body, active: true } })),
    onSuccess: (fresh) => client.setQueryData(notificationsQuery.queryKey, fresh),
  });
  const remove = useMutation({
    mutationFn: (id: string) => api.DELETE('/api/v1/admin/notification-settings/{setting}', { params: { path: { setting: id } } }),
    onSuccess: () => toast('No more mails there'),
    onError: (error) => toast('That did not work', { kind: 'error', detail: asProblem(error).message }),
    onSettled: () => void client.invalidateQueries({ queryKey: notificationsQuery.queryKey }),
  });
  const problem = put.error ? asProblem(put.error) : null;
  return (
    <Section title="Notifications" lead="Who hears by mail of what comes in.">
      {list.isPending ? <Loading what="notifications"><SkeletonText lines={3} /></Loading>
        : list.isError ? <ErrorState error={list.error} retry={() => void list.refetch()} compact />
          : list.data.items.length === 0 ? <Empty title="Nobody is told">Add an address, so that applications don’t wait unseen.</Empty>
            : (
              <ul className="divide-y border-t" aria-label="Addresses">
                {list.data.items.map((n) => (
                  <li key={n.id} className="grid gap-2 py-4">
                    <div className="flex items-center gap-3"><p className="min-w-0 grow truncate font-semibold">{n.email}</p><IconButton label={`Remove ${n.email}`} onClick={() => remove.mutate(n.id)}><Trash2 /></IconButton></div>
                    <div className="flex flex-wrap gap-x-6 gap-y-2">
                      {kinds.map(([kind, label]) => (
                        <label key={kind} className="flex min-h-8 items-center gap-2.5 text-sm">
                          <Checkbox label={`${label}: tell ${n.email}`} checked={n.notification_types.includes(kind)} onChange={(on) => put.mutate({ email: n.email, notification_types: on ? [...n.notification_types, kind] : n.notification_types.filter((t) => t !== kind) })} /> {label}
                        </label>
                      ))}
                    </div>
                  </li>
                ))}
              </ul>
            )}
      <form
        noValidate
        className="flex max-w-110 flex-wrap items-end gap-3"
        onSubmit={(e) => {
          e.preventDefault();
          put.mutate({ email: email.trim(), notification_types: kinds.map(([k]) => k) }, { onSuccess: () => setEmail('') });
        }}
      >
        <div className="grow basis-60"><TextField label={list.data?.items.length ? 'Another address' : 'Address'} type="email" value={email} onChange={(e) => setEmail(e.target.value)} error={problem?.at('email')} /></div>
        <Button type="submit" busy={put.isPending} disabled={!email.trim()}>Add</Button>
      </form>
      <Fault error={problem} fields={['email']} />
    </Section>
  );
}
