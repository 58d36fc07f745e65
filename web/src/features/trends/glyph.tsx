import { cn } from '@/shared/lib/cn';
import { NetworkGlyph } from '@/shared/ui/network-glyph';
import { Globe, Rss, type LucideIcon } from 'lucide-react';
import reddit from 'simple-icons/icons/reddit.svg?raw';
import hackerNews from 'simple-icons/icons/ycombinator.svg?raw';
import type { SourceKind } from './api/types';

const path = (svg: string) => / d="([^"]+)"/.exec(svg)?.[1] ?? '';
const marks: Partial<Record<SourceKind, string>> = { reddit: path(reddit), hacker_news: path(hackerNews) };
const icons: Partial<Record<SourceKind, LucideIcon>> = { feed: Rss, page: Globe };

/** The mark of where a source is. */
export function SourceGlyph({ kind, className }: { kind: SourceKind; className?: string }) {
  const Icon = icons[kind];
  if (Icon) return <Icon aria-hidden className={cn('size-4 shrink-0', className)} />;
  if (marks[kind]) return <svg viewBox="0 0 24 24" aria-hidden className={cn('size-4 shrink-0 fill-current p-px', className)}><path d={marks[kind]} /></svg>;
  return <NetworkGlyph network={kind} className={className} />;
}
