import { api, take } from '@/shared/api/client';
import { ago, fullTime } from '@/shared/lib/time';
import { toast } from '@/shared/lib/toast';
import { Button } from '@/shared/ui/button';
import { Segmented } from '@/shared/ui/choice';
import { Dialog } from '@/shared/ui/dialog';
import { Field, inputClass, TextField } from '@/shared/ui/field';
import { Fault } from '@/shared/ui/note';
import { Section } from '@/shared/ui/section';
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { AdminList } from './list';
import { demosQuery, type Demo, type DemoStatus } from './queries';

const states: { value: DemoStatus | 'all'; label: string }[] = [{ value: 'requested', label: 'Asked for' }, { value: 'scheduled', label: 'Planned' }, { value: 'done', label: 'Done' }, { value: 'cancelled', label: 'Called off' }, { value: 'all', label: 'All' }];

export function Demos({ status, onStatus }: { status: DemoStatus | 'all'; onStatus: (status: DemoStatus | 'all') => void }) {
  const list = useInfiniteQuery(demosQuery(status === 'all' ? undefined : status));
  const [open, setOpen] = useState<Demo | null>(null);
  return (
    <Section title="Demos" lead="People who want to be shown around.">
      <Segmented label="State" value={status} onChange={onStatus} options={states} />
      <AdminList
        list={list}
        what="Demos"
        empty="None in this state."
        row={(d) => (
          <li key={d.id} className="relative flex items-center gap-3 py-3">
            <div className="min-w-0 grow">
              <button type="button" className="block max-w-full truncate rounded-sm text-left after:absolute after:inset-0 hover:text-brass-ink" onClick={() => setOpen(d)}>{d.name}</button>
              <p className="flex flex-wrap gap-x-3 text-xs text-ink-3"><span>{d.email}</span>{d.company_size && <span>{d.company_size} people</span>}<time dateTime={d.requested_at}>asked {ago(d.requested_at)}</time></p>
            </div>
            <span className="text-xs whitespace-nowrap text-ink-2">{d.scheduled_at && d.status === 'scheduled' ? fullTime(d.scheduled_at) : states.find((s) => s.value === d.status)?.label}</span>
          </li>
        )}
      />
      {open && <Plan demo={open} onClose={() => setOpen(null)} />}
    </Section>
  );
}

/** A moment as `datetime-local` writes it, in this browser's zone. */
const local = (iso: string | null | undefined) => (iso ? new Date(new Date(iso).getTime() - new Date(iso).getTimezoneOffset() * 60_000).toISOString().slice(0, 16) : '');

function Plan({ demo: d, onClose }: { demo: Demo; onClose: () => void }) {
  const client = useQueryClient();
  const before = { scheduled_at: local(d.scheduled_at), qualification_notes: d.qualification_notes, prep_notes: d.prep_notes, follow_up_reminders: d.follow_up_reminders };
  const [form, setForm] = useState(before);
  const set = (part: Partial<typeof form>) => setForm((f) => ({ ...f, ...part }));
  const save = useMutation({
    mutationFn: (status: DemoStatus | null) => take(api.PATCH('/api/v1/admin/demos/{demo}', {
      params: { path: { demo: d.id } },
      body: {
        qualification_notes: form.qualification_notes, prep_notes: form.prep_notes, follow_up_reminders: form.follow_up_reminders,
        ...(form.scheduled_at !== before.scheduled_at && { scheduled_at: form.scheduled_at ? new Date(form.scheduled_at).toISOString() : null }),
        ...(status && { status }),
      },
    })),
    onSuccess: (fresh) => {
      toast(fresh.status === 'scheduled' && d.status === 'requested' ? `${d.name} is told the date` : 'Saved');
      onClose();
    },
    onSettled: () => void client.invalidateQueries({ queryKey: ['admin', 'demos'] }),
  });
  const area = (name: 'qualification_notes' | 'prep_notes' | 'follow_up_reminders', label: string) => (
    <Field label={label}>{(ids) => <textarea {...ids} rows={3} value={form[name]} onChange={(e) => set({ [name]: e.target.value })} className={`${inputClass} h-auto py-2 max-lg:h-auto`} />}</Field>
  );
  const live = d.status === 'requested' || d.status === 'scheduled';
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={d.name}
      description={`${d.email}, asked ${ago(d.requested_at)}`}
      size="lg"
      dirty={JSON.stringify(form) !== JSON.stringify(before)}
      footer={<>{live && <Button variant="danger" busy={save.isPending} onClick={() => save.mutate('cancelled')}>Call off</Button>}{d.status === 'scheduled' && <Button busy={save.isPending} onClick={() => save.mutate('done')}>It was held</Button>}<Button variant="primary" busy={save.isPending} onClick={() => save.mutate(null)}>Save</Button></>}
    >
      <div className="grid gap-5">
        <dl className="grid grid-cols-[7rem_minmax(0,1fr)] gap-x-4 gap-y-2 text-sm">
          {d.message && <><dt className="text-ink-3">Wants to see</dt><dd className="whitespace-pre-wrap">{d.message}</dd></>}
          {d.current_solution && <><dt className="text-ink-3">Uses today</dt><dd>{d.current_solution}</dd></>}
          {d.company_size && <><dt className="text-ink-3">They are</dt><dd>{d.company_size}</dd></>}
        </dl>
        <TextField label="When" type="datetime-local" value={form.scheduled_at} onChange={(e) => set({ scheduled_at: e.target.value })} hint={`Your clock: ${Intl.DateTimeFormat().resolvedOptions().timeZone.replaceAll('_', ' ')}. A date tells them by mail.`} className="max-w-72" />
        {area('qualification_notes', 'Does it fit?')}
        {area('prep_notes', 'To prepare')}
        {area('follow_up_reminders', 'To do after')}
        <Fault error={save.error} />
      </div>
    </Dialog>
  );
}
