import { api, seen, take } from '@/shared/api/client';
import { brandPath } from '@/shared/api/queries';
import type { Pillar, UpdatePillar } from '@/shared/api/types';
import { toast } from '@/shared/lib/toast';
import { useChanged } from '@/shared/lib/unsaved';
import { useScope } from '@/shared/lib/use-scope';
import { TextField } from '@/shared/ui/field';
import { changes, FormDialog, ListField, LongField, useVersioned } from '@/shared/ui/forms';
import { useState } from 'react';

export function PillarDialog({ pillar, refresh, onClose }: { pillar?: Pillar; refresh: () => Promise<unknown>; onClose: () => void }) {
  const { scope } = useScope();
  const [before] = useState({ name: pillar?.name ?? '', description: pillar?.description ?? '', why_important: pillar?.why_important ?? '', subtopics: pillar?.subtopics ?? [] });
  const [form, setForm] = useState(before);
  const dirty = useChanged(form);
  const set = (part: Partial<typeof form>) => setForm((f) => ({ ...f, ...part }));
  const body = () => changes(before, form) as UpdatePillar;
  const { save, busy, problem, stale } = useVersioned({
    version: pillar?.version ?? 0,
    save: (version) => pillar
      ? take(api.PATCH(`${brandPath}/pillars/{pillar}`, { params: { path: { ...scope, pillar: pillar.id }, header: seen(version) }, body: body() }))
      : take(api.POST(`${brandPath}/pillars`, { params: { path: scope }, body: body() })),
    refresh,
    done: (p) => {
      void refresh();
      toast(pillar ? 'Saved' : `${p.name} is added`);
      onClose();
    },
  });
  return (
    <FormDialog title={pillar ? `Edit ${pillar.name}` : 'New pillar'} action={pillar ? 'Save' : 'Add the pillar'} busy={busy} problem={problem} stale={stale} fields={Object.keys(form)} dirty={dirty} empty={form.name.trim() === ''} onSave={save} onClose={onClose}>
      <TextField label="Name" autoFocus value={form.name} onChange={(e) => set({ name: e.target.value })} error={problem?.at('name')} />
      <LongField label="What belongs to it" value={form.description} onChange={(description) => set({ description })} error={problem?.at('description')} />
      <LongField label="Why it matters to readers" value={form.why_important} onChange={(why_important) => set({ why_important })} error={problem?.at('why_important')} />
      <ListField label="Subtopics" one="a subtopic" words values={form.subtopics} onChange={(subtopics) => set({ subtopics })} error={problem?.at('subtopics')} />
    </FormDialog>
  );
}
