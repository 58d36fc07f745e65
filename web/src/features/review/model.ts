import type { components } from '@/shared/api/schema.gen';
import { grouped } from '@/shared/lib/grouped';
import { dayOf } from '@/shared/lib/zone';

type Schemas = components['schemas'];
export type ReviewPage = Schemas['ReviewPage'];
export type ReviewItem = Schemas['ReviewItem'];
export type Remark = Schemas['GuestComment'];
export type Verdict = Schemas['ReviewVerdict'];

/** One text of the page: a post on an account, or a post without a plan. */
export const keyOf = (item: ReviewItem) => `${item.post_id} ${item.publication_id ?? ''}`;

/** What is on its way or out can't be changed by a word any more. */
export const isOver = (item: ReviewItem) => item.state === 'published' || item.state === 'sending' || item.state === 'unclear' || item.state === 'failed';
export const isUndecided = (item: ReviewItem) => !isOver(item) && !item.decision;

/** By the day on the brand's wall; what has no time comes last. */
export function byDay(items: ReviewItem[]): { day: string | null; items: ReviewItem[] }[] {
  const groups = grouped(items, (item) => (item.local_time ? dayOf(item.local_time) : null));
  return [...groups].map(([day, of]) => ({ day, items: of })).sort((a, b) => (a.day ?? '9').localeCompare(b.day ?? '9'));
}

const posts = (n: number) => `${n} ${n === 1 ? 'post' : 'posts'}`;
/** Where the reader stands, in a sentence. */
export function progress(items: ReviewItem[], mayApprove: boolean): string {
  const left = items.filter(isUndecided).length;
  if (items.length === 0) return '';
  if (!mayApprove) return `${posts(items.length)} to read. Say what you think of each; somebody else approves.`;
  if (left === 0) return `${posts(items.length)}, and each has your word. Thank you.`;
  return left === items.length ? `${posts(left)} to read and decide on.` : `${left} of ${posts(items.length)} ${left === 1 ? 'waits' : 'wait'} for your word.`;
}

/** What the network writes before the text: the account as it is known there. */
export function authorOf(item: ReviewItem, brand: string): { name: string; handle: string; address?: string } {
  const address = item.handle?.trim();
  const handle = (address ?? brand).replace(/^@/, '').replace(/\s+/g, '_').toLowerCase();
  return { name: item.account ?? brand, handle, ...(address && { address: address.startsWith('@') || address.includes('.') || address.includes(' ') ? address : `@${address}` }) };
}
