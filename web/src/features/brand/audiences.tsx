import { api, seen, take } from '@/shared/api/client';
import { brandPath } from '@/shared/api/queries';
import type { Audience, Awareness, UpdateAudience } from '@/shared/api/types';
import { toast } from '@/shared/lib/toast';
import { useChanged } from '@/shared/lib/unsaved';
import { useMay } from '@/shared/lib/use-may';
import { useScope } from '@/shared/lib/use-scope';
import { Button, IconButton } from '@/shared/ui/button';
import { ConfirmDialog } from '@/shared/ui/confirm';
import { Disclosure } from '@/shared/ui/disclosure';
import { SelectField, TextField } from '@/shared/ui/field';
import { changes, FormDialog, ListField, LongField, useVersioned } from '@/shared/ui/forms';
import { Section } from '@/shared/ui/section';
import { Empty, ErrorState, Loading, SkeletonText } from '@/shared/ui/states';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Pencil, Plus, Trash2, UsersRound } from 'lucide-react';
import { useState } from 'react';
import { Chips } from './chips';
import { audiencesQuery, profileQuery } from './queries';
import { awareness, pairs } from './words';

const most = 20;

/** The people a brand speaks to. */
export function Audiences() {
  const { scope } = useScope();
  const may = useMay('brand.update');
  const list = useQuery(audiencesQuery(scope));
  const [open, setOpen] = useState<string | null>(null);
  const [removing, setRemoving] = useState<Audience | null>(null);
  const refresh = useRefresh();
  const remove = useMutation({
    mutationFn: (a: Audience) => api.DELETE(`${brandPath}/audiences/{audience}`, { params: { path: { ...scope, audience: a.id } } }),
    onSuccess: (_, a) => {
      setRemoving(null);
      toast(`${a.name} is deleted`);
    },
    onSettled: refresh,
  });
  const items = list.data?.items ?? [];
  const add = may && items.length < most && <Button variant="primary" onClick={() => setOpen('new')}><Plus className="size-4" /> New audience</Button>;
  const edited = items.find((a) => a.id === open);
  return (
    <Section title="Audiences" lead="The people you speak to. Their pains and wishes decide which sentence of a text opens a draft." action={items.length > 0 && add}>
      {list.isPending ? <Loading what="audiences"><SkeletonText lines={6} /></Loading>
        : list.isError ? <ErrorState error={list.error} retry={() => void list.refetch()} compact />
          : items.length === 0 ? <Empty icon={UsersRound} title="No audiences yet" action={add}>Name the people you write for: what they do, what troubles them, what they hope for. Writers then write to them and not to everybody.</Empty>
            : <ul className="grid gap-4 sm:grid-cols-2" aria-label="Audiences">{items.map((a) => <Card key={a.id} audience={a} may={may} edit={() => setOpen(a.id)} remove={() => setRemoving(a)} />)}</ul>}
      {open === 'new' && <AudienceDialog onClose={() => setOpen(null)} />}
      {edited && <AudienceDialog key={edited.id} audience={edited} onClose={() => setOpen(null)} />}
      {removing && (
        <ConfirmDialog title={`Delete ${removing.name}?`} action="Delete" busy={remove.isPending} error={remove.error} onConfirm={() => remove.mutate(removing)} onClose={() => setRemoving(null)}>
          <p>Writers no longer write to them. It can’t be brought back.</p>
        </ConfirmDialog>
      )}
    </Section>
  );
}

function useRefresh(): () => Promise<unknown> {
  const { scope } = useScope();
  const client = useQueryClient();
  // How complete the profile is counts them.
  return () => Promise.all([client.invalidateQueries({ queryKey: audiencesQuery(scope).queryKey }), client.invalidateQueries({ queryKey: profileQuery(scope).queryKey })]);
}

function Card({ audience: a, may, edit, remove }: { audience: Audience; may: boolean; edit: () => void; remove: () => void }) {
  const { age, gender, location, income } = a.demographics;
  const counted = [age, gender, location, income].filter(Boolean).join(' · ');
  const lists: [string, string[]][] = [['Job roles', a.job_roles], ['Pain points', a.pain_points], ['Desired outcomes', a.desired_outcomes]];
  return (
    <li className="flex min-w-0 flex-col gap-3 rounded-lg border bg-sheet p-5">
      <div className="flex items-start gap-1">
        <h3 className="min-w-0 grow text-base font-semibold wrap-anywhere">{a.name}</h3>
        {may && <><IconButton label={`Edit ${a.name}`} className="-my-1.5" onClick={edit}><Pencil /></IconButton><IconButton label={`Delete ${a.name}`} className="-my-1.5 -mr-2" onClick={remove}><Trash2 /></IconButton></>}
      </div>
      {a.description && <p className="line-clamp-4 text-sm text-ink-2">{a.description}</p>}
      {counted && <p className="text-sm text-ink-2">{counted}</p>}
      {lists.filter(([, all]) => all.length > 0).map(([label, all]) => (
        <div key={label} className="grid gap-1">
          <p className="text-xs text-ink-3">{label}</p>
          <Chips items={all.slice(0, 4)} />
          {all.length > 4 && <p className="text-xs text-ink-3">and {all.length - 4} more</p>}
        </div>
      ))}
      {a.awareness_stage && <p className="mt-auto pt-1 text-xs text-ink-3">{awareness[a.awareness_stage]}</p>}
    </li>
  );
}

