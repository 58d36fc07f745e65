import { toast } from '@/shared/lib/toast';
import { useChanged } from '@/shared/lib/unsaved';
import { useScope } from '@/shared/lib/use-scope';
import { TextField } from '@/shared/ui/field';
import { changes, FormDialog, useVersioned } from '@/shared/ui/forms';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Trend, UpdateTrend } from '../api/contract';
import { changeTrend, trendsKey } from '../api/trends';

/** A name and a category of one's own. */
export function EditDialog({ trend, onClose }: { trend: Trend; onClose: () => void }) {
  const { scope } = useScope();
  const client = useQueryClient();
  const refresh = () => client.invalidateQueries({ queryKey: trendsKey(scope) });
  const [before] = useState({ name: trend.name, category: trend.category ?? '' });
  const [form, setForm] = useState(before);
  const dirty = useChanged(form);
  const { save, busy, problem, stale } = useVersioned({
    version: trend.version,
    save: (version) => changeTrend(scope, { id: trend.id, version }, changes(before, form) as UpdateTrend),
    refresh,
    done: () => {
      void refresh();
      toast('Saved');
      onClose();
    },
  });
  return (
    <FormDialog title="Name and category" description="A trend is named by the words of its own titles. A name that you give stays." busy={busy} problem={problem} stale={stale} fields={['name', 'category']} dirty={dirty} empty={form.name.trim() === ''} onSave={save} onClose={onClose}>
      <TextField label="Name" value={form.name} maxLength={120} onChange={(e) => setForm((f) => ({ ...f, name: e.target.value }))} error={problem?.at('name')} autoFocus />
      <TextField label="Category" value={form.category} maxLength={40} onChange={(e) => setForm((f) => ({ ...f, category: e.target.value }))} error={problem?.at('category')} hint="For filtering. Left empty, it is taken from the trend’s own words." />
    </FormDialog>
  );
}
