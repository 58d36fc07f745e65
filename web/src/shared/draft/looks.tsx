import {
  Bookmark, ChartNoAxesColumn, Globe, Heart, MessageCircle, MessageSquare, Plus, Repeat2, Reply, Send, Share, Share2, Star, ThumbsDown, ThumbsUp, Trash2, type LucideIcon,
} from 'lucide-react';
import type { ReactNode } from 'react';
import type { ContentOf } from '../api/types';
import { cn } from '../lib/cn';
import { Avatar } from '../ui/status';
import { IconButton } from '../ui/button';
import { ArticleLook, EmailLook, ScriptLook } from './looks-long';
import { Counter, MediaIdea, useDesk, Words } from './words';

/** A draft as its network will show it, every word of it editable in place. */
export function Look() {
  const { content } = useDesk();
  switch (content.shape) {
    case 'post':
      return <PostLook prompt={content.media_prompt} />;
    case 'thread':
      return <ThreadLook content={content} />;
    case 'carousel':
      return <CarouselLook content={content} />;
    case 'script':
      return <ScriptLook content={content} />;
    case 'email':
      return <EmailLook content={content} />;
    case 'article':
      return <ArticleLook content={content} />;
  }
}

const bars: Record<string, [LucideIcon, string?][]> = {
  x: [[MessageCircle], [Repeat2], [Heart], [ChartNoAxesColumn], [Bookmark]],
  threads: [[Heart], [MessageCircle], [Repeat2], [Send]],
  bluesky: [[MessageSquare], [Repeat2], [Heart], [Share]],
  mastodon: [[Reply], [Repeat2], [Star], [Bookmark]],
  facebook: [[ThumbsUp, 'Like'], [MessageCircle, 'Comment'], [Share2, 'Share']],
  linkedin: [[ThumbsUp, 'Like'], [MessageCircle, 'Comment'], [Repeat2, 'Repost'], [Send, 'Send']],
  youtube: [[ThumbsUp], [ThumbsDown], [MessageSquare]],
  instagram: [[Heart], [MessageCircle], [Send], [Bookmark]],
  google_business: [[Share2, 'Share']],
};

/** The network's row of buttons: part of the picture only. */
export function Bar({ network }: { network: string }) {
  const items = bars[network];
  if (!items) return null;
  const labelled = items.some(([, label]) => label);
  return (
    <div aria-hidden className={cn('flex text-ink-3', labelled ? 'justify-around border-t pt-3' : network === 'instagram' ? 'gap-4 *:last:ml-auto' : 'max-w-90 justify-between')}>
      {items.map(([Icon, label], i) => (
        <span key={i} className="flex items-center gap-2 text-xs">
          <Icon className="size-4" strokeWidth={1.75} /> {label}
        </span>
      ))}
    </div>
  );
}

export function Author({ stacked, note }: { stacked?: boolean; note?: ReactNode }) {
  const { author, network } = useDesk();
  const handle = author.address ?? (network === 'mastodon' ? `@${author.handle}@mastodon.social` : network === 'bluesky' ? `@${author.handle}.bsky.social` : `@${author.handle}`);
  if (stacked) {
    return (
      <div className="flex items-center gap-3">
        <Avatar name={author.name} className="size-10" />
        <div className="min-w-0">
          <p className="truncate font-semibold">{author.name}</p>
          <p className="flex items-center gap-1 text-xs text-ink-3">{note ?? <>Now · <Globe className="size-3" aria-hidden /></>}</p>
        </div>
      </div>
    );
  }
  return (
    <p className="flex min-w-0 gap-1.5">
      <span className="truncate font-semibold">{author.name}</span>
      {network === 'threads' ? <span className="shrink-0 text-ink-3">now</span> : <span className="truncate text-ink-3 max-sm:hidden">{handle} · now</span>}
    </p>
  );
}

const micro = new Set(['x', 'threads', 'bluesky', 'mastodon', 'sandbox']);

function PostLook({ prompt }: { prompt: string | null }) {
  const { network, author, contentType } = useDesk();
  if (network === 'instagram') {
    return (
      <div className="grid gap-3">
        <Author stacked note="Now" />
        <MediaIdea prompt={prompt ?? 'a picture of your own'} square />
        <Bar network={network} />
        <p className="font-semibold">{author.handle}</p>
        <Words path="post" label="Caption" className="text-base" />
      </div>
    );
  }
  if (micro.has(network)) {
    return (
      <div className="flex gap-3">
        <Avatar name={author.name} className="size-10" />
        <div className="grid min-w-0 grow gap-2">
          <Author />
          <Words path="post" label="Text of the post" className="text-base" />
          {contentType === 'quote' && <p className="rounded-lg border px-3 py-2.5 text-xs text-ink-3">The post you quote stands here.</p>}
          <MediaIdea prompt={prompt} />
          <Bar network={network} />
        </div>
      </div>
    );
  }
  return (
    <div className="grid gap-3">
      <Author stacked {...(network === 'google_business' && { note: 'Update on your Business Profile' })} />
      <Words path="post" label="Text of the post" className="text-base" />
      <MediaIdea prompt={prompt} />
      <Bar network={network} />
    </div>
  );
}

