import type { Connection } from '../api/types';

export type Health = 'active' | 'blocked' | 'expiring' | 'needs_consent' | 'revoked';
const soon = 7 * 24 * 3600_000;

/** How an account is, the worst first. */
export function healthOf(c: Pick<Connection, 'status' | 'blocked_until' | 'expires_at'>, now = Date.now()): Health {
  if (c.status === 'revoked' || c.status === 'disconnected') return 'revoked';
  if (c.status === 'needs_consent' || (c.expires_at && Date.parse(c.expires_at) <= now)) return 'needs_consent';
  if (c.blocked_until && Date.parse(c.blocked_until) > now) return 'blocked';
  return c.expires_at && Date.parse(c.expires_at) - now < soon ? 'expiring' : 'active';
}
