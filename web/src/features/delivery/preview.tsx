import { asProblem } from '@/shared/api/problem';
import { fullTime } from '@/shared/lib/time';
import { toast } from '@/shared/lib/toast';
import { useScope } from '@/shared/lib/use-scope';
import { Button, buttonClass } from '@/shared/ui/button';
import { Segmented } from '@/shared/ui/choice';
import { Disclosure } from '@/shared/ui/disclosure';
import { Menu, MenuItem } from '@/shared/ui/menu';
import { ErrorState, Loading, Skeleton } from '@/shared/ui/states';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { ChevronDown, Monitor, Moon, Send, Smartphone, Sun } from 'lucide-react';
import type { ChannelKind, Preview as Next } from './contract';
import { ChannelIcon } from './icon';
import { MailFrame } from './mail-frame';
import { channelsKey, channelsQuery, previewQuery, sendTrial } from './queries';
import type { DeliveryView } from './view';
import { byWay, names, triable } from './ways';
import { sayDate } from './words';

/** The next delivery as it would be now, beside what decides about it. */
export function Preview({ view, onView }: { view: DeliveryView; onView: (view: DeliveryView) => void }) {
  const { scope, brand, user } = useScope();
  const next = useQuery(previewQuery(scope));
  const known: Next | undefined = next.data;
  const others = (known?.channels ?? []).filter((c) => c.channel !== 'email');
  const client = useQueryClient();
  const ways = triable(useQuery(channelsQuery).data?.items ?? []);
  const trial = useMutation({
    mutationFn: (channel: ChannelKind) => sendTrial(scope, channel),
    onSuccess: (_, channel) => toast(`A trial is on its way by ${byWay(channel)}`, { detail: `${channel === 'email' ? `To ${user.email}. ` : ''}It counts as no delivery, and its links approve nothing.` }),
    onError: (error) => toast('No trial was sent', { kind: 'error', detail: asProblem(error).errors.map((e) => e.message).join(' ') || asProblem(error).message }),
    // What the other side refused stands at the way.
    onSettled: (_, __, channel) => channel !== 'email' && client.invalidateQueries({ queryKey: channelsKey }),
  });
  const width = view.width === 'desktop' ? 'desktop' : 'phone';
  const look = view.look === 'dark' ? 'dark' : 'light';
  const html = next.data?.html;
  return (
    <section aria-labelledby="next-mail" className="grid content-start gap-3">
      <div>
        <h2 id="next-mail" className="text-sm font-semibold">The next one, as it stands</h2>
        <p className="mt-0.5 min-h-4 text-xs text-ink-3">{next.data && when(next.data, user.time_zone)}</p>
      </div>
      <div className="flex flex-wrap items-center justify-between gap-x-2 gap-y-1">
        <div className="-ml-1 flex">
          <Segmented label="Width" value={width} onChange={(w) => onView({ ...view, width: w === 'phone' ? undefined : w })} options={[{ value: 'phone', label: <Mark icon={Smartphone} name="As on a phone" /> }, { value: 'desktop', label: <Mark icon={Monitor} name="As in a window" /> }]} />
          <span className="mx-1 my-1.5 w-px bg-line" aria-hidden />
          <Segmented label="Look" value={look} onChange={(l) => onView({ ...view, look: l === 'light' ? undefined : l })} options={[{ value: 'light', label: <Mark icon={Sun} name="Light" /> }, { value: 'dark', label: <Mark icon={Moon} name="Dark" /> }]} />
        </div>
        {ways.length < 2 ? <Button size="sm" busy={trial.isPending} disabled={!html} onClick={() => trial.mutate('email')}><Send className="size-4" /> Send me a trial</Button> : (
          <Menu trigger={<Button size="sm" busy={trial.isPending} disabled={!html}><Send className="size-4" /> Send me a trial <ChevronDown className="size-3.5 text-ink-3" /></Button>}>
            {ways.map((way) => <MenuItem key={way} icon={Send} onSelect={() => trial.mutate(way)}>By {byWay(way)}</MenuItem>)}
          </Menu>
        )}
      </div>
      {next.isPending ? <Loading what="the next delivery"><Skeleton className="h-96 w-full" /></Loading>
        : next.isError ? <ErrorState compact error={next.error} retry={() => void next.refetch()} />
          : html ? (
            <>
              <p className="truncate text-sm"><span className="text-ink-3">Subject </span>{next.data.subject}</p>
              <MailFrame html={html} width={width} look={look} title={`The next mail of ${brand.name}`} />
              {others.length > 0 && (
                <Disclosure label="By the other ways" quiet className="text-sm">
                  <ul className="mt-3 grid gap-4">
                    {others.map((c) => (
                      <li key={c.channel} className="grid gap-1 rounded-md bg-sunk px-4 py-3">
                        <p className="flex items-center gap-2 text-xs text-ink-3"><ChannelIcon kind={c.channel} className="size-3.5" /> {names[c.channel]}</p>
                        <p className="font-semibold">{c.title}</p>
                        <p className="text-ink-2 wrap-anywhere whitespace-pre-line">{c.text}</p>
                      </li>
                    ))}
                  </ul>
                </Disclosure>
              )}
            </>
          ) : (
            <div className="grid justify-items-start gap-3 rounded-md border border-dashed border-line-strong px-5 py-6 text-sm">
              <p className="font-serif text-lg">Nothing would come</p>
              <p className="text-ink-2">{next.data.skipped ?? 'No day is chosen, so no delivery is due.'}</p>
              <Link to="/$org/$brand/studio" params={scope} className={buttonClass('line', 'sm')}>Make drafts</Link>
            </div>
          )}
    </section>
  );
}

function Mark({ icon: Icon, name }: { icon: typeof Sun; name: string }) {
  return <span title={name} className="flex h-full items-center"><Icon className="size-4" aria-hidden /><span className="sr-only">{name}</span></span>;
}

function when({ date, due_at }: Next, zone: string): string {
  if (due_at) return `Due ${fullTime(due_at, zone)}`;
  return date ? `For ${sayDate(date)}` : 'No delivery is due';
}
