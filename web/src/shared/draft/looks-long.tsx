import { Clock, Heart, MessageCircle, Music2, Share2, X } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import type { ContentOf } from '../api/types';
import { cn } from '../lib/cn';
import { IconButton } from '../ui/button';
import { Segmented } from '../ui/choice';
import { inputClass } from '../ui/field';
import { Prose } from '../ui/prose';
import { Avatar } from '../ui/status';
import { Disclosure } from '../ui/disclosure';
import { Counter, useDesk, Words } from './words';

function Head({ children }: { children: string }) {
  return <h4 className="text-xs text-ink-3">{children}</h4>;
}

/** A video's words: the picture as a phone shows it at the left, what is said at the right. */
export function ScriptLook({ content }: { content: ContentOf<'script'> }) {
  const desk = useDesk();
  return (
    <div className="grid gap-6 sm:grid-cols-[12rem_1fr]">
      <div className="flex aspect-[9/16] w-48 flex-col justify-between rounded-xl bg-[#1c1916] p-4 text-[#f4efe6] max-sm:mx-auto" data-theme="dark">
        <div className="flex items-center gap-1.5 text-xs text-[#cfc6b6]">
          <Clock className="size-3.5" aria-hidden /> {Math.floor(content.duration_seconds / 60)}:{String(content.duration_seconds % 60).padStart(2, '0')}
        </div>
        <p className="font-serif text-xl leading-7 font-semibold" aria-hidden>{content.hooks[0]}</p>
        <div className="flex items-end gap-3" aria-hidden>
          <div className="min-w-0 grow text-xs">
            <p className="truncate font-semibold">@{desk.author.handle}</p>
            <p className="line-clamp-2 text-[#cfc6b6]">{content.caption}</p>
            {desk.network === 'tiktok' && <p className="mt-1 flex items-center gap-1 text-[#cfc6b6]"><Music2 className="size-3" /> original sound</p>}
          </div>
          <div className="grid justify-items-center gap-3 text-[#cfc6b6]">
            <Avatar name={desk.author.name} className="size-7" />
            <Heart className="size-4" /> <MessageCircle className="size-4" /> <Share2 className="size-4" />
          </div>
        </div>
      </div>
      <div className="grid min-w-0 content-start gap-5">
        {content.hooks.length > 0 && (
          <section className="grid gap-2">
            <Head>Hooks to choose from</Head>
            <ol className="grid gap-2">
              {content.hooks.map((_, i) => (
                <li key={i} className={cn('flex gap-3 font-serif text-base', i === 0 && 'font-semibold')}>
                  <span aria-hidden className="w-3 shrink-0 font-sans text-xs leading-6 text-ink-3">{i + 1}</span>
                  <div className="grow"><Words path={`hooks/${i}`} label={`Hook ${i + 1}`} counter="near" /></div>
                </li>
              ))}
            </ol>
          </section>
        )}
        <section className="grid gap-2">
          <Head>What you say</Head>
          <Words path="script" label="Script" counter="near" marks="script" className="font-serif text-base leading-7" />
        </section>
        {content.talking_points.length > 0 && (
          <Disclosure quiet className="text-xs" label="Talking points, to speak freely">
            <ul className="mt-2 grid list-disc gap-1.5 pl-4 marker:text-ink-3">
              {content.talking_points.map((_, i) => (
                <li key={i}><Words path={`talking_points/${i}`} label={`Talking point ${i + 1}`} counter="never" className="text-sm leading-6" /></li>
              ))}
            </ul>
          </Disclosure>
        )}
        <section className="grid gap-2">
          <Head>{desk.network === 'youtube' ? 'Title' : 'Caption'}</Head>
          <Words path="caption" label="Caption" className="text-sm leading-6" />
        </section>
      </div>
    </div>
  );
}

export function EmailLook({ content }: { content: ContentOf<'email'> }) {
  const { author } = useDesk();
  return (
    <div className="grid gap-5">
      <dl className="grid grid-cols-[4.5rem_1fr] gap-x-3 gap-y-2 border-b pb-5 text-sm">
        <dt className="leading-6 text-ink-3">From</dt>
        <dd className="flex items-center gap-2 leading-6"><Avatar name={author.name} className="size-6" /> {author.name}</dd>
        <dt className="leading-6 text-ink-3">Subject</dt>
        <dd className="flex items-start gap-3"><div className="min-w-0 grow"><Words path="subject" label="Subject" counter="never" marks="none" className="text-base font-semibold" /></div><Counter path="subject" /></dd>
        <dt className="leading-6 text-ink-3">Preview</dt>
        <dd className="flex items-start gap-3"><div className="min-w-0 grow"><Words path="preheader" label="Preview text" counter="never" marks="none" className="text-sm leading-6 text-ink-2" /></div><Counter path="preheader" /></dd>
      </dl>
      <MarkdownBody text={content.body} />
      <Button content={content} />
    </div>
  );
}