const simple = ['name', 'description', 'job_roles', 'pain_points', 'desired_outcomes', 'objections', 'awareness_stage'] as const;

function formOf(a?: Audience) {
  return {
    name: a?.name ?? '', description: a?.description ?? '', job_roles: a?.job_roles ?? [], pain_points: a?.pain_points ?? [], desired_outcomes: a?.desired_outcomes ?? [], objections: a?.objections ?? [],
    awareness_stage: a?.awareness_stage ?? ('' as Awareness | ''),
    demographics: { age: a?.demographics.age ?? '', gender: a?.demographics.gender ?? '', location: a?.demographics.location ?? '', income: a?.demographics.income ?? '' },
    psychographics: { goals: a?.psychographics.goals ?? [], values: a?.psychographics.values ?? [], interests: a?.psychographics.interests ?? [] },
  };
}

function AudienceDialog({ audience, onClose }: { audience?: Audience; onClose: () => void }) {
  const { scope } = useScope();
  const refresh = useRefresh();
  const [before] = useState(() => formOf(audience));
  const [form, setForm] = useState(before);
  const dirty = useChanged(form);
  const set = (part: Partial<typeof form>) => setForm((f) => ({ ...f, ...part }));
  const counted = (part: Partial<typeof form.demographics>) => set({ demographics: { ...form.demographics, ...part } });
  const moved = (part: Partial<typeof form.psychographics>) => set({ psychographics: { ...form.psychographics, ...part } });
  const body = () => {
    const change = changes(before, form);
    const { demographics } = form;
    if (change.demographics) change.demographics = Object.fromEntries(Object.entries(demographics).map(([name, text]) => [name, text.trim() || null]));
    return change as UpdateAudience;
  };
  const { save, busy, problem, stale } = useVersioned({
    version: audience?.version ?? 0,
    save: (version) => audience
      ? take(api.PATCH(`${brandPath}/audiences/{audience}`, { params: { path: { ...scope, audience: audience.id }, header: seen(version) }, body: body() }))
      : take(api.POST(`${brandPath}/audiences`, { params: { path: scope }, body: body() })),
    refresh,
    done: (a) => {
      void refresh();
      toast(audience ? 'Saved' : `${a.name} is added`);
      onClose();
    },
  });
  const list = (name: 'job_roles' | 'pain_points' | 'desired_outcomes' | 'objections', label: string, one: string) => (
    <ListField label={label} one={one} words={name === 'job_roles'} values={form[name]} onChange={(values) => set({ [name]: values })} error={problem?.at(name)} />
  );
  return (
    <FormDialog
      title={audience ? `Edit ${audience.name}` : 'New audience'}
      action={audience ? 'Save' : 'Add the audience'}
      size="lg"
      busy={busy}
      problem={problem}
      stale={stale}
      fields={[...simple, 'demographics', 'psychographics']}
      dirty={dirty}
      empty={form.name.trim() === ''}
      onSave={save}
      onClose={onClose}
    >
      <TextField label="What you call them" autoFocus value={form.name} onChange={(e) => set({ name: e.target.value })} error={problem?.at('name')} />
      <LongField label="Who they are" value={form.description} onChange={(description) => set({ description })} error={problem?.at('description')} />
      {list('job_roles', 'Job roles', 'a role')}
      {list('pain_points', 'Pain points', 'a pain')}
      {list('desired_outcomes', 'Desired outcomes', 'an outcome')}
      {list('objections', 'What keeps them from buying', 'an objection')}
      <SelectField label="How much they know" value={form.awareness_stage} onChange={(e) => set({ awareness_stage: e.target.value as Awareness | '' })} error={problem?.at('awareness_stage')}>
        <option value="">Not said</option>
        {pairs(awareness).map(([id, label]) => <option key={id} value={id}>{label}</option>)}
      </SelectField>
      <Disclosure label="Age, place and what moves them" open={Boolean(problem?.at('demographics') ?? problem?.at('psychographics')) || before.demographics !== form.demographics || before.psychographics !== form.psychographics}>
        <div className="mt-4 grid gap-5">
          <div className="grid gap-5 sm:grid-cols-2">
            <TextField label="Age" value={form.demographics.age} onChange={(e) => counted({ age: e.target.value })} error={problem?.at('demographics/age')} />
            <TextField label="Gender" value={form.demographics.gender} onChange={(e) => counted({ gender: e.target.value })} error={problem?.at('demographics/gender')} />
            <TextField label="Where they live" value={form.demographics.location} onChange={(e) => counted({ location: e.target.value })} error={problem?.at('demographics/location')} />
            <TextField label="What they earn" value={form.demographics.income} onChange={(e) => counted({ income: e.target.value })} error={problem?.at('demographics/income')} />
          </div>
          <ListField label="Goals" one="a goal" values={form.psychographics.goals} onChange={(goals) => moved({ goals })} error={problem?.at('psychographics/goals')} />
          <ListField label="Values" one="a value" words values={form.psychographics.values} onChange={(values) => moved({ values })} error={problem?.at('psychographics/values')} />
          <ListField label="Interests" one="an interest" words values={form.psychographics.interests} onChange={(interests) => moved({ interests })} error={problem?.at('psychographics/interests')} />
        </div>
      </Disclosure>
    </FormDialog>
  );
}
