import { describe, expect, it } from 'vitest';
import { rings, touched } from './events';

const scope = { org: 'harbour', brand: 'light' };
const at = (kind: string) => touched({ id: '1', kind, subject: { type: 'x', id: 'x_1' } }, scope).map((key) => key.slice(3).join('/'));

describe('what an event makes out of date', () => {
  it('is what it tells of, and what is worked out from that', () => {
    expect(at('offer.analysed')).toEqual(['offers', 'profile']);
    expect(at('pillar.reordered')).toEqual(['pillars', 'pillar-proposals']);
    expect(at('knowledge.created')).toEqual(['knowledge']);
    expect(at('brand.profile_updated')).toEqual(['profile', 'pillar-proposals']);
    expect(at('voice_sample.added')).toEqual(['voice/overview', 'voice/samples']);
    expect(at('voice_model.activated')).toEqual(['voice']);
    expect(at('review.approved')).toEqual(['publishing', 'posts', 'today']);
    expect(at('review_link.opened')).toEqual(['publishing/review-links']);
    expect(at('media.created')).toEqual(['media', 'posts']);
    expect(at('source.checked')).toEqual(['sources']);
    expect(at('source.deleted')).toEqual(['sources', 'items', 'smart-feeds']);
    expect(at('items.added')).toEqual(['sources', 'items', 'smart-feeds']);
    expect(at('smart_feed.updated')).toEqual(['smart-feeds']);
    expect(at('brand.updated')).toEqual(['']);
    expect(at('post.approved')).toEqual(['posts', 'today']);
  });
});

describe('the bell', () => {
  it('rings for those whom the event names', () => {
    const told = JSON.stringify({ kind: 'notification.created', data: { kind: 'member_joined', user_ids: ['user_a', 'user_b'] } });
    expect(rings(told, 'user_b')).toBe(true);
    expect(rings(told, 'user_c')).toBe(false);
    for (const other of ['', 'null', '{}', '{"data":null}', '{"data":{"user_ids":"user_a"}}']) {
      expect(rings(other, 'user_a')).toBe(false);
    }
  });
});