export function ArticleLook({ content }: { content: ContentOf<'article'> }) {
  const { author } = useDesk();
  return (
    <div className="grid gap-5">
      <Words path="title" label="Title" counter="near" marks="none" className="font-serif text-2xl font-semibold" />
      <div className="border-l-2 border-line-strong pl-4">
        <div className="mb-1 flex justify-between text-xs text-ink-3">In search results <Counter path="description" /></div>
        <Words path="description" label="Description" counter="never" marks="none" className="text-sm leading-6 text-ink-2" />
      </div>
      <p className="flex items-center gap-2 text-xs text-ink-3"><Avatar name={author.name} className="size-6" /> {author.name} · {Math.max(1, Math.round(content.body.split(/\s+/).length / 220))} min read</p>
      <MarkdownBody text={content.body} />
    </div>
  );
}

/** The body as its reader sees it, or as it is written. Read first: what is judged is the outcome. */
function MarkdownBody({ text }: { text: string }) {
  const { readOnly, issues } = useDesk();
  const [view, setView] = useState<'read' | 'write'>('read');
  const box = useRef<HTMLDivElement>(null);
  const entered = useRef(false);
  useEffect(() => {
    if (view === 'write' && entered.current) box.current?.querySelector('textarea')?.focus();
  }, [view]);
  const wrong = issues.some((i) => i.path === 'body' && i.severity === 'error');
  // A fault is marked in the words themselves.
  const shown = readOnly ? 'read' : wrong ? 'write' : view;
  return (
    <div ref={box} className="grid gap-3">
      {!readOnly && (
        <Segmented<'read' | 'write'>
          label="Body"
          value={shown}
          onChange={(next) => {
            entered.current = true;
            setView(next);
          }}
          options={[{ value: 'read', label: 'As it is read' }, { value: 'write', label: 'Write' }]}
          className="-ml-1"
        />
      )}
      {shown === 'read' ? (
        <div
          onDoubleClick={() => {
            entered.current = true;
            setView('write');
          }}
        >
          <Prose text={text} className="font-serif text-lg" />
        </div>
      ) : <Words path="body" label="Body" counter="near" marks="markdown" className="font-serif text-lg" />}
    </div>
  );
}

/** The letter's button: its words and where it leads. */
function Button({ content }: { content: ContentOf<'email'> }) {
  const { change, readOnly, issues } = useDesk();
  const [open, setOpen] = useState(false);
  const { cta } = content;
  const fault = issues.find((i) => i.path.startsWith('cta'));
  const set = (part: Partial<NonNullable<typeof cta>>) => change({ ...content, cta: { text: cta?.text ?? '', url: cta?.url ?? null, ...part } });
  if (readOnly) {
    return cta && (
      <div className="grid justify-items-start gap-1.5">
        <span className="rounded-md bg-ink px-5 py-2.5 font-semibold text-paper">{cta.text}</span>
        {cta.url && <span className="text-xs break-all text-ink-3">{cta.url}</span>}
      </div>
    );
  }
  if (!cta) return <div><button type="button" className="rounded-md border border-dashed px-5 py-2.5 text-sm text-ink-3 hover:border-line-strong hover:text-ink" onClick={() => set({ text: 'Read more' })}>Add a button</button></div>;
  return (
    <div className="grid justify-items-start gap-3">
      <button type="button" aria-expanded={open || Boolean(fault)} onClick={() => setOpen(!open)} className="max-w-full rounded-md bg-ink px-5 py-2.5 font-semibold text-paper hover:opacity-90">
        <span className="sr-only">Button: </span>{cta.text || 'Untitled button'}
      </button>
      {open || fault ? (
        <div className="flex w-full flex-wrap items-center gap-2">
          <input aria-label="Words of the button" className={cn(inputClass, 'basis-40 grow')} value={cta.text} onChange={(e) => set({ text: e.target.value })} />
          <input aria-label="Where the button leads" type="url" inputMode="url" placeholder="https://…" className={cn(inputClass, 'basis-56 grow-2')} value={cta.url ?? ''} onChange={(e) => set({ url: e.target.value || null })} aria-invalid={fault ? true : undefined} />
          <IconButton label="Remove the button" onClick={() => change({ ...content, cta: null })}><X /></IconButton>
        </div>
      ) : <span className="max-w-full truncate text-xs text-ink-3">{cta.url ?? 'leads nowhere yet'}</span>}
    </div>
  );
}
