import { Clock, Heart, MessageCircle, Music2, Share2 } from 'lucide-react';
import type { ContentOf } from '../api/types';
import { cn } from '../lib/cn';
import { Avatar } from '../ui/status';
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
          <details>
            <summary className="text-xs text-ink-3 hover:text-ink">Talking points, to speak freely</summary>
            <ul className="mt-2 grid list-disc gap-1.5 pl-4 marker:text-ink-3">
              {content.talking_points.map((_, i) => (
                <li key={i}><Words path={`talking_points/${i}`} label={`Talking point ${i + 1}`} counter="never" className="text-sm leading-6" /></li>
              ))}
            </ul>
          </details>
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
      <Words path="body" label="Body" counter="near" marks="markdown" className="font-serif text-lg" />
      {content.cta && (
        <div className="grid justify-items-start gap-1.5">
          <span className="rounded-md bg-ink px-5 py-2.5 font-semibold text-paper">{content.cta.text}</span>
          {content.cta.url && <span className="text-xs text-ink-3">{content.cta.url}</span>}
        </div>
      )}
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
      <Words path="body" label="Body" counter="near" marks="markdown" className="font-serif text-lg" />
      {content.tags.length > 0 && (
        <ul className="flex flex-wrap gap-x-3 gap-y-1 text-xs text-ink-3" aria-label="Tags">
          {content.tags.map((tag) => <li key={tag}>{tag}</li>)}
        </ul>
      )}
    </div>
  );
}
