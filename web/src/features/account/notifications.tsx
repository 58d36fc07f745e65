import { api, take } from '@/shared/api/client';
import { asProblem } from '@/shared/api/problem';
import { noticePreferencesQuery } from '@/shared/api/queries';
import type { NoticeKind, NoticePreferences, UpdateNoticePreferences } from '@/shared/api/types';
import { changePreferences } from '@/shared/lib/notice-preferences';
import { noticeGroups, noticeKinds } from '@/shared/lib/notices';
import { longDate } from '@/shared/lib/time';
import { toast } from '@/shared/lib/toast';
import { useMedia } from '@/shared/lib/use-media';
import { useScope } from '@/shared/lib/use-scope';
import { Checkbox } from '@/shared/ui/choice';
import { TextField } from '@/shared/ui/field';
import { Form, Section } from '@/shared/ui/section';
import { ErrorState, Loading, SkeletonText } from '@/shared/ui/states';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';

/** What one is told of, and by which ways. A tick is kept at once. */
export function Notifications() {
  const preferences = useQuery(noticePreferencesQuery);
  if (preferences.isPending) return <Section title="Notifications"><Loading what="what you are told of"><SkeletonText lines={10} /></Loading></Section>;
  if (preferences.isError) return <ErrorState error={preferences.error} retry={() => void preferences.refetch()} />;
  return (
    <>
      <Kinds preferences={preferences.data} />
      <QuietHours preferences={preferences.data} />
      <Marketing preferences={preferences.data} />
    </>
  );
}

const mutationKey = ['notice-preferences'];

function useChange() {
  const client = useQueryClient();
  const { queryKey } = noticePreferencesQuery;
  return useMutation({
    mutationKey,
    // One after the other, so that the last tick is what is kept.
    scope: { id: 'notice-preferences' },
    mutationFn: (body: UpdateNoticePreferences) => take(api.PATCH('/api/v1/me/notification-preferences', { body })),
    onMutate: async (change) => {
      await client.cancelQueries({ queryKey });
      client.setQueryData(queryKey, (old) => old && changePreferences(old, change));
    },
    onSuccess: (fresh) => {
      // Another tick is on its way, which this answer does not know yet.
      if (client.isMutating({ mutationKey }) === 1) client.setQueryData(queryKey, fresh);
    },
    onError: () => client.invalidateQueries({ queryKey }),
  });
}
const failed = (error: unknown) => toast('That was not kept', { kind: 'error', detail: asProblem(error).message });

function Kinds({ preferences: { mail, kinds } }: { preferences: NoticePreferences }) {
  const { user } = useScope();
  const change = useChange();
  const roomy = useMedia('(min-width: 40rem)');
  const ways = new Map(kinds.map((k) => [k.kind, { app: k.app, mail: k.mail }]));
  const box = (kind: NoticeKind, way: 'app' | 'mail') => {
    const now = ways.get(kind) ?? { app: true, mail: false };
    const label = `${noticeKinds[kind].label}: ${way === 'app' ? 'in the app' : 'by mail'}`;
    return <Checkbox label={label} checked={now[way]} disabled={way === 'mail' && !mail} onChange={(on) => change.mutate({ kinds: { [kind]: { ...now, [way]: on } } }, { onError: failed })} />;
  };
  return (
    <Section title="Notifications" lead="What you are told of: under the bell, and by mail. What you read in the app within five minutes is not mailed.">
      <label className="flex items-start gap-3">
        <Checkbox className="mt-0.5" label="Send me mail" checked={mail} onChange={(on) => change.mutate({ mail: on }, { onError: failed })} />
        <span className="text-sm"><span className="font-semibold">Send me mail</span><span className="block text-ink-2">To {user.email}. Off, nothing of the list below comes by mail.</span></span>
      </label>
      {roomy ? (
        <table className="w-full text-sm">
          <caption className="sr-only">What you are told of, and how</caption>
          <thead>
            <tr className="text-xs text-ink-3">
              <th scope="col" className="pb-2 text-left font-normal"><span className="sr-only">What happens</span></th>
              <th scope="col" className="w-24 pb-2 font-normal">In the app</th>
              <th scope="col" className="w-24 pb-2 font-normal">By mail</th>
            </tr>
          </thead>
          {noticeGroups.map((group) => (
            <tbody key={group.title} className="border-t">
              <tr><th scope="rowgroup" colSpan={3} className="pt-4 pb-1 text-left font-semibold">{group.title}</th></tr>
              {group.kinds.map((kind) => (
                <tr key={kind} className="h-10 last:h-13 last:*:pb-3">
                  <th scope="row" className="text-left font-normal text-ink-2"><Kind kind={kind} /></th>
                  <td><div className="flex justify-center">{box(kind, 'app')}</div></td>
                  <td><div className="flex justify-center">{box(kind, 'mail')}</div></td>
                </tr>
              ))}
            </tbody>
          ))}
        </table>
      ) : noticeGroups.map((group) => (
        <section key={group.title}>
          <h3 className="border-b pb-2 text-sm font-semibold">{group.title}</h3>
          <ul className="divide-y" aria-label={group.title}>
            {group.kinds.map((kind) => (
              <li key={kind} className="py-3 text-sm">
                <p><Kind kind={kind} /></p>
                <p className="mt-1 flex gap-8 pl-7">
                  <label className="flex min-h-10 items-center gap-2.5 text-ink-2">{box(kind, 'app')} In the app</label>
                  <label className="flex min-h-10 items-center gap-2.5 text-ink-2">{box(kind, 'mail')} By mail</label>
                </p>
              </li>
            ))}
          </ul>
        </section>
      ))}
    </Section>
  );
}

