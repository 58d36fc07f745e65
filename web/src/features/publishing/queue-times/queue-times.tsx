import { api, seen, take } from '@/shared/api/client';
import { asProblem } from '@/shared/api/problem';
import { networksQuery } from '@/shared/api/queries';
import { cn } from '@/shared/lib/cn';
import { toast } from '@/shared/lib/toast';
import { useUnsaved } from '@/shared/lib/unsaved';
import { useMay } from '@/shared/lib/use-may';
import { useScope } from '@/shared/lib/use-scope';
import { addDays, dayOf, localAt, sayDayShort, sayZone, timeOf } from '@/shared/lib/zone';
import { Button, IconButton } from '@/shared/ui/button';
import { inputClass, SelectField, TextField } from '@/shared/ui/field';
import { NetworkGlyph } from '@/shared/ui/network-glyph';
import { Fault, Notice } from '@/shared/ui/note';
import { Section } from '@/shared/ui/section';
import { ErrorState, Loading, SkeletonText } from '@/shared/ui/states';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { ChevronDown, Plus, Trash2 } from 'lucide-react';
import { useEffect, useMemo, useState } from 'react';
import { calendarQuery, connectionsQuery, publishingKeys, schedulePath, scheduleQuery } from '../api/queries';
import type { QueueSlot, Schedule, Weekday } from '../api/types';
import { useNetworkName } from '../names';
import { comingSlots, faultOf, type ComingSlot, perWeek, sorted, weekdayNames, weekdays } from './slots';

type Draft = Pick<Schedule, 'slots' | 'min_minutes_apart' | 'daily_caps' | 'late_minutes'>;
const draftOf = ({ slots, min_minutes_apart, daily_caps, late_minutes }: Schedule): Draft => ({ slots: sorted(slots), min_minutes_apart, daily_caps, late_minutes });
const workdays: Weekday[] = weekdays.slice(0, 5);
const presets: { label: string; slots: QueueSlot[] }[] = [
  { label: 'Workdays at nine', slots: [{ days: workdays, time: '09:00', network: null }] },
  { label: 'Three times a week', slots: [{ days: ['mon', 'wed', 'fri'], time: '09:00', network: null }] },
  { label: 'Morning and evening', slots: [{ days: weekdays, time: '08:30', network: null }, { days: weekdays, time: '17:30', network: null }] },
];

/** When the queue goes out: the same times every week, and how close things may follow each other. */
export function QueueTimes() {
  const { scope } = useScope();
  const schedule = useQuery(scheduleQuery(scope));
  return schedule.isPending ? <Loading what="the queue times"><SkeletonText lines={8} /></Loading>
    : schedule.isError ? <ErrorState error={schedule.error} retry={() => void schedule.refetch()} />
      : <Editor schedule={schedule.data} />;
}

function Editor({ schedule }: { schedule: Schedule }) {
  const { scope } = useScope();
  const client = useQueryClient();
  const may = useMay('posts.publish');
  const [draft, setDraft] = useState<Draft>(() => draftOf(schedule));
  const [version, setVersion] = useState(schedule.version);
  const [stale, setStale] = useState(false);
  const [asked, setAsked] = useState(false);
  const dirty = JSON.stringify(draft) !== JSON.stringify(draftOf(schedule));
  useUnsaved(dirty);
  // What somebody else saved is shown where nothing of one's own would be lost.
  useEffect(() => {
    if (schedule.version === version || dirty) return;
    setDraft(draftOf(schedule));
    setVersion(schedule.version);
  }, [schedule, version, dirty]);
  const save = useMutation({
    mutationFn: () => take(api.PUT(schedulePath, { params: { path: scope, header: seen(version) }, body: { ...draft, slots: sorted(draft.slots) } })),
    onSuccess: (fresh) => {
      client.setQueryData(scheduleQuery(scope).queryKey, fresh);
      setDraft(draftOf(fresh));
      setVersion(fresh.version);
      setStale(false);
      setAsked(false);
      toast('Saved', { detail: 'From now on the queue takes these times; what is planned keeps its own.' });
      void client.invalidateQueries({ queryKey: publishingKeys.all(scope) });
    },
    onError: async (error) => {
      if (asProblem(error).status !== 412) return;
      const fresh = await client.fetchQuery({ ...scheduleQuery(scope), staleTime: 0 });
      setVersion(fresh.version);
      setStale(true);
    },
  });
  const broken = draft.slots.some((s) => faultOf(s, draft.slots) !== null);
  const change = (part: Partial<Draft>) => setDraft((d) => ({ ...d, ...part }));
  return (
    <form
      noValidate
      onSubmit={(e) => {
        e.preventDefault();
        setAsked(true);
        if (dirty && !broken && !save.isPending) save.mutate();
      }}
    >
      <Section title="Queue times" lead={<>“Add to queue” takes the next free of these, every week the same. All times in {sayZone(schedule.zone)}.</>}>
        <Slots slots={draft.slots} may={may} asked={asked} onChange={(slots) => change({ slots })} />
      </Section>
      <Section title="The next ten" lead="As they stand here, saved or not.">
        <Preview slots={draft.slots} zone={schedule.zone} />
      </Section>
      <Section title="Manners" lead="So that nobody is flooded, and nothing old goes out as new.">
        <Rules draft={draft} may={may} change={change} problem={save.error} />
      </Section>
      {may && (
        <div className="sticky bottom-0 z-10 -mx-4 grid gap-3 border-t bg-paper px-4 py-4 max-lg:bottom-14">
          {stale && <div role="alert"><Notice kind="warn">Somebody changed the queue times meanwhile. What you set is kept: look it over, and save again to put it over theirs.</Notice></div>}
          {save.error && asProblem(save.error).status !== 412 ? <Fault error={save.error} fields={['min_minutes_apart', 'late_minutes']} /> : null}
          <div className="flex items-center gap-2">
            <Button type="submit" variant={dirty ? 'primary' : 'line'} busy={save.isPending} disabled={!dirty}>Save</Button>
            {dirty && <Button variant="quiet" onClick={() => setDraft(draftOf(schedule))}>Put back</Button>}
            {asked && broken && <p role="alert" className="text-sm text-bad">One of the times is not complete.</p>}
          </div>
        </div>
      )}
    </form>
  );
}

