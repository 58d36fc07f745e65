import { api, seen, take } from '@/shared/api/client';
import { brandPath } from '@/shared/api/queries';
import type { Hook, HookKind, Season, UpdateHook, Urgency } from '@/shared/api/types';
import { toast } from '@/shared/lib/toast';
import { useChanged } from '@/shared/lib/unsaved';
import { useScope } from '@/shared/lib/use-scope';
import { SelectField, TextField } from '@/shared/ui/field';
import { changes, FormDialog, LongField, useVersioned } from '@/shared/ui/forms';
import { useState } from 'react';
import { hookKinds, pairs, seasons, urgencies } from './words';

export function HookDialog({ hook, refresh, onClose }: { hook?: Hook; refresh: () => Promise<unknown>; onClose: () => void }) {
  const { scope } = useScope();
  const [before] = useState({ text: hook?.text ?? '', kind: hook?.kind ?? ('statement' as HookKind), category: hook?.category ?? '', season: hook?.season ?? ('' as Season | ''), place: hook?.place ?? '', urgency: hook?.urgency ?? ('low' as Urgency) });
  const [form, setForm] = useState(before);
  const dirty = useChanged(form);
  const set = (part: Partial<typeof form>) => setForm((f) => ({ ...f, ...part }));
  const body = () => changes(before, form) as UpdateHook;
  const { save, busy, problem, stale } = useVersioned({
    version: hook?.version ?? 0,
    save: (version) => hook
      ? take(api.PATCH(`${brandPath}/hooks/{hook}`, { params: { path: { ...scope, hook: hook.id }, header: seen(version) }, body: body() }))
      : take(api.POST(`${brandPath}/hooks`, { params: { path: scope }, body: body() })),
    refresh,
    done: () => {
      void refresh();
      toast(hook ? 'Saved' : 'The hook is kept');
      onClose();
    },
  });
  return (
    <FormDialog title={hook ? 'Edit the hook' : 'New hook'} action={hook ? 'Save' : 'Keep the hook'} busy={busy} problem={problem} stale={stale} fields={Object.keys(form)} dirty={dirty} empty={form.text.trim() === ''} onSave={save} onClose={onClose}>
      <LongField label="The line" autoFocus rows={2} value={form.text} onChange={(text) => set({ text })} error={problem?.at('text')} />
      <div className="grid gap-5 sm:grid-cols-2">
        <SelectField label="Kind" value={form.kind} onChange={(e) => set({ kind: e.target.value as HookKind })} error={problem?.at('kind')}>
          {pairs(hookKinds).map(([id, label]) => <option key={id} value={id}>{label}</option>)}
        </SelectField>
        <TextField label="What it is about" value={form.category} onChange={(e) => set({ category: e.target.value })} error={problem?.at('category')} />
        <SelectField label="Only in" value={form.season} onChange={(e) => set({ season: e.target.value as Season | '' })} error={problem?.at('season')}>
          <option value="">Any time of the year</option>
          {pairs(seasons).map(([id, label]) => <option key={id} value={id}>{label}</option>)}
        </SelectField>
        <TextField label="Only for this place" value={form.place} onChange={(e) => set({ place: e.target.value })} error={problem?.at('place')} />
        <SelectField label="Urgency" value={form.urgency} onChange={(e) => set({ urgency: e.target.value as Urgency })} error={problem?.at('urgency')}>
          {pairs(urgencies).map(([id, label]) => <option key={id} value={id}>{label}</option>)}
        </SelectField>
      </div>
    </FormDialog>
  );
}
