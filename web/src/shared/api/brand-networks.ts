import { queryOptions, useQuery, type QueryClient } from '@tanstack/react-query';
import { api, take } from './client';
import { brandPath, keys, type Scope } from './queries';

export const connectionsPath = `${brandPath}/connections` as const;
const connectionsKey = (s: Scope) => [...keys.brand(s), 'publishing', 'connections'] as const;
export const providersQuery = (s: Scope) => queryOptions({
  queryKey: [...connectionsKey(s), 'providers'], queryFn: ({ signal }) => take(api.GET(`${connectionsPath}/providers`, { params: { path: s }, signal })), staleTime: 5 * 60_000,
});
export const connectionsQuery = (s: Scope) => queryOptions({
  queryKey: [...connectionsKey(s), 'list'], queryFn: ({ signal }) => take(api.GET(connectionsPath, { params: { path: s }, signal })), staleTime: 30_000,
});
export const profileQuery = (s: Scope) => queryOptions({
  queryKey: [...keys.brand(s), 'profile'], queryFn: ({ signal }) => take(api.GET(`${brandPath}/profile`, { params: { path: s }, signal })),
});

const networksOf = (connections: { items: { network: string }[] } | undefined, profile: { posts: { networks?: string[] } } | undefined) =>
  [...new Set([...(connections?.items.map((c) => c.network) ?? []), ...(profile?.posts.networks ?? [])])];

/**
 * The networks that a brand is on: those of its accounts and those that its profile names. Null while that is not known,
 * and an empty list where it says nothing, or can't be had.
 */
export function useBrandNetworks(scope: Scope): string[] | null {
  const connections = useQuery(connectionsQuery(scope));
  const profile = useQuery(profileQuery(scope));
  return connections.isPending || profile.isPending ? null : networksOf(connections.data, profile.data);
}

/** The same for what is done at once, without waiting for a page. */
export async function brandNetworks(client: QueryClient, scope: Scope): Promise<string[]> {
  const [connections, profile] = await Promise.allSettled([client.ensureQueryData(connectionsQuery(scope)), client.ensureQueryData(profileQuery(scope))]);
  return networksOf(connections.status === 'fulfilled' ? connections.value : undefined, profile.status === 'fulfilled' ? profile.value : undefined);
}