function Slots({ slots, may, asked, onChange }: { slots: QueueSlot[]; may: boolean; asked: boolean; onChange: (slots: QueueSlot[]) => void }) {
  const { scope } = useScope();
  const name = useNetworkName();
  const { data } = useQuery(connectionsQuery(scope));
  const networks = [...new Set([...(data?.items ?? []).map((c) => c.network), ...slots.flatMap((s) => s.network ?? [])])];
  const set = (at: number, part: Partial<QueueSlot>) => onChange(slots.map((s, i) => (i === at ? { ...s, ...part } : s)));
  const add = () => onChange([...slots, { days: workdays, time: slots.length === 0 ? '09:00' : '', network: null }]);
  if (slots.length === 0) {
    return (
      <div className="grid justify-items-start gap-3 rounded-lg bg-sunk px-5 py-5">
        <p className="max-w-prose text-sm text-ink-2">No times yet, so the queue doesn’t know when. Begin with one of these, and change it as you like.</p>
        {may && <div className="flex flex-wrap gap-2">{presets.map((p) => <Button key={p.label} onClick={() => onChange(p.slots)}>{p.label}</Button>)}<Button variant="quiet" onClick={add}><Plus className="size-4" /> A time of my own</Button></div>}
      </div>
    );
  }
  return (
    <div className="grid gap-3">
      <ul aria-label="Times" className="divide-y border-y">
        {slots.map((s, i) => {
          const fault = faultOf(s, slots);
          const label = s.time || `time ${i + 1}`;
          return (
            <li key={i} className="grid gap-1 py-3">
              <div className="flex flex-wrap items-center gap-x-4 gap-y-2.5">
                <div className="w-32"><input type="time" aria-label={`Time ${i + 1}`} aria-invalid={(asked || s.time !== '') && fault ? true : undefined} disabled={!may} value={s.time} onChange={(e) => set(i, { time: e.target.value.slice(0, 5) })} className={`${inputClass} tabular-nums`} /></div>
                <div role="group" aria-label={`Days at ${label}`} className="flex gap-1">
                  {weekdays.map((d) => {
                    const on = s.days.includes(d);
                    return (
                      <button key={d} type="button" disabled={!may} aria-pressed={on} aria-label={weekdayNames[d]} onClick={() => set(i, { days: weekdays.filter((x) => (x === d ? !on : s.days.includes(x))) })} className={cn('size-9 rounded-md border text-xs transition-colors max-lg:size-10 max-sm:w-[min(2.5rem,10.5vw)]', on ? 'border-brass bg-brass-soft font-semibold text-brass-ink' : 'border-line text-ink-3 enabled:hover:border-line-strong')}>
                        {weekdayNames[d].slice(0, 2)}
                      </button>
                    );
                  })}
                </div>
                <div className="flex min-w-44 grow items-center gap-1 sm:max-w-60">
                  {s.network && <NetworkGlyph network={s.network} className="mr-1 text-ink-3" />}
                  <div className="grid min-w-0 grow items-center">
                    <select aria-label={`Network at ${label}`} disabled={!may} value={s.network ?? ''} onChange={(e) => set(i, { network: networks.find((n) => n === e.target.value) ?? null })} className={`${inputClass} col-start-1 row-start-1 appearance-none pr-9`}>
                      <option value="">All networks</option>
                      {networks.map((n) => <option key={n} value={n}>{name(n)}</option>)}
                    </select>
                    <ChevronDown aria-hidden className="pointer-events-none col-start-1 row-start-1 mr-3 size-4 justify-self-end text-ink-3" />
                  </div>
                  {may && <IconButton label={`Delete ${label}`} onClick={() => onChange(slots.filter((_, x) => x !== i))}><Trash2 /></IconButton>}
                </div>
              </div>
              {fault && (asked || s.time !== '') && <p className="text-xs text-bad">{fault}</p>}
            </li>
          );
        })}
      </ul>
      <div className="flex flex-wrap items-center gap-4">
        {may && <Button size="sm" onClick={add}><Plus className="size-4" /> Add a time</Button>}
        <p className="text-xs text-ink-3 tabular-nums">{perWeek(slots)} a week</p>
      </div>
    </div>
  );
}

