import type { Ability, HeldReason, Publication, PublicationState } from './api/types';

export const troubled = (state: PublicationState) => state === 'failed' || state === 'unclear' || state === 'held';
/** What may still be given another time. The server has the last word. */
export const movable = (state: PublicationState) => state === 'draft' || state === 'in_review' || state === 'approved' || state === 'scheduled' || state === 'held';

export const heldWords: Record<HeldReason, string> = {
  paused: 'Publishing was paused when its time came.',
  late: 'Its time passed before it could go out.',
  connection: 'Its connection needs you first.',
  not_approved: 'Its time came before anybody approved it.',
  rules: 'Its text breaks a rule of the network.',
  deleted: 'The brand was deleted when its time came.',
};

/** Why something is stuck: the network's own words, or ours where it never got that far. */
export const whyStuck = (p: Pick<Publication, 'state' | 'held_reason' | 'words'>): string =>
  p.words || (p.held_reason ? heldWords[p.held_reason] : p.state === 'unclear' ? 'The network gave no clear answer: it may be out or not.' : p.state === 'in_review' ? 'Its time is near, and nobody has approved it.' : 'It could not be published.');

export type Repair =
  | { kind: 'act'; ability: Exclude<Ability, 'edit' | 'reschedule'>; label: string }
  | { kind: 'reschedule' | 'edit' | 'connections' | 'review' | 'resume'; label: string };

/** The one thing to press. While publishing is paused, what it holds can only go on when the pause ends. */
export function repairOf(p: Pick<Publication, 'state' | 'held_reason' | 'can'>, paused: boolean): Repair | null {
  const may = (ability: Ability) => p.can.includes(ability);
  if (p.state === 'unclear') return may('reconcile') ? { kind: 'act', ability: 'reconcile', label: 'Ask the network' } : null;
  if (p.state === 'failed') return may('retry') ? { kind: 'act', ability: 'retry', label: 'Try again' } : may('edit') ? { kind: 'edit', label: 'Mend the text' } : null;
  if (p.state === 'in_review') return { kind: 'review', label: 'Review the draft' };
  if (p.state !== 'held') return null;
  if (p.held_reason === 'connection') return { kind: 'connections', label: 'Mend the connection' };
  if (p.held_reason === 'not_approved') return { kind: 'review', label: 'Review the draft' };
  if (p.held_reason === 'rules') return may('edit') ? { kind: 'edit', label: 'Mend the text' } : null;
  if (p.held_reason === 'paused' && paused) return { kind: 'resume', label: 'See the pause' };
  return may('publish_now') ? { kind: 'act', ability: 'publish_now', label: 'Publish now' } : may('reschedule') ? { kind: 'reschedule', label: 'Choose another time' } : null;
}
