import { grouped } from '@/shared/lib/grouped';
import type { Connection, Publication } from '../api/types';

/** The accounts that a draft may go to: those of its network, and the sandbox, where anything is tried out. */
export function fitting(connections: Connection[], network: string): Connection[] {
  const fit = connections.filter((c) => c.status !== 'disconnected' && (c.network === network || c.network === 'sandbox'));
  return fit.sort((a, b) => Number(a.network !== network) - Number(b.network !== network) || a.name.localeCompare(b.name));
}
/** Where the draft is planned or out already: an account takes it once, whatever a repetition does beside. */
export function plannedAt(publications: Publication[]): Map<string, Publication> {
  return new Map(publications.filter((p) => p.state !== 'cancelled' && p.source !== 'recurrence').map((p) => [p.connection.id, p]));
}
/** Only what works and does not have it yet is taken without being asked for; the sandbox only where there is nothing else. */
export function usual(fit: Connection[], network: string, planned: ReadonlyMap<string, unknown> = new Map()): string[] {
  const works = fit.filter((c) => c.status === 'active' && !planned.has(c.id));
  const own = works.filter((c) => c.network === network);
  const instead = fit.some((c) => c.network === network && planned.has(c.id)) ? [] : works.slice(0, 1);
  const first = own.length > 0 ? own : instead;
  return first.map((c) => c.id);
}
export function byNetwork(fit: Connection[]): [string, Connection[]][] {
  return [...grouped(fit, (c) => c.network)];
}