function Preview({ slots, zone }: { slots: QueueSlot[]; zone: string }) {
  const { scope } = useScope();
  const name = useNetworkName();
  const next = useMemo(() => comingSlots(slots, zone, new Date(), 10), [slots, zone]);
  const from = dayOf(localAt(new Date(), zone));
  const { data } = useQuery(calendarQuery(scope, { from, to: addDays(from, 62) }));
  if (next.length === 0) return <p className="text-sm text-ink-3">None, until there is a complete time above.</p>;
  const taken = (s: ComingSlot) => data?.items.some((i) => i.local_time === s.local && i.state !== 'cancelled' && (s.network === null || i.network === s.network));
  return (
    <ol aria-label="The next ten times" className="gap-x-8 sm:columns-2">
      {next.map((s, i) => (
        <li key={`${s.local} ${s.network ?? ''} ${i}`} className="flex break-inside-avoid items-center gap-3 border-b py-2 text-sm">
          <span className="w-24 text-ink-2">{sayDayShort(s.local)}</span><span className="font-semibold tabular-nums">{timeOf(s.local)}</span>
          <span className="flex min-w-0 grow items-center gap-1.5 truncate text-xs text-ink-3">{s.network && <><NetworkGlyph network={s.network} className="size-3.5" /> {name(s.network)}</>}</span>
          <span className="text-xs text-ink-3">{taken(s) ? 'taken' : <span className="text-good">free</span>}</span>
        </li>
      ))}
    </ol>
  );
}

function Rules({ draft, may, change, problem: error }: { draft: Draft; may: boolean; change: (part: Partial<Draft>) => void; problem: unknown }) {
  const name = useNetworkName();
  const { scope } = useScope();
  const { data } = useQuery(networksQuery);
  const { data: connections } = useQuery(connectionsQuery(scope));
  const problem = error ? asProblem(error) : null;
  const caps = Object.entries(draft.daily_caps);
  const known = [...new Set([...(connections?.items.map((c) => c.network) ?? []), ...(data?.networks.map((n) => n.id as string) ?? [])])].filter((n) => !(n in draft.daily_caps));
  const number = (text: string, most: number, least = 0) => Math.min(most, Math.max(least, Math.floor(Number(text) || 0)));
  return (
    <div className="grid gap-6">
      <div className="grid gap-5 sm:grid-cols-2">
        <TextField label="Minutes between two of one network" type="number" min={0} max={1440} inputMode="numeric" disabled={!may} value={draft.min_minutes_apart} onChange={(e) => change({ min_minutes_apart: number(e.target.value, 1440) })} hint={draft.min_minutes_apart === 0 ? 'Two may go out in the same minute.' : 'The queue leaves at least this much between them.'} error={problem?.at('min_minutes_apart')} />
        <TextField label="Minutes that something may be late" type="number" min={1} max={10080} inputMode="numeric" disabled={!may} value={draft.late_minutes} onChange={(e) => change({ late_minutes: number(e.target.value, 10080, 1) })} hint="Later than this it is held, and waits for your word." error={problem?.at('late_minutes')} />
      </div>
      <div className="grid gap-2" role="group" aria-labelledby="caps">
        <p id="caps" className="text-sm font-semibold">At most a day</p>
        {caps.length > 0 && (
          <ul className="divide-y border-y">
            {caps.map(([network, n]) => (
              <li key={network} className="flex items-center gap-3 py-2 text-sm">
                <NetworkGlyph network={network} className="text-ink-3" /><span className="min-w-0 grow truncate">{name(network)}</span>
                <div className="w-20"><input type="number" min={1} max={1000} inputMode="numeric" aria-label={`At most a day on ${name(network)}`} disabled={!may} value={n} onChange={(e) => change({ daily_caps: { ...draft.daily_caps, [network]: number(e.target.value, 1000, 1) } })} className={`${inputClass} tabular-nums`} /></div>
                {may && <IconButton label={`No limit for ${name(network)}`} onClick={() => change({ daily_caps: Object.fromEntries(caps.filter(([x]) => x !== network)) })}><Trash2 /></IconButton>}
              </li>
            ))}
          </ul>
        )}
        {may && known.length > 0 && (
          <SelectField label={caps.length === 0 ? 'No network has a limit. Set one for' : 'Set one more for'} className="max-w-64" value="" onChange={(e) => e.target.value && change({ daily_caps: { ...draft.daily_caps, [e.target.value]: 3 } })}>
            <option value="">Choose a network</option>
            {known.map((n) => <option key={n} value={n}>{name(n)}</option>)}
          </SelectField>
        )}
      </div>
    </div>
  );
}