function Kind({ kind }: { kind: NoticeKind }) {
  const { icon: Icon, label } = noticeKinds[kind];
  return <span className="flex items-center gap-3"><Icon className="size-4 shrink-0 text-ink-3" strokeWidth={1.75} aria-hidden /> {label}</span>;
}

function QuietHours({ preferences }: { preferences: NoticePreferences }) {
  const { user, scope } = useScope();
  const change = useChange();
  const kept = preferences.quiet_hours ?? null;
  const [form, setForm] = useState({ on: kept !== null, from: kept?.from ?? '22:00', to: kept?.to ?? '07:00' });
  const set = (part: Partial<typeof form>) => setForm((f) => ({ ...f, ...part }));
  const dirty = form.on !== (kept !== null) || (form.on && kept !== null && (form.from !== kept.from || form.to !== kept.to));
  const problem = change.error ? asProblem(change.error) : null;
  const save = () => change.mutate({ quiet_hours: form.on ? { from: form.from, to: form.to } : null }, { onSuccess: () => toast('Saved') });
  return (
    <Section title="Quiet hours" lead="No mail comes then; it waits for the end. The bell goes on counting.">
      <Form onSubmit={save} busy={change.isPending} dirty={dirty} problem={problem} located={Boolean(problem?.at('quiet_hours/from') ?? problem?.at('quiet_hours/to'))}>
        <label className="flex items-center gap-3 text-sm"><Checkbox label="Keep quiet hours" checked={form.on} onChange={(on) => set({ on })} /> Keep quiet hours</label>
        {form.on && (
          <div className="grid gap-2">
            <div className="grid max-w-72 grid-cols-2 items-start gap-4">
              <TextField label="From" type="time" value={form.from} onChange={(e) => set({ from: e.target.value.slice(0, 5) })} error={problem?.at('quiet_hours/from')} className="tabular-nums" />
              <TextField label="To" type="time" value={form.to} onChange={(e) => set({ to: e.target.value.slice(0, 5) })} error={problem?.at('quiet_hours/to')} className="tabular-nums" />
            </div>
            <p className="text-xs text-ink-3">On your clock: {user.time_zone.replaceAll('_', ' ')}. <Link to="/$org/$brand/settings/$section" params={{ ...scope, section: 'profile' }} className="rounded-sm underline underline-offset-4">Change it</Link></p>
          </div>
        )}
      </Form>
    </Section>
  );
}

function Marketing({ preferences: { marketing, marketing_opted_in_at: since } }: { preferences: NoticePreferences }) {
  const { user } = useScope();
  const change = useChange();
  return (
    <Section title="News of Bellwether" lead="Now and then: what is new, and when something begins. Each mail has a link that ends it.">
      <label className="flex items-start gap-3">
        <Checkbox className="mt-0.5" label="Send me news" checked={marketing} onChange={(on) => change.mutate({ marketing: on }, { onError: failed })} />
        <span className="text-sm"><span className="font-semibold">Send me news</span>{marketing && since && <span className="block text-ink-2">You agreed on {longDate(new Date(since), user.time_zone)}.</span>}</span>
      </label>
    </Section>
  );
}
