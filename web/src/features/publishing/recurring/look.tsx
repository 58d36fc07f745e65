import { cn } from '@/shared/lib/cn';
import { CircleCheck, CirclePause, CircleStop, Repeat, Shuffle, type LucideIcon } from 'lucide-react';
import type { Recurrence } from '../api/types';
import { inWords, read } from './rule';

const looks: Record<string, { label: string; icon: LucideIcon; text: string }> = {
  active: { label: 'Goes on', icon: Repeat, text: 'text-good' },
  paused: { label: 'Paused', icon: CirclePause, text: 'text-brass-ink' },
  stopped: { label: 'Ended', icon: CircleStop, text: 'text-ink-3' },
  ended: { label: 'Done', icon: CircleCheck, text: 'text-ink-3' },
};

export function RecurrenceMark({ status, className }: { status: string; className?: string }) {
  const { label, icon: Icon, text } = looks[status] ?? { label: status, icon: Repeat, text: 'text-ink-3' };
  return <span className={cn('inline-flex shrink-0 items-center gap-1.5 text-xs', text, className)}><Icon aria-hidden className="size-3.5 shrink-0" /> {label}</span>;
}
export function KindIcon({ kind, className }: { kind: string; className?: string }) {
  const Icon = kind === 'rotation' ? Shuffle : Repeat;
  return <Icon aria-hidden className={cn('size-4 shrink-0', className)} />;
}

const posts = (n: number) => (n === 1 ? '1 post' : `${n} posts`);
const rests = (days: number) => (days === 0 ? '' : days === 1 ? ', each rests a day' : `, each rests ${days} days`);
/** What it does, in a line. */
export function saying(r: Pick<Recurrence, 'kind' | 'rule' | 'first_time' | 'post_ids' | 'rest_days'>): string {
  if (r.kind === 'rotation') return `${posts(r.post_ids.length)} take${r.post_ids.length === 1 ? 's' : ''} turns at the times of the queue${rests(r.rest_days)}`;
  const rule = r.rule ? read(r.rule) : null;
  const when = rule && r.first_time ? inWords(rule, r.first_time) : (r.rule ?? '');
  return r.post_ids.length > 1 ? `${when}; ${posts(r.post_ids.length)} take turns${rests(r.rest_days)}` : when;
}
