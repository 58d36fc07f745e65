import { asProblem } from '@/shared/api/problem';
import { networksQuery, noticePreferencesQuery } from '@/shared/api/queries';
import type { NetworkId } from '@/shared/api/types';
import { useDebounced } from '@/shared/draft/check';
import { toast } from '@/shared/lib/toast';
import { useMay } from '@/shared/lib/use-may';
import { useScope } from '@/shared/lib/use-scope';
import { sayZone } from '@/shared/lib/zone';
import { QuietHours } from '@/shared/preferences/quiet-hours';
import { useChangePreferences } from '@/shared/preferences/use-change';
import { Checkbox, Segmented } from '@/shared/ui/choice';
import { SelectField, TextField } from '@/shared/ui/field';
import { NetworkGlyph } from '@/shared/ui/network-glyph';
import { Section } from '@/shared/ui/section';
import { ErrorState, Loading, SkeletonText } from '@/shared/ui/states';
import { ToggleChips } from '@/shared/ui/toggle-chips';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { Connect } from './connect';
import type { ChannelKind, Day, Morning, Preferences, UpdatePreferences } from './contract';
import { History } from './history';
import { Preview } from './preview';
import { deliveriesKey } from './queries';
import { connectOf, type DeliveryView } from './view';
import { Ways } from './ways-list';
import { orderOf, turned } from './ways';
import { days, formWords } from './words';

interface MorningProps { view: DeliveryView; onView: (view: DeliveryView) => void }

/** What comes in the morning, when, by which way, and what came. Every choice is kept at once. */
export function MorningDelivery({ view, onView }: MorningProps) {
  const preferences = useQuery(noticePreferencesQuery);
  const shown = view.show === 'history' ? 'history' : 'settings';
  const mayRead = useMay('posts.read');
  return (
    <>
      <header className="mb-6 grid gap-3">
        <div>
          <h2 className="font-serif text-xl">Morning delivery</h2>
          <p className="mt-1 max-w-prose text-sm text-ink-2">The best drafts that wait, with what rises among your sources, brought to you once a day. Approve them from wherever you are.</p>
        </div>
        <Segmented label="What of it" value={shown} onChange={(s) => onView({ ...view, show: s === 'history' ? s : undefined })} options={[{ value: 'settings', label: 'Settings' }, { value: 'history', label: 'What came' }]} className="-ml-1" />
      </header>
      {shown === 'history' ? <div className="max-w-200"><History /></div>
        : preferences.isPending ? <Loading what="the morning delivery"><SkeletonText lines={12} /></Loading>
          : preferences.isError ? <ErrorState error={preferences.error} retry={() => void preferences.refetch()} />
            : (
              <div className="grid gap-x-8 gap-y-10 xl:grid-cols-[minmax(0,7fr)_minmax(19rem,5fr)] 2xl:gap-x-10">
                <div className="min-w-0"><Choices preferences={preferences.data} view={view} onView={onView} /></div>
                {mayRead && <div className="min-w-0 self-start xl:sticky xl:top-8"><Preview view={view} onView={onView} /></div>}
              </div>
            )}
    </>
  );
}

function Choices({ preferences, view, onView }: MorningProps & { preferences: Preferences }) {
  const { scope, user } = useScope();
  const client = useQueryClient();
  const change = useChangePreferences();
  const morning: Morning = preferences.morning;
  const order = orderOf(morning);
  // The preview is of what was just kept.
  const set = (body: UpdatePreferences) => change.mutate(body, {
    onError: (error) => toast('That was not kept', { kind: 'error', detail: asProblem(error).errors.map((e) => e.message).join(' ') || asProblem(error).message }),
    onSettled: () => client.invalidateQueries({ queryKey: deliveriesKey(scope) }),
  });
  const setOrder = (channels: ChannelKind[]) => set({ morning: { channels } });
  const connect = connectOf(view);
  const close = () => onView({ ...view, connect: undefined });
  return (
    <>
      <Section title="When" lead="On the days and at the time you choose, on your own clock.">
        <div className="grid gap-5">
          <Time value={morning.time} onChange={(time) => set({ morning: { time } })} zone={user.time_zone} />
          <ToggleChips<Day> row label="Days" options={days} chosen={morning.days} onChange={(chosen) => set({ morning: { days: chosen } })} hint={morning.days.length === 0 ? 'No day is chosen: nothing comes.' : undefined} />
        </div>
      </Section>
      <Section title="By which way" lead="The first that works brings it. When it fails, the next one does.">
        <Ways order={order} setOrder={setOrder} number={morning.whatsapp_number ?? null} connect={(kind) => onView({ ...view, connect: kind })} />
      </Section>
      <Section title="What it brings" lead="The best of what waits for a decision, within these bounds.">
        <Bounds morning={morning} set={(part) => set({ morning: part })} />
      </Section>
      <Section title="Besides" lead="By the same ways, when there is something to tell.">
        <div className="grid gap-4">
          <Tick label="When a trend rises fast" note="A few times a day at most, and only what concerns the brand. A morning without new drafts brings it too." checked={preferences.trend_alerts} onChange={(on) => set({ trend_alerts: on })} />
          <Tick label="Before something has to go out" note="When a post is due that waits for you." checked={preferences.post_reminders} onChange={(on) => set({ post_reminders: on })} />
          <Tick label="Your week, on Monday" note="What went out, what it did, and what comes." checked={preferences.weekly_reports} onChange={(on) => set({ weekly_reports: on })} />
          <Tick label="Tell when the mail was opened" note="By a small picture in it. The list of what came then says so." checked={morning.open_tracking} onChange={(on) => set({ morning: { open_tracking: on } })} />
        </div>
      </Section>
      <Section title="Quiet hours" lead="Nothing comes then by any way; it waits for the end.">
        <QuietHours preferences={preferences} />
      </Section>
      {connect && (
        <Connect
          kind={connect}
          number={morning.whatsapp_number ?? null}
          setNumber={(number) => change.mutateAsync({ morning: { whatsapp_number: number } })}
          done={(kind) => {
            if (!order.includes(kind)) setOrder(turned(order, kind, true));
            close();
          }}
          onClose={close}
        />
      )}
    </>
  );
}

