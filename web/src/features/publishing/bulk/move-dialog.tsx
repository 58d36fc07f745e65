import { useScope } from '@/shared/lib/use-scope';
import { addDays, addMinutes, dayOf, localAt, sayWhen, sayZone, settled } from '@/shared/lib/zone';
import { Button } from '@/shared/ui/button';
import { Segmented } from '@/shared/ui/choice';
import { Dialog } from '@/shared/ui/dialog';
import { SelectField, TextField } from '@/shared/ui/field';
import { NetworkGlyph } from '@/shared/ui/network-glyph';
import { ErrorState, Loading, SkeletonText } from '@/shared/ui/states';
import { Notice } from '@/shared/ui/note';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { ArrowRight } from 'lucide-react';
import { useState } from 'react';
import type { PublicationActions } from '../actions';
import { calendarQuery } from '../api/queries';
import { isPast } from '../when-dialog';
import { intoSlots, type Chosen, type Step } from './slots';

type How = 'by' | 'slots';
const units = [['minutes', 1], ['hours', 60], ['days', 24 * 60], ['weeks', 7 * 24 * 60]] as const;
const year = 525_600;

/** Several to other times at once: where each of them comes to stand is seen before anything moves. */
export function MoveDialog({ chosen, how: first, zone, actions, onClose, onDone }: { chosen: Chosen[]; how: How; zone: string; actions: PublicationActions; onClose: () => void; onDone: () => void }) {
  const { scope } = useScope();
  const [how, setHow] = useState<How>(first);
  const [number, setNumber] = useState('1');
  const [unit, setUnit] = useState<string>('days');
  const [later, setLater] = useState<'later' | 'earlier'>('later');
  const now = localAt(new Date(), zone);
  const free = useQuery({ ...calendarQuery(scope, { from: dayOf(now), to: addDays(dayOf(now), 60) }), enabled: how === 'slots' });
  const amount = /^\d+$/.test(number.trim()) ? Number(number) * (units.find(([u]) => u === unit)?.[1] ?? 1) : 0;
  const minutes = later === 'later' ? amount : -amount;
  const timed = chosen.filter((c) => c.local_time);
  const moved: Step[] = timed.map((of) => ({ of, to: settled(addMinutes(of.local_time ?? now, minutes), zone) }));
  const { steps, left } = how === 'by' ? { steps: moved, left: [] as Chosen[] } : intoSlots(chosen, free.data?.slots ?? [], now);
  const past = how === 'by' && amount > 0 ? steps.filter((s) => isPast(s.to, zone)).length : 0;
  const ready = steps.length > 0 && (how === 'slots' ? free.isSuccess && !free.isPlaceholderData : amount > 0 && amount <= year);
  const waiting = how === 'slots' && (free.isPending || free.isPlaceholderData);
  const go = () => {
    const done = () => {
      onDone();
      onClose();
    };
    if (how === 'by') actions.bulk({ ids: timed.map((c) => c.id), action: 'move', minutes }, done);
    else actions.place(steps, done);
  };
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      size="lg"
      title={chosen.length === 1 ? 'Move 1 publication' : `Move ${chosen.length} publications`}
      footer={<><Button onClick={onClose}>Cancel</Button><Button variant="primary" busy={actions.busy} disabled={!ready} onClick={go}>{steps.length === chosen.length || steps.length === 0 ? 'Move' : `Move ${steps.length} of ${chosen.length}`}</Button></>}
    >
      <div className="grid gap-5">
        <Segmented label="How they move" value={how} onChange={setHow} className="-ml-1" options={[{ value: 'by', label: 'By a span' }, { value: 'slots', label: 'Into free queue times' }]} />
        {how === 'by' && (
          <div className="grid grid-cols-[5rem_minmax(0,1fr)_minmax(0,1fr)] items-start gap-3">
            <TextField label="Number" inputMode="numeric" value={number} onChange={(e) => setNumber(e.target.value)} error={amount === 0 ? 'From 1.' : amount > year ? 'At most a year.' : undefined} />
            <SelectField label="Unit" value={unit} onChange={(e) => setUnit(e.target.value)}>{units.map(([u]) => <option key={u} value={u}>{u}</option>)}</SelectField>
            <SelectField label="Direction" value={later} onChange={(e) => setLater(e.target.value === 'earlier' ? 'earlier' : 'later')}><option value="later">later</option><option value="earlier">earlier</option></SelectField>
          </div>
        )}
        {past > 0 && <Notice kind="warn">{past === 1 ? 'One of them' : `${past} of them`} would stand in the past, and {past === 1 ? 'stays' : 'stay'} where {past === 1 ? 'it is' : 'they are'}.</Notice>}
        {left.length > 0 && free.isSuccess && !waiting && (
          <Notice kind="warn">
            {steps.length === 0 ? 'There is no free queue time in the next 60 days.' : `There are not enough free queue times in the next 60 days: ${left.length} ${left.length === 1 ? 'stays' : 'stay'} where ${left.length === 1 ? 'it is' : 'they are'}.`} <Link to="/$org/$brand/brand/$section" params={{ ...scope, section: 'queue-times' }} className="underline underline-offset-4">Queue times</Link>
          </Notice>
        )}
        {waiting ? <Loading what="free times"><SkeletonText lines={4} /></Loading>
          : free.isError && how === 'slots' ? <ErrorState error={free.error} retry={() => void free.refetch()} compact />
            : steps.length > 0 && (
              <section aria-label="Where they come to stand">
                <ul className="divide-y border-y">
                  {steps.slice(0, 100).map(({ of, to }) => (
                    <li key={of.id} className="grid gap-x-4 gap-y-0.5 py-2 text-sm sm:grid-cols-[minmax(0,1fr)_auto]">
                      <span className="flex min-w-0 items-center gap-2"><NetworkGlyph network={of.network} className="size-3.5 shrink-0 text-ink-3" /><span className="truncate font-serif">{of.title || 'Untitled'}</span></span>
                      <span className="flex items-center gap-2 text-xs tabular-nums"><span className="text-ink-3">{of.local_time ? sayWhen(of.local_time) : 'no time'}</span><ArrowRight className="size-3.5 text-ink-3" aria-label="to" /><span>{sayWhen(to)}</span></span>
                    </li>
                  ))}
                </ul>
                <p className="pt-2 text-xs text-ink-3">Times in {sayZone(zone)}.</p>
              </section>
            )}
      </div>
    </Dialog>
  );
}
