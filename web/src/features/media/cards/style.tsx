import { api, seen, take } from '@/shared/api/client';
import { asProblem } from '@/shared/api/problem';
import { toast } from '@/shared/lib/toast';
import { useUnsaved } from '@/shared/lib/unsaved';
import { useMay } from '@/shared/lib/use-may';
import { useScope } from '@/shared/lib/use-scope';
import { Button } from '@/shared/ui/button';
import { Segmented } from '@/shared/ui/choice';
import { inputClass, TextField } from '@/shared/ui/field';
import { Fault, Notice } from '@/shared/ui/note';
import { ErrorState, Loading, Skeleton, SkeletonText } from '@/shared/ui/states';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { CircleAlert, CircleCheck, ImageOff, TriangleAlert } from 'lucide-react';
import { lazy, Suspense, useId, useState } from 'react';
import { oneQuery } from '../api';
import { cardStyleQuery, stylePath, type CardStyle } from './api';
import { asColour, contrast, readable, sayRatio, visible } from './colour';
import { CardFace } from './face';
import type { Size, Template } from './layout';
import { headed, sizes, templates } from './words';

const Picker = lazy(() => import('../picker').then((m) => ({ default: m.Picker })));

/** How the brand's cards look: what quotes, statements and carousels are drawn in. */
export function CardStylePage() {
  const { scope } = useScope();
  const style = useQuery(cardStyleQuery(scope));
  return (
    <section className="grid gap-8">
      <div>
        <h2 className="font-serif text-xl">Cards</h2>
        <p className="mt-1 max-w-prose text-sm text-ink-2">Quotes, statements and carousels are drawn in these colours. What was drawn before stays as it is.</p>
      </div>
      {style.isPending ? <Loading what="how cards look"><div className="grid gap-8 lg:grid-cols-2"><SkeletonText lines={8} /><Skeleton className="aspect-square w-full rounded-lg" /></div></Loading>
        : style.isError ? <ErrorState error={style.error} retry={() => void style.refetch()} />
          : <Edit style={style.data} />}
    </section>
  );
}

type Look = Omit<CardStyle, 'version'>;
const lookOf = ({ background, ink, accent, signature, logo_id }: CardStyle): Look => ({ background, ink, accent, signature, logo_id: logo_id ?? null });

