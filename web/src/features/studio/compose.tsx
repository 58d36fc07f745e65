import { api, take } from '@/shared/api/client';
import { asProblem } from '@/shared/api/problem';
import { brandPath, brandQuery, keys, modelsQuery, networksQuery, usageQuery } from '@/shared/api/queries';
import type { Model, Target, Tone } from '@/shared/api/types';
import { useBrandNetworks } from '@/shared/api/brand-networks';
import { keepTargets, lastTargets, targetsOn } from '@/shared/draft/targets';
import { tones } from '@/shared/draft/tones';
import { cn } from '@/shared/lib/cn';
import { useHotkeys } from '@/shared/lib/hotkeys';
import { useStore } from '@/shared/lib/store';
import { toast } from '@/shared/lib/toast';
import { useScope } from '@/shared/lib/use-scope';
import { sayWhen, sayZone } from '@/shared/lib/zone';
import { Button, buttonClass, IconButton } from '@/shared/ui/button';
import { Segmented } from '@/shared/ui/choice';
import { Disclosure } from '@/shared/ui/disclosure';
import { Field, inputClass } from '@/shared/ui/field';
import { Kbd } from '@/shared/ui/kbd';
import { Menu, MenuLabel, MenuRadio } from '@/shared/ui/menu';
import { ErrorState, Loading, Skeleton } from '@/shared/ui/states';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { CalendarClock, ChevronDown, X } from 'lucide-react';
import { useState } from 'react';
import { composerOf, emptyComposer, request } from './composer-state';
import { SourceBox } from './source-box';
import { startChoices } from './starts';
import { Targets } from './targets';

/** `at` is the time on the calendar that the drafts are meant for, on the clock of the brand. */
export function Compose({ at: planned, onAt }: { at?: string | undefined; onAt: (at: string | undefined) => void }) {
  const { scope } = useScope();
  const client = useQueryClient();
  const navigate = useNavigate();
  const composer = composerOf(scope);
  const state = useStore(composer);
  const { data: models } = useQuery(modelsQuery);
  const networks = useQuery(networksQuery);
  const { data: brand } = useQuery(brandQuery(scope));
  const { data: usage } = useQuery(usageQuery(scope.org));
  const [picked, setPicked] = useState<Target[] | null>(() => lastTargets(scope));
  const on = useBrandNetworks(scope);
  const [pickedTone, setTone] = useState<Tone | null>(null);
  const [starts, setStarts] = useState('');
  const known = networks.data?.networks ?? [];
  const all = known.flatMap((n) => n.content_types.map((t) => t.target));
  const targets = picked?.filter((t) => all.includes(t)) ?? targetsOn(on ?? [], known);
  const writers = models?.items ?? [];
  const tone = pickedTone ?? brand?.default_tone ?? 'conversational';

  const create = useMutation({
    mutationFn: () => take(api.POST(`${brandPath}/generations`, { params: { path: scope }, body: { ...request({ ...state, model: writers.some((w) => w.name === state.model) ? state.model : '' }, targets, tone), ...(starts && { starts_at: starts }) } })),
    onSuccess: (made) => {
      keepTargets(scope, targets);
      client.setQueryData([...keys.generations(scope), 'one', made.id], made);
      void client.invalidateQueries({ queryKey: [...keys.generations(scope), 'list'] });
      void client.invalidateQueries({ queryKey: keys.today(scope) });
      void client.invalidateQueries({ queryKey: keys.organization(scope.org) });
      composer.set((s) => ({ ...emptyComposer, model: s.model }));
      setStarts('');
      if (made.cached) toast('The same request was made before', { detail: 'Its drafts are here at once and cost nothing.' });
      void navigate({ to: '/$org/$brand/studio/$generation', params: { ...scope, generation: made.id }, search: planned ? { at: planned } : {} });
    },
  });
  const problem = create.error ? asProblem(create.error) : null;
  const at = { input: problem?.at('input'), targets: problem?.at('targets'), tone: problem?.at('tone'), instructions: problem?.at('instructions'), model: problem?.at('model'), starts: problem?.at('starts_at') };
  const located = Object.values(at).some(Boolean);
  const empty = !state.file && state.text.trim() === '';
  const submit = () => {
    if (!create.isPending && !empty && targets.length > 0) create.mutate();
  };
  useHotkeys({ 'mod+enter': submit });
  const left = usage?.generations.limit == null ? null : usage.generations.limit - usage.generations.used - usage.generations.reserved;

  return (
    <section aria-label="New drafts" className="grid gap-8">
      {planned && (
        <p className="-my-3 flex w-fit items-center gap-2 rounded-md bg-brass-soft py-1 pr-1 pl-3 text-sm text-brass-ink">
          <CalendarClock className="size-4 shrink-0" aria-hidden /> <span>For {sayWhen(planned)}{brand && `, ${sayZone(brand.time_zone)}`}</span>
          <IconButton label="Without a time" onClick={() => onAt(undefined)}><X /></IconButton>
        </p>
      )}
      <SourceBox composer={composer} error={at.input} clearError={() => create.reset()} />
      {networks.isPending || (picked === null && on === null) ? (
        <Loading what="networks">
          <div className="flex flex-wrap gap-2">{Array.from({ length: 9 }, (_, i) => <Skeleton key={i} className="h-9 w-28 rounded-full" />)}</div>
        </Loading>
      ) : networks.isError ? (
        <ErrorState error={networks.error} title="The networks could not be loaded" retry={() => void networks.refetch()} compact />
      ) : (
        <Targets networks={known} chosen={targets} onChange={setPicked} error={at.targets} />
      )}
      <div className="grid gap-2">
        <h2 className="text-sm font-semibold">Tone</h2>
        <Segmented label="Tone" value={tone} onChange={setTone} options={tones} />
        {at.tone && <p role="alert" className="text-sm text-bad">{at.tone}</p>}
        {writers.length > 1 && <Writers writers={writers} chosen={state.model} choose={(model) => composer.set((s) => ({ ...s, model }))} error={problem?.at('model')} />}
        <Starts chosen={starts} choose={setStarts} error={at.starts} />
        <Disclosure className="mt-1" open={Boolean(at.instructions)} label="Anything the writer should mind?">
          <div className="mt-3">
            <Field label="Instructions" hint="For example: write for beginners, mention the spring course, no emoji." error={at.instructions}>
              {(ids) => <textarea {...ids} rows={3} value={state.instructions} onChange={(e) => composer.set((s) => ({ ...s, instructions: e.target.value }))} className={cn(inputClass, 'h-auto py-2 max-lg:h-auto')} />}
            </Field>
          </div>
        </Disclosure>
      </div>
      {problem && !located && (
        <div role="alert" className="rounded-md bg-bad-soft px-4 py-3 text-sm text-bad">
          <p>{problem.message}</p>
          {problem.requestId && problem.status >= 500 && <p className="mt-1 text-xs">Request <code className="font-mono select-all">{problem.requestId}</code></p>}
        </div>
      )}
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2 max-lg:sticky max-lg:bottom-14 max-lg:z-10 max-lg:-mx-8 max-lg:border-t max-lg:bg-paper max-lg:px-8 max-lg:py-3 max-sm:-mx-4 max-sm:px-4">
        <Button variant="primary" size="lg" busy={create.isPending} disabled={empty || targets.length === 0} onClick={submit}>
          {create.isPending ? 'Reading…' : targets.length === 1 ? 'Write 1 draft' : `Write ${targets.length} drafts`}
        </Button>
        <span className="max-lg:hidden"><Kbd keys="mod+enter" /></span>
        <span className="text-xs text-ink-3">
          {empty ? 'Begin with some words above.' : targets.length === 0 ? 'Choose at least one network.'
            : left !== null ? `${Math.max(0, left)} of ${usage?.generations.limit} generations left this month` : null}
        </span>
      </div>
    </section>
  );
}

