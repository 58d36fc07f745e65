import { cn } from '@/shared/lib/cn';
import { ago, fullTime } from '@/shared/lib/time';
import { useScope } from '@/shared/lib/use-scope';
import { Link } from '@tanstack/react-router';
import { Bookmark, Sparkles } from 'lucide-react';
import { memo } from 'react';
import { SourceGlyph } from '../glyph';
import { matchedWords, whyWords } from '../words';
import type { Listed, ReaderView } from './view';

export const Row = memo(function Row({ listed: { item, why }, view, tight, active, onFocus }: { listed: Listed; view: ReaderView; tight: boolean; active: boolean; onFocus: (id: string) => void }) {
  const { scope } = useScope();
  const at = item.published_at ?? item.seen_at;
  return (
    <li
      data-item={item.id}
      className={cn('relative border-b py-4 -outline-offset-2 outline-brass-ink has-[a:focus-visible]:outline-2 [contain-intrinsic-size:auto_7rem] [content-visibility:auto]', tight ? 'px-6' : 'px-4', active && 'bg-sunk before:absolute before:inset-y-0 before:left-0 before:w-0.5 before:bg-brass')}
    >
      <p className="flex items-center gap-2 text-xs text-ink-3">
        {!item.read && <span className="-mr-0.5 size-2 shrink-0 rounded-full bg-brass"><span className="sr-only">Unread</span></span>}
        <SourceGlyph kind={item.source.kind} className="size-3.5" />
        <span className="min-w-0 truncate">{item.source.name}</span>
        <time dateTime={at} title={fullTime(at)} className="shrink-0">{ago(at)}</time>
        {item.matched && <span className="shrink-0">{matchedWords[item.matched]}</span>}
        {item.also > 0 && <span className="shrink-0">{`also in ${item.also} more`}</span>}
        {item.saved_at && <span className="ml-auto shrink-0 text-brass-ink"><Bookmark className="size-3.5 fill-current" aria-hidden /><span className="sr-only">Saved</span></span>}
      </p>
      <Link
        to="/$org/$brand/reader"
        params={scope}
        search={{ ...view, edit: undefined, item: item.id }}
        replace={view.item !== undefined}
        resetScroll={false}
        aria-current={view.item === item.id || undefined}
        onFocus={() => onFocus(item.id)}
        className={cn('mt-1 line-clamp-2 font-serif text-lg outline-none after:absolute after:inset-0', item.read && 'text-ink-2')}
      >
        {item.title || 'Untitled'}
      </Link>
      {item.summary && <p className={cn('mt-0.5 max-w-176 text-sm text-ink-2', tight ? 'line-clamp-1' : 'line-clamp-2')}>{item.summary}</p>}
      {why && <p className="mt-1.5 flex gap-1.5 text-xs text-brass-ink"><Sparkles className="size-3.5 shrink-0 translate-y-px" aria-hidden /> <span><span className="sr-only">Why it is here: </span>{whyWords(why)}</span></p>}
    </li>
  );
});
