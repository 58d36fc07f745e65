import { api, take } from '@/shared/api/client';
import { asProblem } from '@/shared/api/problem';
import { toast } from '@/shared/lib/toast';
import { membersQuery } from '@/shared/api/queries';
import { useScope } from '@/shared/lib/use-scope';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { pausesPath, pausesQuery, publishingKeys } from '../api/queries';
import type { Pause } from '../api/types';

/** What is paused: one of them covers a network alone. */
export type Paused = Pick<Pause, 'scope' | 'network'>;
export type NewPause = Paused & { reason: string };

export function usePauses() {
  const { scope } = useScope();
  const client = useQueryClient();
  const done = (fresh: { items: Pause[] }) => {
    client.setQueryData(pausesQuery(scope).queryKey, fresh);
    void client.invalidateQueries({ queryKey: publishingKeys.all(scope) });
  };
  const pause = useMutation({
    mutationFn: ({ network, ...rest }: NewPause) => take(api.PUT(pausesPath, { params: { path: scope }, body: { ...rest, ...(network && { network }) } })),
    onSuccess: (fresh) => {
      done(fresh);
      toast('Publishing is paused', { detail: 'What is due in the meantime is held; nothing is lost.' });
    },
  });
  const resume = useMutation({
    mutationFn: ({ scope: of, network }: Paused) => take(api.DELETE(pausesPath, { params: { path: scope, query: { scope: of, ...(network && { network }) } } })),
    onSuccess: (fresh) => {
      done(fresh);
      toast('Publishing goes on');
    },
    onError: (error) => toast('It is still paused', { kind: 'error', detail: asProblem(error).message }),
  });
  return { pause, resume };
}

/** Who paused, by name, where members may be seen. */
export function useWho(): (id: string | null | undefined) => string | undefined {
  const { scope, user } = useScope();
  const { data } = useQuery({ ...membersQuery(scope.org), staleTime: 5 * 60_000 });
  return (id) => (!id ? undefined : id === user.id ? 'you' : data?.items.find((m) => m.user_id === id)?.name);
}

export const ofWhat = (p: Paused, networkName: (id: string) => string, organization: string) =>
  p.scope === 'brand' ? 'this brand' : p.scope === 'organization' ? `all of ${organization}` : networkName(p.network ?? '');
