import { api, take } from '@/shared/api/client';
import { asProblem } from '@/shared/api/problem';
import { keys } from '@/shared/api/queries';
import { toast } from '@/shared/lib/toast';
import { useScope } from '@/shared/lib/use-scope';
import { Button } from '@/shared/ui/button';
import { Segmented } from '@/shared/ui/choice';
import { Dialog } from '@/shared/ui/dialog';
import { Field, inputClass, TextField } from '@/shared/ui/field';
import { Fault } from '@/shared/ui/note';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useId, useState } from 'react';
import { mediaKeys, mediaPath, oneQuery, type Media } from '../api';
import { cardStyleQuery } from './api';
import { CardFace, tooLong } from './face';
import type { Size, Template } from './layout';
import { headed, sizes, templates } from './words';

interface MakeCardProps {
  /** Sentences to take from, where the card is for a draft. */
  sentences?: string[];
  size?: Size;
  folder?: string;
  action: string;
  onMade: (media: Media) => void;
  onClose: () => void;
}

/** Words become a picture in the brand's colours. */
export function MakeCard({ sentences = [], size: first = 'square', folder = '', action, onMade, onClose }: MakeCardProps) {
  const { scope, brand } = useScope();
  const client = useQueryClient();
  const { data: style } = useQuery(cardStyleQuery(scope));
  const { data: logo } = useQuery({ ...oneQuery(scope, style?.logo_id ?? ''), enabled: Boolean(style?.logo_id) });
  const [template, setTemplate] = useState<Template>('quote');
  const [size, setSize] = useState<Size>(first);
  const [text, setText] = useState(sentences[0] ?? '');
  const [heading, setHeading] = useState('');
  const [author, setAuthor] = useState('');
  const [source, setSource] = useState('');
  const form = useId();
  // A sentence of the draft is chosen, not typed.
  const typed = [heading, author, source].some((t) => t.trim() !== '') || (text.trim() !== '' && !sentences.includes(text));
  const make = useMutation({
    mutationFn: () => take(api.POST(`${mediaPath}/cards`, { params: { path: scope }, body: { template, size, text, folder, source, ...(headed(template) && { heading }), ...(author.trim() && { author }) } })),
    onSuccess: ({ items: [media], left_out }) => {
      void client.invalidateQueries({ queryKey: mediaKeys.all(scope) });
      void client.invalidateQueries({ queryKey: keys.organization(scope.org) });
      if (left_out.length > 0) toast('Drawn, without what cards can’t show', { detail: `Left out: ${left_out.join(' ')}` });
      if (media) onMade(media);
      onClose();
    },
  });
  const problem = make.error ? asProblem(make.error) : null;
  const signature = style?.signature.trim() || brand.name;
  const words = { ...(headed(template) && { heading }), text, author: author.trim() || signature, source };
  const long = tooLong(template, size, { ...words, logo: Boolean(logo) });
  const longWords = (at: string) => problem?.at(at) ?? (long === at ? 'This is a lot for one card: the letters would be too small to read on a phone.' : undefined);
  const empty = text.trim() === '' && !(headed(template) && heading.trim() !== '');
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      size="xl"
      dirty={typed}
      title="Make a card"
      footer={<><Button onClick={onClose}>Cancel</Button><Button type="submit" form={form} variant="primary" busy={make.isPending} disabled={empty}>{make.isPending ? 'Drawing…' : action}</Button></>}
    >
      <div className="grid items-start gap-x-8 gap-y-5 sm:grid-cols-[minmax(0,1fr)_minmax(0,1fr)]">
        <form
          id={form}
          noValidate
          className="grid min-w-0 gap-5 max-sm:order-2"
          onSubmit={(event) => {
            event.preventDefault();
            if (!empty && !make.isPending) make.mutate();
          }}
        >
          {sentences.length > 0 && (
            <details className="group" open>
              <summary className="cursor-pointer rounded-sm text-sm font-semibold">From the draft</summary>
              <ul aria-label="Sentences of the draft" tabIndex={0} className="mt-2 grid max-h-44 gap-0.5 overflow-y-auto rounded-md border p-1 scroll-thin">
                {sentences.map((s) => (
                  <li key={s}><button type="button" aria-pressed={s === text} onClick={() => setText(s)} className="w-full rounded-sm px-2.5 py-1.5 text-left font-serif text-sm text-ink-2 hover:bg-sunk hover:text-ink aria-pressed:bg-brass-soft aria-pressed:text-brass-ink">{s}</button></li>
                ))}
              </ul>
            </details>
          )}
          <div className="grid gap-3">
            <Segmented label="Template" value={template} onChange={setTemplate} options={templates} className="-ml-1" />
            <Segmented label="Size" value={size} onChange={setSize} options={sizes} className="-ml-1" />
          </div>
          {headed(template) && <TextField label="Heading" value={heading} maxLength={300} onChange={(e) => setHeading(e.target.value)} error={longWords('heading')} />}
          <Field label={template === 'quote' ? 'The words' : template === 'statement' ? 'The sentence' : 'Text below it'} error={longWords('text')} hint="Cards write Latin, Greek and Cyrillic letters; emoji are left out.">
            {(ids) => <textarea {...ids} rows={4} maxLength={2000} value={text} onChange={(e) => setText(e.target.value)} className={`${inputClass} h-auto resize-y py-2 max-lg:h-auto field-sizing-content`} />}
          </Field>
          <div className="grid gap-5 sm:grid-cols-2">
            <TextField label={template === 'quote' ? 'Who said it' : 'Signature'} value={author} maxLength={200} placeholder={signature} onChange={(e) => setAuthor(e.target.value)} error={longWords('author')} />
            <TextField label="Where" value={source} maxLength={200} placeholder="Nothing" onChange={(e) => setSource(e.target.value)} error={longWords('source')} />
          </div>
          <Fault error={make.error} fields={['text', 'heading', 'author', 'source']} />
        </form>
        <div className="grid gap-2 max-sm:order-1">
          {style && <CardFace template={template} size={size} words={words} colours={style} logo={logo && !logo.deleted_at ? (logo.thumbnail_url ?? logo.url) : null} className={size === 'landscape' ? '' : size === 'portrait' ? 'mx-auto max-w-72 max-sm:max-w-44' : 'mx-auto max-w-80 max-sm:max-w-52'} />}
          <p className="text-center text-xs text-ink-3">A sketch. The words become the picture’s alt text. <Link to="/$org/$brand/brand/$section" params={{ ...scope, section: 'cards' }} className="rounded-sm underline underline-offset-4 hover:text-ink">Colours and logo</Link></p>
        </div>
      </div>
    </Dialog>
  );
}
