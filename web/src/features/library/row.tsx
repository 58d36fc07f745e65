import type { Post } from '@/shared/api/types';
import { useTargetName } from '@/shared/draft/draft-card';
import { cn } from '@/shared/lib/cn';
import { excerpt, headline } from '@/shared/lib/content';
import { ago, fullTime } from '@/shared/lib/time';
import { useScope } from '@/shared/lib/use-scope';
import { Checkbox } from '@/shared/ui/choice';
import { NetworkGlyph } from '@/shared/ui/network-glyph';
import { Status } from '@/shared/ui/status';
import { Link } from '@tanstack/react-router';
import { CircleAlert } from 'lucide-react';
import { memo, type Ref } from 'react';
import type { LibraryView } from './library';

export interface RowProps {
  /** Its place in the list, and how long that is; -1 when more of it is to come. */
  index: number; of: number; top: number; ref: Ref<HTMLLIElement>;
  post: Post; view: LibraryView; tight: boolean; active: boolean; selected: boolean; selecting: boolean; onSelect: (on: boolean) => void;
}

export const Row = memo(function Row({ index, of, top, ref, post, view, tight, active, selected, selecting, onSelect }: RowProps) {
  const { scope } = useScope();
  const { network, type } = useTargetName()(post.target);
  const head = headline(post.content);
  const rest = excerpt(post.content);
  const broken = post.issues.some((i) => i.severity === 'error');
  return (
    <li
      ref={ref}
      data-index={index}
      aria-setsize={of}
      aria-posinset={index + 1}
      style={{ transform: `translateY(${top}px)` }}
      className={cn('group/row absolute inset-x-0 top-0 flex gap-4 border-b py-4', tight && 'px-6', (active || selected) && 'bg-sunk', active && 'before:absolute before:inset-y-0 before:left-0 before:w-0.5 before:bg-brass')}
    >
      <div className="relative z-10 mt-1 flex w-5 shrink-0 justify-center">
        <NetworkGlyph network={post.network} className={cn('mt-0.5 text-ink-3', selecting ? 'hidden' : 'lg:group-focus-within/row:hidden lg:group-hover/row:hidden')} />
        <Checkbox
          label={`Select ${network} ${type}: ${head.slice(0, 60)}`}
          checked={selected}
          onChange={onSelect}
          className={cn(!selecting && 'lg:not-group-hover/row:not-group-focus-within/row:opacity-0 lg:not-group-hover/row:not-group-focus-within/row:absolute max-lg:hidden')}
        />
      </div>
      <div className="min-w-0 grow">
        <Link
          to="/$org/$brand/library"
          params={scope}
          search={{ ...view, post: post.id }}
          replace={view.post !== undefined}
          aria-current={active || undefined}
          className="line-clamp-2 rounded-sm font-serif text-lg after:absolute after:inset-0"
        >
          {head || 'Untitled'}
        </Link>
        {!tight && rest && <p className="mt-0.5 line-clamp-1 text-sm text-ink-3">{rest}</p>}
        <p className="mt-1 flex flex-wrap items-center gap-x-3 gap-y-1 text-xs text-ink-3">
          <span>{network} {type.toLowerCase()}</span>
          <time dateTime={post.created_at} title={fullTime(post.created_at)}>{ago(post.created_at)}</time>
          {post.edited && <span>edited</span>}
          {broken && <span className="flex items-center gap-1 text-bad"><CircleAlert className="size-3.5" aria-hidden /> breaks a rule</span>}
          <Status status={post.status} className={cn('ml-auto', !tight && 'sm:hidden')} />
        </p>
      </div>
      {!tight && <Status status={post.status} className="mt-1.5 self-start max-sm:hidden" />}
    </li>
  );
});
