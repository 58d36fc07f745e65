import { describe, expect, it } from 'vitest';
import type { Channel, ChannelKind } from './contract';
import { byWay, carrier, connectable, moved, orderOf, place, sharedChat, triable, turned, wayOf } from './ways';

const all: ChannelKind[] = ['email', 'push', 'slack'];
const channel = (kind: ChannelKind, state: Channel['state'], part: Partial<Channel> = {}): Channel => ({ kind, id: kind, name: kind, state, configured: true, ...part });

describe('the order of the ways', () => {
  it('is the one that is kept, each once', () => expect(orderOf({ channels: ['slack', 'email', 'slack'] })).toEqual(['slack', 'email']));
  it('moves one up or down, and stays at its ends', () => {
    expect(moved(all, 'push', -1)).toEqual(['push', 'email', 'slack']);
    expect(moved(all, 'push', 1)).toEqual(['email', 'slack', 'push']);
    expect([moved(all, 'email', -1), moved(all, 'slack', 1), moved(all, 'telegram', 1)]).toEqual([all, all, all]);
    expect(all).toEqual(['email', 'push', 'slack']);
  });
  it('takes one in as the last, or leaves it out', () => {
    expect(turned(all, 'telegram', true)).toEqual(['email', 'push', 'slack', 'telegram']);
    expect(turned(all, 'email', true)).toEqual(['push', 'slack', 'email']);
    expect(turned(all, 'push', false)).toEqual(['email', 'slack']);
    expect([0, 1, 2, 3].map(place)).toEqual(['first', 'if that fails', 'and then', 'and then']);
  });
});

describe('a way', () => {
  it('knows a chat that others read too', () => expect(['42', ' -100123', '@news', ''].map(sharedChat)).toEqual([false, true, true, false]));
  it('works as soon as one of its ends does', () => {
    const way = wayOf('push', [channel('push', 'troubled', { id: 'push_1', reason: 'gone' }), channel('push', 'ready', { id: 'push_2' }), channel('email', 'ready')]);
    expect(way).toMatchObject({ state: 'ready', reason: null, configured: true });
    expect(way.ends.map((e) => e.id)).toEqual(['push_1', 'push_2']);
  });
  it('says why not, and whether it could', () => {
    expect(wayOf('slack', [channel('slack', 'troubled', { reason: 'no_service' })])).toMatchObject({ state: 'troubled', reason: 'no_service' });
    expect(wayOf('telegram', [channel('telegram', 'off', { configured: false })])).toMatchObject({ state: 'off', configured: false, ends: [] });
    expect(wayOf('whatsapp', [])).toMatchObject({ state: 'off', configured: false });
  });
  it('can be connected where the operator did their part, and Telegram with a bot of one’s own', () => {
    const known = [channel('slack', 'off', { configured: false }), channel('telegram', 'off', { configured: false }), channel('whatsapp', 'off')];
    expect((['slack', 'telegram', 'whatsapp'] as const).map((kind) => connectable(wayOf(kind, known)))).toEqual([false, true, true]);
  });
  it('takes a trial once it is connected, and mail always', () => {
    expect(triable([channel('email', 'off'), channel('push', 'off'), channel('slack', 'troubled'), channel('whatsapp', 'unconfirmed'), channel('telegram', 'ready')])).toEqual(['email', 'slack', 'telegram']);
    expect(triable([])).toEqual(['email']);
    expect([byWay('email'), byWay('push'), byWay('slack')]).toEqual(['mail', 'notification', 'Slack']);
  });
  it('brings the next one when it is the first that works', () => {
    const known = [channel('email', 'ready'), channel('push', 'off'), channel('slack', 'troubled')];
    expect(carrier(['slack', 'push', 'email'], known)).toBe('email');
    expect(carrier(['slack', 'push'], known)).toBeNull();
  });
});
