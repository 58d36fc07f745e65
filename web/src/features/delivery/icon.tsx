import { cn } from '@/shared/lib/cn';
import { BellRing, Mail } from 'lucide-react';
import telegram from 'simple-icons/icons/telegram.svg?raw';
import whatsapp from 'simple-icons/icons/whatsapp.svg?raw';
import type { ChannelKind } from './contract';

const path = (svg: string) => / d="([^"]+)"/.exec(svg)?.[1] ?? '';
const marks: Partial<Record<ChannelKind, string>> = {
  whatsapp: path(whatsapp), telegram: path(telegram),
  // The icon set leaves Slack out: four plain bars, turned about a middle.
  slack: 'M9 2a2 2 0 0 1 2 2v6a2 2 0 1 1-4 0V4a2 2 0 0 1 2-2ZM2 15a2 2 0 0 1 2-2h6a2 2 0 1 1 0 4H4a2 2 0 0 1-2-2Zm13 7a2 2 0 0 1-2-2v-6a2 2 0 1 1 4 0v6a2 2 0 0 1-2 2Zm7-13a2 2 0 0 1-2 2h-6a2 2 0 1 1 0-4h6a2 2 0 0 1 2 2Z',
};

/** The mark of a way. */
export function ChannelIcon({ kind, className }: { kind: ChannelKind; className?: string }) {
  const mark = marks[kind];
  if (mark) return <svg viewBox="0 0 24 24" aria-hidden className={cn('size-4 shrink-0 fill-current p-px', className)}><path d={mark} /></svg>;
  const Icon = kind === 'email' ? Mail : BellRing;
  return <Icon aria-hidden className={cn('size-4 shrink-0', className)} />;
}
