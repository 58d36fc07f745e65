import { api, seen, take } from '@/shared/api/client';
import { brandPath } from '@/shared/api/queries';
import type { Knowledge, KnowledgeKind, UpdateKnowledge } from '@/shared/api/types';
import { toast } from '@/shared/lib/toast';
import { useChanged } from '@/shared/lib/unsaved';
import { useScope } from '@/shared/lib/use-scope';
import { SelectField, TextField } from '@/shared/ui/field';
import { changes, FormDialog, LongField, useVersioned } from '@/shared/ui/forms';
import { useState } from 'react';
import { knowledgeKinds, pairs } from './words';

export function KnowledgeDialog({ snippet, refresh, onClose }: { snippet?: Knowledge; refresh: () => Promise<unknown>; onClose: () => void }) {
  const { scope } = useScope();
  const [before] = useState({ content: snippet?.content ?? '', kind: snippet?.kind ?? ('fact' as KnowledgeKind), source: snippet?.source ?? '', url: snippet?.url ?? '', valid_until: snippet?.valid_until ?? '' });
  const [form, setForm] = useState(before);
  const dirty = useChanged(form);
  const set = (part: Partial<typeof form>) => setForm((f) => ({ ...f, ...part }));
  const body = () => changes(before, form) as UpdateKnowledge;
  const { save, busy, problem, stale } = useVersioned({
    version: snippet?.version ?? 0,
    save: (version) => snippet
      ? take(api.PATCH(`${brandPath}/knowledge/{knowledge}`, { params: { path: { ...scope, knowledge: snippet.id }, header: seen(version) }, body: body() }))
      : take(api.POST(`${brandPath}/knowledge`, { params: { path: scope }, body: body() })),
    refresh,
    done: () => {
      void refresh();
      toast(snippet ? 'Saved' : 'The snippet is kept');
      onClose();
    },
  });
  return (
    <FormDialog title={snippet ? 'Edit the snippet' : 'New snippet'} action={snippet ? 'Save' : 'Keep the snippet'} busy={busy} problem={problem} stale={stale} fields={Object.keys(form)} dirty={dirty} empty={form.content.trim() === ''} onSave={save} onClose={onClose}>
      <LongField label="What is known" autoFocus rows={4} value={form.content} onChange={(content) => set({ content })} error={problem?.at('content')} />
      <div className="grid gap-5 sm:grid-cols-2">
        <SelectField label="Kind" value={form.kind} onChange={(e) => set({ kind: e.target.value as KnowledgeKind })} error={problem?.at('kind')}>
          {pairs(knowledgeKinds).map(([id, label]) => <option key={id} value={id}>{label}</option>)}
        </SelectField>
        <TextField label="Valid until" type="date" value={form.valid_until} onChange={(e) => set({ valid_until: e.target.value })} error={problem?.at('valid_until')} hint="The last day on which it may be cited." />
        <TextField label="Source" value={form.source} placeholder="Our survey of 2026" onChange={(e) => set({ source: e.target.value })} error={problem?.at('source')} />
        <TextField label="Where it can be read" type="url" inputMode="url" placeholder="https://" value={form.url} onChange={(e) => set({ url: e.target.value })} error={problem?.at('url')} />
      </div>
    </FormDialog>
  );
}
