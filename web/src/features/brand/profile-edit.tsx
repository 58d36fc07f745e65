import { api, seen, take } from '@/shared/api/client';
import type { Problem } from '@/shared/api/problem';
import { brandPath, keys, networksQuery } from '@/shared/api/queries';
import type { NetworkId, Profile, UpdateProfile } from '@/shared/api/types';
import { toast } from '@/shared/lib/toast';
import { useChanged, useUnsaved } from '@/shared/lib/unsaved';
import { useScope } from '@/shared/lib/use-scope';
import { Button, IconButton } from '@/shared/ui/button';
import { Checkbox } from '@/shared/ui/choice';
import { SelectField, TextField } from '@/shared/ui/field';
import { changes, ListField, LongField, staleWords, useSubmit, useVersioned } from '@/shared/ui/forms';
import { Fault, Notice } from '@/shared/ui/note';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Plus, X } from 'lucide-react';
import { useEffect, useRef, useState, type ReactNode } from 'react';
import { written, type FieldOf, type Written } from './profile-fields';
import { profileQuery } from './queries';

type Values = Record<string, unknown>;

/**
 * Saves a part of the profile. All sections share the brand's version: as long as `part` is what it was when the form
 * opened, somebody's change of another section is no reason to refuse.
 */
function useSavePart(profile: Profile, part: unknown, change: () => UpdateProfile, onClose: () => void) {
  const { scope } = useScope();
  const client = useQueryClient();
  const [opened] = useState({ version: profile.version, part: JSON.stringify(part) });
  const untouched = JSON.stringify(part) === opened.part;
  return useVersioned({
    version: profile.version,
    save: (version) => take(api.PATCH(`${brandPath}/profile`, { params: { path: scope, header: seen(untouched ? profile.version : version) }, body: change() })),
    refresh: () => client.refetchQueries({ queryKey: profileQuery(scope).queryKey }),
    done: (fresh) => {
      client.setQueryData(profileQuery(scope).queryKey, fresh);
      // Its description and version are the brand's.
      void client.invalidateQueries({ queryKey: keys.brand(scope), exact: true });
      toast('Saved');
      onClose();
    },
  });
}

export function EditSection({ section, profile, onClose }: { section: Written; profile: Profile; onClose: () => void }) {
  const now = profile[section] as Values;
  const [before] = useState(() => formOf(written[section], now));
  const [form, setForm] = useState(before);
  const change = changes(before, form);
  const dirty = Object.keys(change).length > 0;
  useUnsaved(dirty);
  const { save, busy, problem, stale } = useSavePart(profile, now, () => ({ [section]: change }) as UpdateProfile, onClose);
  const fields = written[section].map((f) => `${section}/${f.name}`);
  // What somebody else wrote meanwhile into a field that was changed here.
  const theirs = formOf(written[section], now);
  const meanwhile = (name: string) => (stale && name in change && JSON.stringify(theirs[name]) !== JSON.stringify(before[name]) ? `Theirs: ${sayAs(theirs[name])}` : undefined);
  return (
    <EditForm onSave={() => (dirty ? save() : onClose())} onClose={onClose} busy={busy} problem={problem} stale={stale} fields={fields}>
      {written[section].map((field) => (
        <Control
          key={field.name}
          field={field}
          value={form[field.name]}
          form={form}
          onChange={(value) => setForm((f) => ({ ...f, [field.name]: value }))}
          hint={meanwhile(field.name) ?? field.hint}
          error={problem?.at(`${section}/${field.name}`)}
        />
      ))}
    </EditForm>
  );
}

/** A form's values: a text that says nothing is empty. */
function formOf(fields: FieldOf[], now: Values): Values {
  return Object.fromEntries(fields.map((f) => [f.name, now[f.name] ?? '']));
}
function sayAs(value: unknown): string {
  if (Array.isArray(value)) return value.length > 0 ? value.join(' · ') : 'nothing';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'object' && value !== null) return Object.values(value).join(' · ') || 'nothing';
  return String(value) || 'nothing';
}

function EditForm({ onSave, onClose, busy, problem, stale, fields, children }: { onSave: () => void; onClose: () => void; busy: boolean; problem: Problem | null; stale: boolean; fields: string[]; children: ReactNode }) {
  const form = useRef<HTMLFormElement>(null);
  const { onSubmit, keepFocus } = useSubmit(() => !busy && onSave());
  useEffect(() => {
    form.current?.querySelector<HTMLElement>('input, textarea, select')?.focus();
  }, []);
  return (
    <form
      ref={form}
      noValidate
      className="grid max-w-150 gap-5"
      onSubmit={onSubmit}
    >
      {children}
      {stale && <div role="alert"><Notice kind="warn">{staleWords}</Notice></div>}
      <Fault error={problem} fields={fields} />
      <div className="flex flex-wrap gap-2">
        <Button type="submit" variant="primary" busy={busy} onMouseDown={keepFocus}>Save</Button>
        <Button variant="quiet" onClick={onClose}>Cancel</Button>
      </div>
    </form>
  );
}