function Edit({ style }: { style: CardStyle }) {
  const { scope, brand } = useScope();
  const client = useQueryClient();
  const may = useMay('brand.update');
  // what was changed here; the rest follows the server
  const [changed, setChanged] = useState<Partial<Look>>({});
  const [base, setBase] = useState(style.version);
  const [picking, setPicking] = useState(false);
  const [template, setTemplate] = useState<Template>('quote');
  const [size, setSize] = useState<Size>('square');
  const look: Look = { ...lookOf(style), ...changed };
  const set = (part: Partial<Look>) => {
    if (Object.keys(changed).length === 0) setBase(style.version);
    setChanged((old) => ({ ...old, ...part }));
  };
  const dirty = JSON.stringify(look) !== JSON.stringify(lookOf(style));
  useUnsaved(dirty);
  const { data: logo } = useQuery({ ...oneQuery(scope, look.logo_id ?? ''), enabled: Boolean(look.logo_id) });
  const shownLogo = look.logo_id && logo && !logo.deleted_at ? logo : null;
  const ratio = contrast(look.ink, look.background);
  const marks = contrast(look.accent, look.background);
  const wrong = (['background', 'ink', 'accent'] as const).some((name) => asColour(look[name]) === null) || (ratio ?? 0) < readable;
  const save = useMutation({
    mutationFn: () => take(api.PUT(stylePath, { params: { path: scope, header: seen(base) }, body: { ...look, background: asColour(look.background) ?? look.background, ink: asColour(look.ink) ?? look.ink, accent: asColour(look.accent) ?? look.accent } })),
    onSuccess: (fresh) => {
      client.setQueryData(cardStyleQuery(scope).queryKey, fresh);
      setChanged({});
      setBase(fresh.version);
      toast('Saved', { detail: 'The next cards are drawn like this.' });
    },
    onError: async (error) => {
      if (asProblem(error).status !== 412) return;
      // from here on the newest counts, under what is changed here
      setBase((await client.fetchQuery({ ...cardStyleQuery(scope), staleTime: 0 })).version);
    },
  });
  const problem = save.error ? asProblem(save.error) : null;
  const stale = problem?.status === 412;
  const colours = { background: asColour(look.background) ?? '#ffffff', ink: asColour(look.ink) ?? '#000000', accent: asColour(look.accent) ?? '#000000' };
  const signature = look.signature.trim() || brand.name;
  return (
    <div className="grid items-start gap-x-12 gap-y-8 lg:grid-cols-[minmax(0,1fr)_minmax(0,20rem)]">
      <form
        noValidate
        className="grid min-w-0 gap-5 max-lg:order-2"
        onSubmit={(event) => {
          event.preventDefault();
          if (dirty && !wrong) save.mutate();
        }}
      >
        <Colour label="Background" value={look.background} readOnly={!may} onChange={(background) => set({ background })} error={problem?.at('background')} />
        <Colour label="Letters" value={look.ink} readOnly={!may} onChange={(ink) => set({ ink })} error={problem?.at('ink')} />
        {ratio !== null && (
          <p role="status" className={`-mt-2 flex items-start gap-2 text-xs ${ratio < readable ? 'text-bad' : 'text-ink-3'}`}>
            {ratio < readable ? <CircleAlert className="size-4 shrink-0" aria-hidden /> : <CircleCheck className="size-4 shrink-0 text-good" aria-hidden />}
            <span>{ratio < readable ? `Letters and background are too much alike: ${sayRatio(ratio)}, and it takes ${sayRatio(readable)} to read them.` : `Letters can be read: they contrast by ${sayRatio(ratio)}.`}</span>
          </p>
        )}
        <Colour label="Accent" value={look.accent} readOnly={!may} onChange={(accent) => set({ accent })} error={problem?.at('accent')} hint="Bands and marks." />
        {marks !== null && marks < visible && <p role="status" className="-mt-2 flex items-start gap-2 text-xs text-brass-ink"><TriangleAlert className="size-4 shrink-0" aria-hidden /> Bands and marks are hard to see on this background: {sayRatio(marks)}.</p>}
        <TextField label="Signature" value={look.signature} maxLength={100} readOnly={!may} placeholder={brand.name} onChange={(e) => set({ signature: e.target.value })} hint="Stands below the words. Left empty, it is the brand’s name." error={problem?.at('signature')} />
        <div role="group" aria-label="Logo" className="grid gap-1.5">
          <p className="text-sm font-semibold">Logo</p>
          <div className="flex flex-wrap items-center gap-3">
            <span className="flex h-14 w-24 items-center justify-center overflow-hidden rounded-md border p-1.5" style={{ background: colours.background }}>
              {shownLogo ? <img src={shownLogo.thumbnail_url ?? shownLogo.url} alt={shownLogo.alt_text || shownLogo.name} className="max-h-full max-w-full object-contain" /> : <ImageOff className="size-5" style={{ color: colours.ink }} strokeWidth={1.5} aria-hidden />}
            </span>
            <span className="min-w-0 grow basis-24 truncate text-sm text-ink-2">{shownLogo ? shownLogo.name : 'None'}</span>
            {may && (
              <div className="flex gap-1">
                <Button size="sm" onClick={() => setPicking(true)}>{look.logo_id ? 'Another' : 'Choose a picture'}</Button>
                {look.logo_id && <Button size="sm" variant="quiet" onClick={() => set({ logo_id: null })}>Remove<span className="sr-only"> the logo</span></Button>}
              </div>
            )}
          </div>
          <p className={`text-xs ${problem?.at('logo_id') ? 'text-bad' : 'text-ink-3'}`}>{problem?.at('logo_id') ?? 'A picture of the media library. It stands in the corner.'}</p>
        </div>
        {stale && <div role="alert"><Notice kind="warn">Somebody changed this meanwhile. What you changed is kept: look it over, and save again to put it over theirs.</Notice></div>}
        {!stale && <Fault error={save.error} fields={['background', 'ink', 'accent', 'signature', 'logo_id']} />}
        {may ? (
          <div className="flex flex-wrap gap-2">
            <Button type="submit" variant={dirty ? 'primary' : 'line'} busy={save.isPending} disabled={!dirty || wrong}>Save</Button>
            {dirty && <Button variant="quiet" onClick={() => setChanged({})}>Take back</Button>}
          </div>
        ) : <p className="text-sm text-ink-3">Who may change the brand may change how its cards look.</p>}
      </form>
      <div className="grid min-w-0 content-start gap-3 max-lg:order-1 lg:sticky lg:top-8">
        <CardFace template={template} size={size} colours={colours} logo={shownLogo?.thumbnail_url ?? shownLogo?.url} words={{ ...(headed(template) && { heading: 'Three lines, no adjectives' }), text: headed(template) ? 'What changed, what to watch, what to do.' : 'What changed, what to watch, what to do: three lines, no adjectives.', author: template === 'slide' ? '' : signature, ...(template === 'slide' && { page: [2, 6] as const }) }} className={size === 'landscape' ? '' : size === 'portrait' ? 'mx-auto max-w-64 lg:mx-0' : 'mx-auto max-w-72 lg:mx-0'} />
        <Segmented label="Template of the preview" className="-ml-1" value={template} onChange={setTemplate} options={templates} />
        <Segmented label="Size of the preview" className="-ml-1" value={size} onChange={setSize} options={sizes} />
        <p className="text-xs text-ink-3">A sketch: lines may break a little differently in the picture.</p>
      </div>
      {picking && <Suspense><Picker only="image" there={look.logo_id ? [look.logo_id] : []} title="Choose the logo" onPick={([media]) => media && set({ logo_id: media.id })} onClose={() => setPicking(false)} /></Suspense>}
    </div>
  );
}

/** A colour by the system's own dialog, or written as the brand's book has it. */
function Colour({ label, value, onChange, readOnly, hint, error }: { label: string; value: string; onChange: (value: string) => void; readOnly: boolean; hint?: string; error?: string | undefined }) {
  const id = useId();
  const read = asColour(value);
  const note = error ?? (read === null ? 'Write a colour such as #1a2b3c.' : hint);
  const bad = Boolean(error) || read === null;
  return (
    <div className="grid gap-1.5">
      <label htmlFor={id} className="text-sm font-semibold">{label}</label>
      <div className="flex items-center gap-2">
        <input type="color" aria-label={`${label}: choose`} value={read ?? '#000000'} disabled={readOnly} onChange={(e) => onChange(e.target.value)} className="h-9 w-12 shrink-0 cursor-pointer rounded-md border border-line-strong bg-sheet p-1 disabled:cursor-default max-lg:h-11" />
        <input id={id} value={value} readOnly={readOnly} spellCheck={false} autoCapitalize="off" autoCorrect="off" maxLength={9} aria-invalid={bad || undefined} aria-describedby={note ? `${id}-note` : undefined} onChange={(e) => onChange(e.target.value)} onBlur={() => read && read !== value && onChange(read)} className={`${inputClass} max-w-36 font-mono`} />
      </div>
      {note && <p id={`${id}-note`} className={`text-xs ${bad ? 'text-bad' : 'text-ink-3'}`}>{note}</p>}
    </div>
  );
}