function ThreadLook({ content }: { content: ContentOf<'thread'> }) {
  const desk = useDesk();
  const set = (thread: string[]) => desk.change({ ...content, thread, post_count: thread.length });
  return (
    <ol className="grid">
      {content.thread.map((_, i) => (
        <li key={i} className="group/part flex gap-3">
          <div className="flex flex-col items-center">
            <Avatar name={desk.author.name} className="size-10" />
            {i < content.thread.length - 1 && <div aria-hidden className="my-1 w-px grow bg-line-strong" />}
          </div>
          <div className="grid min-w-0 grow gap-1 pb-6">
            <div className="flex items-center">
              <div className="min-w-0 grow"><Author /></div>
              <Counter path={`thread/${i}`} />
              {!desk.readOnly && content.thread.length > 1 && (
                <IconButton
                  label={`Remove post ${i + 1}`}
                  className="-my-1.5 -mr-1.5 ml-1 size-7 opacity-0 group-focus-within/part:opacity-100 group-hover/part:opacity-100"
                  onClick={() => set(content.thread.filter((__, at) => at !== i))}
                >
                  <Trash2 />
                </IconButton>
              )}
            </div>
            <Words path={`thread/${i}`} counter="never" label={`Post ${i + 1} of ${content.thread.length}`} className="text-base" />
            {i === 0 && <MediaIdea prompt={content.media_prompt} />}
          </div>
        </li>
      ))}
      {!desk.readOnly && (
        <li>
          <button type="button" className="flex h-8 items-center gap-2 rounded-md pr-3 text-xs text-ink-3 hover:text-ink max-lg:h-10" onClick={() => set([...content.thread, ''])}>
            <span className="flex w-10 justify-center"><Plus className="size-4" aria-hidden /></span> Add a post
          </button>
        </li>
      )}
    </ol>
  );
}

function CarouselLook({ content }: { content: ContentOf<'carousel'> }) {
  const desk = useDesk();
  const set = (slides: ContentOf<'carousel'>['slides']) => desk.change({ ...content, slides });
  const linkedin = desk.network === 'linkedin';
  const caption = (
    <div className="grid gap-1">
      {!linkedin && <p className="font-semibold">{desk.author.handle}</p>}
      <Words path="caption" label="Caption" className="text-base" />
    </div>
  );
  return (
    <div className="grid gap-3">
      <Author stacked {...(!linkedin && { note: 'Now' })} />
      {linkedin && caption}
      <ul className="relative -mx-5 flex snap-x gap-3 overflow-x-auto px-5 py-1 scroll-thin" aria-label="Slides">
        {content.slides.map((_, i) => (
          <li key={i} className="group/part flex aspect-[4/5] w-60 shrink-0 snap-center flex-col rounded-lg border bg-sunk p-5">
            <div className="flex h-5 items-center justify-between text-xs text-ink-3">
              <span>{i + 1} / {content.slides.length}</span>
              {!desk.readOnly && content.slides.length > 1 && (
                <IconButton
                  label={`Remove slide ${i + 1}`}
                  className="-mr-2 size-7 opacity-0 group-focus-within/part:opacity-100 group-hover/part:opacity-100 max-lg:opacity-100"
                  onClick={() => set(content.slides.filter((__, at) => at !== i))}
                >
                  <Trash2 />
                </IconButton>
              )}
            </div>
            <div className="flex min-h-0 grow flex-col justify-center gap-3 overflow-y-auto font-serif scroll-thin" tabIndex={-1}>
              <Words path={`slides/${i}/title`} label={`Title of slide ${i + 1}`} counter="near" className="text-lg leading-6 font-semibold" placeholder="Title" />
              <Words path={`slides/${i}/body`} label={`Text of slide ${i + 1}`} counter="near" className="text-sm leading-5 text-ink-2" placeholder="Text" />
            </div>
          </li>
        ))}
        {!desk.readOnly && (
          <li className="flex shrink-0">
            <button type="button" className="flex w-24 flex-col items-center justify-center gap-2 rounded-lg border border-dashed text-xs text-ink-3 hover:border-line-strong hover:text-ink" onClick={() => set([...content.slides, { title: '', body: '' }])}>
              <Plus className="size-4" aria-hidden /> Add a slide
            </button>
          </li>
        )}
      </ul>
      <MediaIdea prompt={content.media_prompt} />
      <Bar network={desk.network} />
      {!linkedin && caption}
    </div>
  );
}
