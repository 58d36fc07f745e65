import { asProblem } from '@/shared/api/problem';
import { noticePreferencesQuery } from '@/shared/api/queries';
import type { NoticeKind, NoticePreferences } from '@/shared/api/types';
import { noticeGroups, noticeKinds } from '@/shared/lib/notices';
import { longDate } from '@/shared/lib/time';
import { toast } from '@/shared/lib/toast';
import { useMedia } from '@/shared/lib/use-media';
import { useScope } from '@/shared/lib/use-scope';
import { QuietHours } from '@/shared/preferences/quiet-hours';
import { useChangePreferences } from '@/shared/preferences/use-change';
import { Checkbox } from '@/shared/ui/choice';
import { Section } from '@/shared/ui/section';
import { ErrorState, Loading, SkeletonText } from '@/shared/ui/states';
import { useQuery } from '@tanstack/react-query';

/** What one is told of, and by which ways. A tick is kept at once. */
export function Notifications() {
  const preferences = useQuery(noticePreferencesQuery);
  if (preferences.isPending) return <Section title="Notifications"><Loading what="what you are told of"><SkeletonText lines={10} /></Loading></Section>;
  if (preferences.isError) return <ErrorState error={preferences.error} retry={() => void preferences.refetch()} />;
  return (
    <>
      <Kinds preferences={preferences.data} />
      <Section title="Quiet hours" lead="No mail comes then; it waits for the end. The bell goes on counting."><QuietHours preferences={preferences.data} /></Section>
      <Marketing preferences={preferences.data} />
    </>
  );
}

const failed = (error: unknown) => toast('That was not kept', { kind: 'error', detail: asProblem(error).message });

function Kinds({ preferences: { mail, kinds } }: { preferences: NoticePreferences }) {
  const { user } = useScope();
  const change = useChangePreferences();
  const roomy = useMedia('(min-width: 40rem)');
  const ways = new Map<NoticeKind, { app: boolean; mail: boolean }>(kinds.map((k) => [k.kind, { app: k.app, mail: k.mail }]));
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
              <tr><th scope="rowgroup" colSpan={3} className="pt-4 pb-1 text-left font-semibold">{group.title}{group.note && <span className="block text-xs font-normal text-ink-3">{group.note}</span>}</th></tr>
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
          <h3 className="border-b pb-2 text-sm font-semibold">{group.title}{group.note && <span className="block text-xs font-normal text-ink-3">{group.note}</span>}</h3>
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

function Marketing({ preferences: { marketing, marketing_opted_in_at: since } }: { preferences: NoticePreferences }) {
  const { user } = useScope();
  const change = useChangePreferences();
  return (
    <Section title="News of Bellwether" lead="Now and then: what is new, and when something begins. Each mail has a link that ends it.">
      <label className="flex items-start gap-3">
        <Checkbox className="mt-0.5" label="Send me news" checked={marketing} onChange={(on) => change.mutate({ marketing: on }, { onError: failed })} />
        <span className="text-sm"><span className="font-semibold">Send me news</span>{marketing && since && <span className="block text-ink-2">You agreed on {longDate(new Date(since), user.time_zone)}.</span>}</span>
      </label>
    </Section>
  );
}
