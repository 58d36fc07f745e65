import { describe, expect, it } from 'vitest';
import { fitting, plannedAt, usual } from './finish/fits';
import { healthOf } from './connections/health';
import { repairOf, whyStuck } from './repair';
import type { Ability, Connection, HeldReason, Publication, PublicationState } from './api/types';

const repair = (state: PublicationState, can: Ability[], held_reason: HeldReason | null = null, paused = false) => repairOf({ state, can, held_reason }, paused);

describe('what is stuck', () => {
  it('has one button that repairs', () => {
    expect(repair('failed', ['retry', 'edit', 'cancel'])).toMatchObject({ kind: 'act', ability: 'retry' });
    expect(repair('failed', ['edit'])).toMatchObject({ kind: 'edit' });
    // never sent again before somebody knows
    expect(repair('unclear', ['reconcile', 'retry', 'confirm_absent'])).toMatchObject({ kind: 'act', ability: 'reconcile' });
    expect(repair('held', ['publish_now', 'reschedule'], 'late')).toMatchObject({ kind: 'act', ability: 'publish_now' });
    expect(repair('held', ['reschedule'], 'late')).toMatchObject({ kind: 'reschedule' });
    expect(repair('held', [], 'connection')).toMatchObject({ kind: 'connections' });
    expect(repair('held', [], 'not_approved')).toMatchObject({ kind: 'review' });
    expect(repair('held', ['edit'], 'rules')).toMatchObject({ kind: 'edit' });
    expect(repair('held', ['publish_now'], 'paused', true)).toMatchObject({ kind: 'resume' });
    expect(repair('held', ['publish_now'], 'paused')).toMatchObject({ kind: 'act', ability: 'publish_now' });
    expect(repair('scheduled', ['cancel', 'publish_now'])).toBeNull();
  });
  it('says why, in the network’s words first', () => {
    expect(whyStuck({ state: 'failed', held_reason: null, words: 'Rate limit' })).toBe('Rate limit');
    expect(whyStuck({ state: 'held', held_reason: 'late', words: null })).toMatch(/passed/);
    expect(whyStuck({ state: 'unclear', held_reason: null, words: null })).toMatch(/may be out/);
  });
});

const connection = (part: Partial<Connection>): Connection => ({
  id: part.name ?? 'c', provider: 'x', network: 'x', account_id: 'a', name: 'C', handle: 'h', avatar_url: null, server: null, status: 'active', trouble: null, scopes: [], expires_at: null, blocked_until: null, last_published_at: null, checked_at: null, created_at: '', version: 1, ...part,
});

describe('accounts', () => {
  it('that fit a draft are those of its network, and the sandbox last', () => {
    const all = [connection({ name: 'S', network: 'sandbox' }), connection({ name: 'B' }), connection({ name: 'A' }), connection({ name: 'L', network: 'linkedin' }), connection({ name: 'Gone', status: 'disconnected' })];
    const fit = fitting(all, 'x');
    expect(fit.map((c) => c.id)).toEqual(['A', 'B', 'S']);
    expect(usual(fit, 'x')).toEqual(['A', 'B']);
    expect(usual(fitting(all, 'facebook'), 'facebook')).toEqual(['S']);
    expect(usual([connection({ status: 'revoked' })], 'x')).toEqual([]);
  });
  it('that have the draft already are not taken a second time, nor is the sandbox in their place', () => {
    const fit = fitting([connection({ name: 'S', network: 'sandbox' }), connection({ name: 'A' }), connection({ name: 'B' })], 'x');
    const at = (id: string, state: Publication['state'], source: Publication['source'] = 'exact') => ({ connection: { id }, state, source }) as Publication;
    const planned = plannedAt([at('A', 'scheduled'), at('B', 'cancelled'), at('S', 'published', 'recurrence')]);
    expect([...planned.keys()]).toEqual(['A']);
    expect(usual(fit, 'x', planned)).toEqual(['B']);
    expect(usual(fitting([connection({ name: 'S', network: 'sandbox' }), connection({ name: 'A' })], 'x'), 'x', planned)).toEqual([]);
  });
  it('tell how they are, the worst first', () => {
    const now = Date.parse('2026-03-01T12:00:00Z');
    expect(healthOf(connection({}), now)).toBe('active');
    expect(healthOf(connection({ status: 'revoked', blocked_until: '2026-03-01T13:00:00Z' }), now)).toBe('revoked');
    expect(healthOf(connection({ expires_at: '2026-03-01T11:00:00Z' }), now)).toBe('needs_consent');
    expect(healthOf(connection({ expires_at: '2026-03-04T11:00:00Z' }), now)).toBe('expiring');
    expect(healthOf(connection({ blocked_until: '2026-03-01T13:00:00Z' }), now)).toBe('blocked');
    expect(healthOf(connection({ blocked_until: '2026-03-01T11:00:00Z' }), now)).toBe('active');
  });
});
