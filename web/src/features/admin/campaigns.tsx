import { api, take } from '@/shared/api/client';
import { asProblem } from '@/shared/api/problem';
import { toast } from '@/shared/lib/toast';
import { zones } from '@/shared/lib/time';
import { useChanged } from '@/shared/lib/unsaved';
import { Button } from '@/shared/ui/button';
import { ConfirmDialog } from '@/shared/ui/confirm';
import { Dialog } from '@/shared/ui/dialog';
import { SelectField, TextField } from '@/shared/ui/field';
import { Fault } from '@/shared/ui/note';
import { Section } from '@/shared/ui/section';
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { Plus } from 'lucide-react';
import { useState } from 'react';
import { AdminList } from './list';
import { campaignsQuery, type Campaign, type CampaignAudience } from './queries';

const audiences: [CampaignAudience, string][] = [['waitlist', 'The waitlist'], ['opted_in', 'Accounts that want news'], ['everybody', 'The waitlist, and accounts that want news']];
const steps = [['t14', '14 days before'], ['t7', '7 days before'], ['t1', 'The day before'], ['launch', 'On the day']] as const;
/** What else may become of a mail; said where there are any. */
const others = [['waiting', 'waiting'], ['refused', 'not delivered'], ['withdrawn', 'taken back']] as const;
/** A day of the calendar, whoever looks. */
const day = (date: string) => new Intl.DateTimeFormat(undefined, { dateStyle: 'long', timeZone: 'UTC' }).format(new Date(`${date}T00:00:00Z`));
/** Its last mail may go out as long as it is still the day somewhere: twelve hours behind. */
const isOver = (c: Campaign) => Date.now() > Date.parse(`${c.launch_on}T23:59:59Z`) + 12 * 3_600_000;

/** Countdowns by mail to a day on which something begins. */
export function Campaigns() {
  const client = useQueryClient();
  const list = useInfiniteQuery(campaignsQuery);
  const [making, setMaking] = useState(false);
  const [ending, setEnding] = useState<Campaign | null>(null);
  const refresh = () => void client.invalidateQueries({ queryKey: campaignsQuery.queryKey });
  const cancel = useMutation({
    mutationFn: (c: Campaign) => take(api.POST('/api/v1/admin/campaigns/{campaign}/cancel', { params: { path: { campaign: c.id } } })),
    onSuccess: (c) => {
      setEnding(null);
      toast(`${c.name} is ended`);
    },
    onSettled: refresh,
  });
  return (
    <Section
      title="Campaigns"
      lead="A countdown by mail: 14 days, 7 days and a day before, and on the day, from nine in the morning where the reader is. Who unsubscribed gets none."
      action={<Button onClick={() => setMaking(true)}><Plus className="size-4" aria-hidden /> New campaign</Button>}
    >
      <AdminList
        list={list}
        what="Campaigns"
        empty="Nothing is counted down to."
        row={(c) => (
          <li key={c.id} className="grid gap-3 py-4">
            <div className="flex items-start gap-3">
              <div className="min-w-0 grow">
                <p className="font-semibold wrap-anywhere">{c.name}</p>
                <p className="flex flex-wrap gap-x-3 text-xs text-ink-3"><span>{day(c.launch_on)}</span><span>{audiences.find(([a]) => a === c.audience)?.[1]}</span><span className="wrap-anywhere">{c.link}</span></p>
              </div>
              {c.cancelled_at ? <span className="text-xs text-ink-2">Ended</span> : isOver(c) ? <span className="text-xs text-ink-2">Over</span> : <Button size="sm" aria-label={`End ${c.name}`} onClick={() => setEnding(c)}>End</Button>}
            </div>
            <dl className="grid grid-cols-4 gap-4 max-sm:grid-cols-2">
              {steps.map(([step, label]) => <div key={step}><dt className="text-xs text-ink-3">{label}</dt><dd className="text-sm tabular-nums">{c.sent[step].toLocaleString()} sent{others.map(([outcome, word]) => c[outcome][step] > 0 && <span key={outcome} className="block text-xs text-ink-3">{c[outcome][step].toLocaleString()} {word}</span>)}</dd></div>)}
            </dl>
          </li>
        )}
      />
      {making && <Make onClose={() => setMaking(false)} onMade={refresh} />}
      {ending && (
        <ConfirmDialog title={`End ${ending.name}?`} action="End it" busy={cancel.isPending} error={cancel.error} onConfirm={() => cancel.mutate(ending)} onClose={() => { cancel.reset(); setEnding(null); }}>
          <p>No mail of it goes out any more, and those that wait are taken back. What was sent stays sent.</p>
        </ConfirmDialog>
      )}
    </Section>
  );
}

const fields = ['name', 'launch_on', 'audience', 'link', 'time_zone'];

function Make({ onClose, onMade }: { onClose: () => void; onMade: () => void }) {
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const [form, setForm] = useState<{ name: string; launch_on: string; audience: CampaignAudience; link: string; time_zone: string }>({ name: '', launch_on: '', audience: 'waitlist', link: '', time_zone: here });
  const set = (part: Partial<typeof form>) => setForm((f) => ({ ...f, ...part }));
  const make = useMutation({
    mutationFn: () => take(api.POST('/api/v1/admin/campaigns', { body: { ...form, name: form.name.trim(), link: form.link.trim() } })),
    onSuccess: (c) => {
      onMade();
      onClose();
      toast(`${c.name} counts down to ${day(c.launch_on)}`);
    },
  });
  const problem = make.error ? asProblem(make.error) : null;
  const dirty = useChanged(form);
  return (
    <Dialog open dirty={dirty} onOpenChange={(open) => !open && onClose()} title="New campaign" description="Steps whose day is over are left out.">
      <form
        noValidate
        className="grid gap-5"
        onSubmit={(e) => {
          e.preventDefault();
          make.mutate();
        }}
      >
        <TextField label="What begins" value={form.name} maxLength={120} onChange={(e) => set({ name: e.target.value })} error={problem?.at('name')} hint="The mails begin with it: “Bellwether 2: two weeks to go”." />
        <div className="grid gap-5 sm:grid-cols-2">
          <TextField label="Day" type="date" value={form.launch_on} onChange={(e) => set({ launch_on: e.target.value })} error={problem?.at('launch_on')} />
          <SelectField label="Who gets it" value={form.audience} onChange={(e) => set({ audience: e.target.value as CampaignAudience })} error={problem?.at('audience')}>{audiences.map(([a, label]) => <option key={a} value={a}>{label}</option>)}</SelectField>
        </div>
        <TextField label="Link" type="url" placeholder="https://" value={form.link} onChange={(e) => set({ link: e.target.value })} error={problem?.at('link')} hint="What the mails lead to." />
        <SelectField label="Time zone" value={form.time_zone} onChange={(e) => set({ time_zone: e.target.value })} error={problem?.at('time_zone')} hint="For readers whose own nobody knows.">{zones(here).map((z) => <option key={z} value={z}>{z.replaceAll('_', ' ')}</option>)}</SelectField>
        <Fault error={problem} fields={fields} />
        <div className="flex flex-wrap justify-end gap-2"><Button onClick={onClose}>Cancel</Button><Button type="submit" variant="primary" busy={make.isPending} disabled={!form.name.trim() || !form.launch_on || !form.link.trim()}>Start the countdown</Button></div>
      </form>
    </Dialog>
  );
}
