import { grouped } from '@/shared/lib/grouped';
import type { Connection } from '../api/types';

/** The accounts that a draft may go to: those of its network, and the sandbox, where anything is tried out. */
export function fitting(connections: Connection[], network: string): Connection[] {
  const fit = connections.filter((c) => c.status !== 'disconnected' && (c.network === network || c.network === 'sandbox'));
  return fit.sort((a, b) => Number(a.network !== network) - Number(b.network !== network) || a.name.localeCompare(b.name));
}
/** Only what works is taken without being asked for; the sandbox only where there is nothing else. */
export function usual(fit: Connection[], network: string): string[] {
  const works = fit.filter((c) => c.status === 'active');
  const own = works.filter((c) => c.network === network);
  const first = own.length > 0 ? own : works.slice(0, 1);
  return first.map((c) => c.id);
}
export function byNetwork(fit: Connection[]): [string, Connection[]][] {
  return [...grouped(fit, (c) => c.network)];
}
