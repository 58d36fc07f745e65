import { cn } from '../lib/cn';

const looks: Record<string, { label: string; dot: string; text: string }> = {
  pending: { label: 'To review', dot: 'bg-brass', text: 'text-brass-ink' },
  approved: { label: 'Approved', dot: 'bg-good', text: 'text-good' },
  rejected: { label: 'Rejected', dot: 'bg-bad', text: 'text-bad' },
  published: { label: 'Published', dot: 'bg-ink-2', text: 'text-ink-2' },
  archived: { label: 'Archived', dot: 'bg-ink-3', text: 'text-ink-3' },
  running: { label: 'Writing', dot: 'bg-brass animate-breathe', text: 'text-brass-ink' },
  waiting: { label: 'Waiting', dot: 'bg-line-strong', text: 'text-ink-3' },
  completed: { label: 'Done', dot: 'bg-good', text: 'text-ink-2' },
  partial: { label: 'Partly done', dot: 'bg-bad', text: 'text-bad' },
  failed: { label: 'Failed', dot: 'bg-bad', text: 'text-bad' },
};

/** A dot and a word: never colour alone. */
export function Status({ status, className }: { status: string; className?: string }) {
  const look = looks[status] ?? { label: status, dot: 'bg-ink-3', text: 'text-ink-2' };
  return (
    <span className={cn('inline-flex shrink-0 items-center gap-1.5 text-xs', look.text, className)}>
      <span aria-hidden className={cn('size-2 rounded-full', look.dot)} />
      {look.label}
    </span>
  );
}

/** A picture of ours. Those on networks' own servers are not loaded: they would tell the networks who looks, and the policy forbids them. */
const isOurs = (src: string) => new URL(src, window.location.href).origin === window.location.origin;

export function Avatar({ name, src, className }: { name: string; src?: string | null | undefined; className?: string }) {
  if (src && isOurs(src)) return <img src={src} alt="" className={cn('size-8 shrink-0 rounded-full object-cover', className)} />;
  const letters = (name.match(/[\p{L}\p{N}]+/gu) ?? []).map((w) => [...w][0] ?? '').slice(0, 2).join('').toUpperCase();
  return (
    <span aria-hidden className={cn('flex size-8 shrink-0 items-center justify-center rounded-full bg-brass-soft text-xs font-semibold text-brass-ink', className)}>
      {letters}
    </span>
  );
}
