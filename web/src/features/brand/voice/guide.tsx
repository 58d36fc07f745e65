import { modelQuery, type Guide, type Rule, type VoiceModelView, type VoiceOverview } from '@/shared/voice/api';
import { capital, familyWords, sentence } from '@/shared/voice/words';
import { copyText } from '@/shared/lib/clipboard';
import { toast } from '@/shared/lib/toast';
import { useScope } from '@/shared/lib/use-scope';
import { Button } from '@/shared/ui/button';
import { SelectField } from '@/shared/ui/field';
import { Empty, ErrorState, Loading, SkeletonText } from '@/shared/ui/states';
import { useQuery } from '@tanstack/react-query';
import { BookOpenText, Copy } from 'lucide-react';
import { HabitCharts } from './charts';
import { guideText } from './guide-text';
import type { VoiceView } from './voice';

/** How somebody writes, as a page to be read. */
export function StyleGuide({ overview, view, onView }: { overview: VoiceOverview; view: VoiceView; onView: (view: VoiceView) => void }) {
  const { scope } = useScope();
  const speaking = overview.families.flatMap((f) => (f.active_model ? [f.active_model] : []));
  const wanted = view.family === undefined ? speaking[0] : speaking.find((m) => m.family === view.family) ?? speaking[0];
  const id = view.model ?? wanted?.id;
  const model = useQuery({ ...modelQuery(scope, id ?? ''), enabled: id !== undefined });
  if (id === undefined) return <Empty icon={BookOpenText} title="No style guide yet">It is written when the voice is learned: what you do, what you never do, and how you begin and end, with your own sentences.</Empty>;
  if (model.isPending) return <Loading what="the style guide"><SkeletonText lines={10} /></Loading>;
  if (model.isError) return <ErrorState error={model.error} retry={() => void model.refetch()} compact />;
  const chosen = speaking.some((m) => m.id === id) ? id : '';
  return (
    <div className="grid gap-8">
      {(speaking.length > 1 || chosen === '') && (
        <SelectField label="Voice" value={chosen} onChange={(e) => onView({ show: 'guide', family: speaking.find((m) => m.id === e.target.value)?.family })} className="sm:max-w-60">
          {chosen === '' && <option value="">Version {model.data.version}</option>}
          {speaking.map((m) => <option key={m.id} value={m.id}>{familyWords[m.family].label}</option>)}
        </SelectField>
      )}
      {model.data.guide ? <Page model={model.data} guide={model.data.guide} /> : <p className="text-sm text-ink-2">This version has no style guide{model.data.failure ? `: ${model.data.failure}` : '.'}</p>}
    </div>
  );
}

function Page({ model, guide }: { model: VoiceModelView; guide: Guide }) {
  const copy = async () => {
    if (await copyText(guideText(guide))) toast('The style guide is copied');
    else toast('It could not be copied', { kind: 'error', detail: 'Select it and copy it by hand.' });
  };
  return (
    <article aria-label="Style guide" className="grid gap-12">
      <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
        <p className="text-xs text-ink-3">From {model.sample_count.toLocaleString()} samples, {model.words.toLocaleString()} words{guide.language && `, in ${language(guide.language)}`}. Writers are told it; every example is a sentence of yours.</p>
        <Button size="sm" onClick={() => void copy()}><Copy className="size-4" /> Copy</Button>
      </div>
      <Rules title="What you do" rules={guide.does} />
      <Rules title="What you never do" rules={guide.never} never />
      {(guide.openings.length > 0 || guide.closings.length > 0) && (
        <div className="grid gap-x-12 gap-y-8 sm:grid-cols-2">
          <Lines title="How you begin" lines={guide.openings} />
          <Lines title="How you end" lines={guide.closings} />
        </div>
      )}
      {guide.phrases.length > 0 && (
        <section className="grid gap-3">
          <h3 className="font-serif text-xl">What you keep saying</h3>
          <ul className="flex flex-wrap gap-1.5">{guide.phrases.map((p) => <li key={p} className="rounded-lg bg-sunk px-3 py-1 font-serif text-base text-ink-2 wrap-anywhere">{p}</li>)}</ul>
        </section>
      )}
      <HabitCharts habits={guide.habits} />
    </article>
  );
}

function Rules({ title, rules, never }: { title: string; rules: Rule[]; never?: boolean }) {
  if (rules.length === 0) return null;
  return (
    <section className="grid gap-5">
      <h3 className="font-serif text-xl">{title}</h3>
      <ul className={never ? 'grid gap-x-12 gap-y-3 sm:grid-cols-2' : 'grid gap-6'}>
        {rules.map((r) => (
          <li key={r.habit} className="grid gap-2">
            <p className={never ? 'text-sm text-ink-2' : 'max-w-prose text-base'}>{sentence(capital(r.text))}</p>
            {r.examples.map((e) => <blockquote key={e} className="max-w-prose border-l-2 border-brass pl-4 font-serif text-lg whitespace-pre-line text-ink-2 wrap-anywhere">{e}</blockquote>)}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Lines({ title, lines }: { title: string; lines: string[] }) {
  if (lines.length === 0) return null;
  return (
    <section className="grid content-start gap-3">
      <h3 className="font-serif text-xl">{title}</h3>
      <ul className="grid gap-2">{lines.map((l) => <li key={l} className="border-l-2 border-line-strong pl-4 font-serif text-lg text-ink-2 wrap-anywhere">{l}</li>)}</ul>
    </section>
  );
}

function language(code: string): string {
  try {
    return new Intl.DisplayNames(undefined, { type: 'language' }).of(code) ?? code;
  } catch {
    return code;
  }
}