/** When the writing begins: at once, unless somebody wants their drafts fresh on another day. */
function Starts({ chosen, choose, error }: { chosen: string; choose: (at: string) => void; error: string | undefined }) {
  const choices = startChoices(new Date());
  const shown = choices.find((c) => c.value === chosen);
  return (
    <div className="flex flex-wrap items-center gap-x-2 text-sm text-ink-2">
      <span>Written</span>
      <Menu align="start" trigger={<button type="button" className={buttonClass('quiet', 'sm', '-ml-2')}>{shown?.label.toLowerCase() ?? 'at once'} <ChevronDown className="size-3.5 text-ink-3" /></button>}>
        <MenuLabel>When to write</MenuLabel>
        <MenuRadio value={shown?.value ?? ''} onChange={choose} options={[{ value: '', label: 'At once' }, ...choices]} />
      </Menu>
      {error && <p role="alert" className="text-sm text-bad">{error}</p>}
    </div>
  );
}

/** Who writes. The first of the configured order unless somebody else is asked for; that one alone then answers. */
function Writers({ writers, chosen, choose, error }: { writers: Model[]; chosen: string; choose: (name: string) => void; error: string | undefined }) {
  const shown = writers.find((w) => w.name === chosen);
  const first = writers[0];
  const label = (w: Model) => (w.name === 'builtin' ? 'The built-in writer' : w.model);
  return (
    <div className="flex flex-wrap items-center gap-x-2 text-sm text-ink-2">
      <span>Written by</span>
      <Menu
        align="start"
        trigger={<button type="button" className={buttonClass('quiet', 'sm', '-ml-2')}>{shown ? label(shown) : `${first ? label(first) : 'the usual one'}, or who is free`} <ChevronDown className="size-3.5 text-ink-3" /></button>}
      >
        <MenuLabel>Writer</MenuLabel>
        <MenuRadio
          value={shown?.name ?? ''}
          onChange={choose}
          options={[
            { value: '', label: <span>The usual order<span className="block text-xs text-ink-3">the next one takes over when one fails</span></span> },
            ...writers.map((w) => ({
              value: w.name,
              label: <span>{label(w)}<span className="block text-xs text-ink-3">{w.name === 'builtin' ? 'your own sentences, at once, for nothing' : `${w.name}${w.price_known ? '' : ', price unknown'}`}</span></span>,
            })),
          ]}
        />
      </Menu>
      {error && <p role="alert" className="text-sm text-bad">{error}</p>}
    </div>
  );
}