/** Kept a moment after the last key, or when one leaves the field. */
function Time({ value, onChange, zone }: { value: string; onChange: (time: string) => void; zone: string }) {
  const { scope } = useScope();
  const [typed, setTyped] = useState(value);
  const settled = useDebounced(typed, 700);
  const latest = useRef(onChange);
  useEffect(() => {
    latest.current = onChange;
  });
  useEffect(() => {
    if (/^\d{2}:\d{2}$/.test(settled) && settled !== value) latest.current(settled);
    // Only what is typed is kept; what the server says is not sent back to it.
  }, [settled]); // eslint-disable-line react-hooks/exhaustive-deps
  return (
    <div className="max-w-80">
      <TextField
        label="Time"
        type="time"
        required
        value={typed}
        onChange={(e) => setTyped(e.target.value.slice(0, 5))}
        className="max-w-36 tabular-nums"
        hint={<>In {sayZone(zone)}. <Link to="/$org/$brand/settings/$section" params={{ ...scope, section: 'profile' }} className="rounded-sm underline underline-offset-4">Another zone</Link></>}
      />
    </div>
  );
}

const steps = [1, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 50];

function Bounds({ morning, set }: { morning: Morning; set: (part: NonNullable<UpdatePreferences['morning']>) => void }) {
  const all = (useQuery(networksQuery).data?.networks ?? []).filter((n) => n.id !== 'sandbox');
  const ids: string[] = all.map((n) => n.id);
  const chosen = morning.networks;
  const within = chosen.length > 0 ? all.filter((n) => chosen.includes(n.id)) : all;
  // The forms of the networks that are looked at, and those that were chosen before.
  const types = [...new Set([...within.flatMap((n) => n.content_types.map((t) => t.id as string)), ...morning.content_formats])];
  const most = [...new Set([...steps, morning.max_drafts])].sort((a, b) => a - b);
  return (
    <div className="grid gap-6">
      <SelectField label="At most" value={String(morning.max_drafts)} onChange={(e) => set({ max_drafts: Number(e.target.value) })} className="max-w-36">
        {most.map((n) => <option key={n} value={n}>{n === 1 ? '1 draft' : `${n} drafts`}</option>)}
      </SelectField>
      <ToggleChips
        label="Only for these networks"
        options={[...all.map((n) => ({ value: n.id, label: <><NetworkGlyph network={n.id} className="size-3.5" /> {n.name}</> })), ...chosen.filter((id) => !ids.includes(id)).map((id) => ({ value: id, label: <>{id}</> }))]}
        chosen={chosen}
        onChange={(networks: NetworkId[]) => set({ networks })}
        hint={chosen.length === 0 ? 'None is chosen: drafts for all networks come.' : undefined}
      />
      <ToggleChips
        label="Only these forms"
        options={types.map((t) => ({ value: t, label: formWords(t) }))}
        chosen={morning.content_formats}
        onChange={(content_formats) => set({ content_formats })}
        hint={morning.content_formats.length === 0 ? 'None is chosen: drafts of all forms come.' : undefined}
      />
    </div>
  );
}

function Tick({ label, note, checked, onChange }: { label: string; note: string; checked: boolean; onChange: (on: boolean) => void }) {
  return (
    <label className="flex items-start gap-3">
      <Checkbox className="mt-0.5" label={label} checked={checked} onChange={onChange} />
      <span className="text-sm"><span className="font-semibold">{label}</span><span className="block text-ink-2">{note}</span></span>
    </label>
  );
}
