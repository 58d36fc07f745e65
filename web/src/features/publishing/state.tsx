import { cn } from '@/shared/lib/cn';
import { Ban, CircleCheck, CircleHelp, CirclePause, CircleX, Clock, Eye, FilePen, SendHorizontal, ThumbsUp, type LucideIcon } from 'lucide-react';
import type { PublicationState } from './api/types';

interface StateLook { label: string; icon: LucideIcon; text: string; bar: string; soft: string }
/** Each state by an icon of its own, a word and a colour: never by colour alone. */
export const stateLooks: Record<PublicationState, StateLook> = {
  draft: { label: 'Draft', icon: FilePen, text: 'text-ink-3', bar: 'bg-line-strong', soft: 'bg-sunk' },
  in_review: { label: 'In review', icon: Eye, text: 'text-brass-ink', bar: 'bg-line-strong', soft: 'bg-sheet' },
  approved: { label: 'Approved', icon: ThumbsUp, text: 'text-good', bar: 'bg-good', soft: 'bg-sheet' },
  scheduled: { label: 'Scheduled', icon: Clock, text: 'text-link', bar: 'bg-link', soft: 'bg-sheet' },
  sending: { label: 'Going out', icon: SendHorizontal, text: 'text-brass-ink animate-breathe', bar: 'bg-brass', soft: 'bg-brass-soft' },
  published: { label: 'Published', icon: CircleCheck, text: 'text-good', bar: 'bg-good', soft: 'bg-transparent' },
  failed: { label: 'Failed', icon: CircleX, text: 'text-bad', bar: 'bg-bad', soft: 'bg-bad-soft' },
  unclear: { label: 'Unclear', icon: CircleHelp, text: 'text-bad', bar: 'bg-bad', soft: 'bg-bad-soft' },
  held: { label: 'Held', icon: CirclePause, text: 'text-brass-ink', bar: 'bg-brass', soft: 'bg-brass-soft' },
  cancelled: { label: 'Cancelled', icon: Ban, text: 'text-ink-3', bar: 'bg-line-strong', soft: 'bg-transparent' },
};
export const lookOf = (state: PublicationState): StateLook => stateLooks[state] ?? stateLooks.draft;

export function StateIcon({ state, className }: { state: PublicationState; className?: string }) {
  const { icon: Icon, text } = lookOf(state);
  return <Icon aria-hidden className={cn('size-3.5 shrink-0', text, className)} />;
}

export function StateMark({ state, className }: { state: PublicationState; className?: string }) {
  return (
    <span className={cn('inline-flex shrink-0 items-center gap-1.5 text-xs', lookOf(state).text, className)}>
      <StateIcon state={state} /> {lookOf(state).label}
    </span>
  );
}
