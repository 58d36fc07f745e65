import type { Scope } from '../api/queries';
import type { Network, Target } from '../api/types';
import { remember, remembered } from '../lib/theme';

/** A first choice: the usual form of every network; the sandbox is for trying things out only. */
export function usualTargets(networks: Pick<Network, 'id' | 'content_types'>[]): Target[] {
  return networks.filter((n) => n.id !== 'sandbox').flatMap((n) => n.content_types.filter((t) => t.is_default).map((t) => t.target));
}

/** A first choice for a brand: the usual forms of the networks that it is on; of every network where it is on none yet. */
export function targetsOn(on: readonly string[], networks: Pick<Network, 'id' | 'content_types'>[]): Target[] {
  const own = usualTargets(networks.filter((n) => on.includes(n.id)));
  return own.length > 0 ? own : usualTargets(networks);
}

const memory = ({ org, brand }: Scope) => `bellwether.targets.${org}.${brand}`;
/** What drafts of a brand were last written for in this browser. */
export const lastTargets = (scope: Scope) => (remembered(memory(scope))?.split(' ').filter(Boolean) as Target[] | undefined) ?? null;
export const keepTargets = (scope: Scope, targets: Target[]) => remember(memory(scope), targets.join(' '));

/** What drafts are written for when nobody chooses: as the last time, as far as the networks still have it, else for where the brand is. */
export function targetsOf(scope: Scope, on: readonly string[], networks: Pick<Network, 'id' | 'content_types'>[]): Target[] {
  const all = networks.flatMap((n) => n.content_types.map((t) => t.target));
  const last = lastTargets(scope)?.filter((t) => all.includes(t)) ?? [];
  return last.length > 0 ? last : targetsOn(on, networks);
}
