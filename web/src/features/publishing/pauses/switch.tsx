import { useMay } from '@/shared/lib/use-may';
import { useScope } from '@/shared/lib/use-scope';
import { ago } from '@/shared/lib/time';
import { Button } from '@/shared/ui/button';
import { Dialog } from '@/shared/ui/dialog';
import { SelectField, TextField } from '@/shared/ui/field';
import { Fault } from '@/shared/ui/note';
import { asProblem } from '@/shared/api/problem';
import { useQuery } from '@tanstack/react-query';
import { OctagonPause, Play } from 'lucide-react';
import { useState } from 'react';
import { connectionsQuery, pausesQuery } from '../api/queries';
import type { Pause } from '../api/types';
import { useNetworkName } from '../names';
import { ofWhat, usePauses, useWho, type Paused } from './api';

/** The red switch: everything stops at once, with the reason for whoever wonders. */
export function PauseSwitch({ open, onOpen }: { open: boolean; onOpen: (open: boolean) => void }) {
  const { scope } = useScope();
  const may = useMay('posts.publish');
  const { data } = useQuery(pausesQuery(scope));
  if (!may) return null;
  const on = (data?.items.length ?? 0) > 0;
  return (
    <>
      <Button variant="stop" onClick={() => onOpen(true)}>
        <OctagonPause className="size-4" aria-hidden /> {on ? 'Paused' : <span>Pause<span className="max-sm:sr-only"> publishing</span></span>}
      </Button>
      {open && <PauseDialog pauses={data?.items ?? []} onClose={() => onOpen(false)} />}
    </>
  );
}

function PauseDialog({ pauses, onClose }: { pauses: Pause[]; onClose: () => void }) {
  const { scope, organization, brand } = useScope();
  const name = useNetworkName();
  const { data: connections } = useQuery(connectionsQuery(scope));
  const { pause, resume } = usePauses();
  const who = useWho();
  const [picked, setPicked] = useState<string | null>(null);
  const [reason, setReason] = useState('');
  const on = pauses.length > 0;
  // Whoever opens this during a pause mostly wants to end it.
  const [asked, setAsked] = useState(false);
  const further = asked || !on;
  const networks = [...new Set(connections?.items.map((c) => c.network))];
  const problem = pause.error ? asProblem(pause.error) : null;
  const meant = (what: string): Paused => (what === 'brand' || what === 'organization' ? { scope: what } : { scope: 'network', network: networks.find((n) => n === what) });
  const isPaused = (what: string) => pauses.some((p) => p.scope === meant(what).scope && (p.network ?? undefined) === meant(what).network);
  // what is paused already is offered by nobody
  const what = picked ?? ['brand', ...networks, 'organization'].find((each) => !isPaused(each)) ?? 'brand';
  const [chosen, already] = [meant(what), isPaused(what)];
  return (
    <Dialog open dirty={reason.trim() !== ''} onOpenChange={(open) => !open && onClose()} title={on ? 'Publishing is paused' : 'Pause publishing'} description={on ? 'What comes due is held until it goes on; nothing is lost.' : 'Nothing more goes out from the moment you press. What comes due is held, and waits for your word afterwards.'}>
      <div className="grid gap-6">
        {on && (
          <ul aria-label="What is paused" className="divide-y border-y">
            {pauses.map((p) => (
              <li key={`${p.scope} ${p.network}`} className="flex flex-wrap items-center gap-3 py-3 text-sm">
                <div className="min-w-0 grow basis-48"><p className="font-semibold">{ofWhat(p, name, organization.name).replace(/^./, (c) => c.toUpperCase())}</p><p className="text-xs text-ink-3 wrap-anywhere">{[p.reason, who(p.by), ago(p.since)].filter(Boolean).join(' · ')}</p></div>
                <Button size="sm" busy={resume.isPending} onClick={() => resume.mutate(p)}><Play className="size-4" /> Resume</Button>
              </li>
            ))}
          </ul>
        )}
        {!further ? <div><Button variant="quiet" size="sm" className="-ml-3" onClick={() => setAsked(true)}>Pause something else</Button></div> : <form
          noValidate
          className="grid gap-5"
          onSubmit={(e) => {
            e.preventDefault();
            if (!pause.isPending && !already) pause.mutate({ ...chosen, reason: reason.trim() }, { onSuccess: onClose });
          }}
        >
          <SelectField label="What to pause" value={what} onChange={(e) => setPicked(e.target.value)} error={already ? 'This is paused already.' : problem?.at('scope') ?? problem?.at('network')}>
            <option value="brand">All of {brand.name}</option>
            {networks.map((n) => <option key={n} value={n}>{name(n)} only</option>)}
            <option value="organization">All brands of {organization.name}</option>
          </SelectField>
          <TextField label="Why" hint="Shown to everybody on every page while it lasts." placeholder="We wait for the news from the mill" maxLength={300} value={reason} onChange={(e) => setReason(e.target.value)} error={problem?.at('reason')} />
          <Fault error={pause.error} fields={['scope', 'network', 'reason']} />
          <div className="flex flex-wrap justify-end gap-2">
            <Button onClick={onClose}>Cancel</Button>
            <Button type="submit" variant="stop" busy={pause.isPending} disabled={already}><OctagonPause className="size-4" aria-hidden /> Pause now</Button>
          </div>
        </form>}
      </div>
    </Dialog>
  );
}
