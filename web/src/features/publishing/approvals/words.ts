import type { Approver, PostReviews, ReviewLink, Rule } from './api';

export const approvers: { value: Approver; label: string; who: string }[] = [
  { value: 'member', label: 'Anybody of the team', who: 'somebody of the team' },
  { value: 'manager', label: 'A manager or higher', who: 'a manager or higher' },
  { value: 'admin', label: 'An admin or the owner', who: 'an admin or the owner' },
  { value: 'owner', label: 'The owner', who: 'the owner' },
  { value: 'client', label: 'The client, by a link', who: 'the client' },
];
const ranks = ['member', 'manager', 'admin', 'owner'];

/** "2 managers or higher" has no good plural in every case, so a rule is said as a sentence. */
export function sayRule(rule: Pick<Rule, 'approver' | 'approvals'>, network: string | null): string {
  const who = approvers.find((a) => a.value === rule.approver)?.who ?? rule.approver;
  const where = network ?? 'Every network';
  if (rule.approvals === 1) return `${where}: ${who} approves`;
  return `${where}: ${rule.approver === 'client' ? `${rule.approvals} clients, each by a link of their own, approve` : `${rule.approvals} people approve, each of them ${who}`}`;
}

/** Whether a post waits for this very person: a rule, or its state, asks for somebody like them, and they said nothing of this text yet. */
export function waitsForMe(reviews: PostReviews, me: { id: string; role: string }, pending: boolean): boolean {
  const mine = reviews.items.find((r) => r.user_id === me.id && r.verdict !== 'comment' && r.seal === reviews.seal && r.publication_id == null);
  if (mine?.verdict === 'approved') return false;
  if (reviews.missing === 'changes' || reviews.missing === 'client') return false;
  if (reviews.missing == null) return pending;
  return ranks.includes(reviews.missing) && ranks.indexOf(me.role) >= ranks.indexOf(reviews.missing);
}

export type LinkState = 'open' | 'revoked' | 'over';
export const stateOf = (link: Pick<ReviewLink, 'revoked_at' | 'expires_at'>, now: Date): LinkState => (link.revoked_at ? 'revoked' : new Date(link.expires_at) <= now ? 'over' : 'open');
