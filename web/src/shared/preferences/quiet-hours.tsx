import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { asProblem } from '../api/problem';
import type { NoticePreferences } from '../api/types';
import { toast } from '../lib/toast';
import { useScope } from '../lib/use-scope';
import { Checkbox } from '../ui/choice';
import { TextField } from '../ui/field';
import { Form } from '../ui/section';
import { useChangePreferences } from './use-change';

/** The hours in which nothing comes that could wait; for all that is told, whatever page one sets them on. */
export function QuietHours({ preferences }: { preferences: NoticePreferences }) {
  const { user, scope } = useScope();
  const change = useChangePreferences();
  const kept = preferences.quiet_hours ?? null;
  const [form, setForm] = useState({ on: kept !== null, from: kept?.from ?? '22:00', to: kept?.to ?? '07:00' });
  const set = (part: Partial<typeof form>) => setForm((f) => ({ ...f, ...part }));
  const dirty = form.on !== (kept !== null) || (form.on && kept !== null && (form.from !== kept.from || form.to !== kept.to));
  const problem = change.error ? asProblem(change.error) : null;
  const save = () => change.mutate({ quiet_hours: form.on ? { from: form.from, to: form.to } : null }, { onSuccess: () => toast('Saved') });
  return (
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
  );
}
