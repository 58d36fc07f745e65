import { toast } from '@/shared/lib/toast';
import { useChanged } from '@/shared/lib/unsaved';
import { useScope } from '@/shared/lib/use-scope';
import { SelectField, TextField } from '@/shared/ui/field';
import { changes, FormDialog, useVersioned } from '@/shared/ui/forms';
import { useState } from 'react';
import { changeSource } from '../api/queries';
import type { Frequency, Source, UpdateSource } from '../api/types';
import { frequencies, kinds, priorities, shownUrl } from '../words';

export function EditDialog({ source, refresh, onClose }: { source: Source; refresh: () => Promise<unknown>; onClose: () => void }) {
  const { scope } = useScope();
  const [before] = useState({ name: source.name, priority: source.priority, frequency: source.frequency });
  const [form, setForm] = useState(before);
  const dirty = useChanged(form);
  const { save, busy, problem, stale } = useVersioned({
    version: source.version,
    save: (version) => changeSource(scope, { id: source.id, version }, changes(before, form) as UpdateSource),
    refresh,
    done: () => {
      void refresh();
      toast('Saved');
      onClose();
    },
  });
  return (
    <FormDialog title={`Edit ${source.name}`} description={`${kinds[source.kind]} · ${shownUrl(source.url)}`} busy={busy} problem={problem} stale={stale} fields={Object.keys(form)} dirty={dirty} empty={form.name.trim() === ''} onSave={save} onClose={onClose}>
      <TextField label="Name" autoFocus maxLength={200} value={form.name} onChange={(e) => setForm((f) => ({ ...f, name: e.target.value }))} error={problem?.at('name')} />
      <Weight priority={form.priority} frequency={form.frequency} change={(part) => setForm((f) => ({ ...f, ...part }))} errors={{ priority: problem?.at('priority'), frequency: problem?.at('frequency') }} />
    </FormDialog>
  );
}

/** How much a source weighs, and how often it is looked at. */
export function Weight({ priority, frequency, change, errors }: { priority: number; frequency: Frequency; change: (part: { priority?: number; frequency?: Frequency }) => void; errors: { priority: string | undefined; frequency: string | undefined } }) {
  return (
    <div className="grid gap-5 sm:grid-cols-2">
      <SelectField label="Priority" hint="What weighs more stands higher in smart feeds." value={priority} onChange={(e) => change({ priority: Number(e.target.value) })} error={errors.priority}>
        {priorities.map((p) => <option key={p.value} value={p.value}>{p.label}</option>)}
      </SelectField>
      <SelectField label="Looked at" hint="Never more often than its site allows." value={frequency} onChange={(e) => change({ frequency: e.target.value as Frequency })} error={errors.frequency}>
        {(Object.entries(frequencies) as [Frequency, string][]).map(([value, label]) => <option key={value} value={value}>{label}</option>)}
      </SelectField>
    </div>
  );
}