interface ControlProps { field: FieldOf; value: unknown; form: Values; onChange: (value: unknown) => void; hint: string | undefined; error: string | undefined }

function Control({ field, value, form, onChange, hint, error }: ControlProps) {
  const more = { ...(hint && { hint }), error };
  switch (field.kind) {
    case 'long':
      return <LongField label={field.label} value={value as string} onChange={onChange} {...more} />;
    case 'list':
    case 'words':
      return <ListField label={field.label} one={field.one ?? 'one'} words={field.kind === 'words'} values={value as string[]} onChange={onChange} {...more} />;
    case 'choice':
      return (
        <SelectField label={field.label} value={value as string} onChange={(e) => onChange(e.target.value)} {...more}>
          <option value="">Not said</option>
          {Object.entries(field.options ?? {}).map(([id, label]) => <option key={id} value={id}>{label}</option>)}
        </SelectField>
      );
    case 'networks':
      return <Networks label={field.label} chosen={value as NetworkId[]} onChange={onChange} {...more} />;
    case 'preferences':
      return <Preferences texts={value as Record<string, string>} networks={form['networks'] as NetworkId[]} onChange={onChange} error={error} />;
    case 'switch':
      return <label className="flex items-center gap-3 text-sm"><Checkbox label={hint ?? field.label} checked={value as boolean} onChange={onChange} /><span>{hint}</span></label>;
    default:
      return <TextField label={field.label} value={value as string} onChange={(e) => onChange(e.target.value)} {...more} />;
  }
}

function Networks({ label, chosen, onChange, hint, error }: { label: string; chosen: NetworkId[]; onChange: (chosen: NetworkId[]) => void; hint?: string; error: string | undefined }) {
  const { data } = useQuery(networksQuery);
  return (
    <fieldset className="grid gap-2">
      <legend className="pb-1.5 text-sm font-semibold">{label}</legend>
      <div className="grid gap-x-6 gap-y-2 sm:grid-cols-2">
        {data?.networks.filter((n) => n.id !== 'sandbox').map((n) => (
          <label key={n.id} className="flex min-h-6 items-center gap-3 text-sm max-lg:min-h-10">
            <Checkbox label={n.name} checked={chosen.includes(n.id)} onChange={(on) => onChange(on ? [...chosen, n.id] : chosen.filter((id) => id !== n.id))} />
            <span>{n.name}</span>
          </label>
        ))}
      </div>
      {(error ?? hint) && <p className={`text-xs ${error ? 'text-bad' : 'text-ink-3'}`}>{error ?? hint}</p>}
    </fieldset>
  );
}

/** A line for each network that is chosen, and for those that have one already. */
function Preferences({ texts, networks, onChange, error }: { texts: Record<string, string>; networks: NetworkId[]; onChange: (texts: Record<string, string>) => void; error: string | undefined }) {
  const { data } = useQuery(networksQuery);
  const ids = [...new Set([...networks, ...Object.keys(texts)])];
  const set = (id: string, text: string) => {
    const { [id]: _, ...rest } = texts;
    onChange(text === '' ? rest : { ...rest, [id]: text });
  };
  if (ids.length === 0) return null;
  return (
    <fieldset className="grid gap-4 border-l-2 pl-4">
      <legend className="sr-only">What to mind on a network</legend>
      {ids.map((id) => <TextField key={id} label={`What to mind on ${data?.networks.find((n) => n.id === id)?.name ?? id}`} value={texts[id] ?? ''} onChange={(e) => set(id, e.target.value)} />)}
      {error && <p className="text-xs text-bad">{error}</p>}
    </fieldset>
  );
}

export function EditMore({ profile, onClose }: { profile: Profile; onClose: () => void }) {
  const [rows, setRows] = useState(() => (profile.more.length > 0 ? profile.more : [{ label: '', text: '' }]));
  const set = (at: number, part: Partial<(typeof rows)[number]>) => setRows((all) => all.map((row, i) => (i === at ? { ...row, ...part } : row)));
  useUnsaved(useChanged(rows));
  const filled = rows.filter((r) => r.label.trim() || r.text.trim());
  const { save, busy, problem, stale } = useSavePart(profile, profile.more, () => ({ more: filled }), onClose);
  return (
    <EditForm onSave={save} onClose={onClose} busy={busy} problem={problem} stale={stale} fields={[]}>
      {rows.map((row, i) => (
        <div key={i} className="grid grid-cols-[minmax(0,1fr)_auto] items-start gap-x-2 gap-y-4 border-l-2 pl-4">
          <TextField label="What it is about" value={row.label} onChange={(e) => set(i, { label: e.target.value })} />
          <IconButton label={`Remove ${row.label || 'this'}`} className="mt-6.5" onClick={() => setRows((all) => all.filter((_, j) => j !== i))}><X /></IconButton>
          <LongField label="What there is to say" rows={2} value={row.text} onChange={(text) => set(i, { text })} />
        </div>
      ))}
      <div><Button size="sm" variant="quiet" onClick={() => setRows((all) => [...all, { label: '', text: '' }])}><Plus className="size-4" /> Another</Button></div>
    </EditForm>
  );
}
