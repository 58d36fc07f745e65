import { describe, expect, it } from 'vitest';
import type { PostReviews, Review } from './api';
import { sayRule, stateOf, waitsForMe } from './words';

const review = (part: Partial<Review> = {}): Review => ({
  id: 'review_1', number: 1, post_id: 'post_1', publication_id: null, verdict: 'approved', words: '', user_id: 'usr_me', link_id: null, role: 'manager', name: '', shared: false, seal: 'now', resolved_at: null, created_at: '2026-11-22T08:00:00Z', ...part,
});
const of = (missing: string | null, ...items: Review[]): PostReviews => ({ items, seal: 'now', missing, missing_words: missing });
const me = { id: 'usr_me', role: 'manager' };

describe('whom a post waits for', () => {
  it('goes by rank', () => {
    expect(waitsForMe(of('member'), me, true)).toBe(true);
    expect(waitsForMe(of('manager'), me, true)).toBe(true);
    expect(waitsForMe(of('admin'), me, true)).toBe(false);
    expect(waitsForMe(of('owner'), { ...me, role: 'owner' }, true)).toBe(true);
  });
  it('is nobody here while the client or the writer is asked', () => {
    expect(waitsForMe(of('client'), me, true)).toBe(false);
    expect(waitsForMe(of('changes'), me, true)).toBe(false);
  });
  it('without a rule is whoever decides on drafts', () => {
    expect(waitsForMe(of(null), me, true)).toBe(true);
    expect(waitsForMe(of(null), me, false)).toBe(false);
  });
  it('is not somebody who approved this very text; of another text they are asked again', () => {
    expect(waitsForMe(of('manager', review()), me, true)).toBe(false);
    expect(waitsForMe(of('manager', review({ seal: 'before' })), me, true)).toBe(true);
    expect(waitsForMe(of('manager', review({ verdict: 'comment' })), me, true)).toBe(true);
    expect(waitsForMe(of('manager', review({ user_id: 'usr_other' })), me, true)).toBe(true);
  });
});

describe('rules and links in words', () => {
  it('says who approves what', () => {
    expect(sayRule({ approver: 'manager', approvals: 1 }, null)).toBe('Every network: a manager or higher approves');
    expect(sayRule({ approver: 'admin', approvals: 2 }, 'X')).toBe('X: 2 people approve, each of them an admin or the owner');
    expect(sayRule({ approver: 'client', approvals: 2 }, null)).toBe('Every network: 2 clients, each by a link of their own, approve');
  });
  it('knows what opens', () => {
    const now = new Date('2026-11-22T08:00:00Z');
    expect(stateOf({ revoked_at: null, expires_at: '2026-12-01T00:00:00Z' }, now)).toBe('open');
    expect(stateOf({ revoked_at: null, expires_at: '2026-11-01T00:00:00Z' }, now)).toBe('over');
    expect(stateOf({ revoked_at: '2026-11-20T00:00:00Z', expires_at: '2026-12-01T00:00:00Z' }, now)).toBe('revoked');
  });
});
