import { api, take } from '@/shared/api/client';
import { asProblem } from '@/shared/api/problem';
import { toast } from '@/shared/lib/toast';
import { useScope } from '@/shared/lib/use-scope';
import { useMutation } from '@tanstack/react-query';
import { connectionsPath } from '../api/queries';
import type { ProviderId } from '../api/types';

/** Leaves for the network's own page, where one gives consent; it leads back to the connections. */
export function useAuthorize() {
  const { scope } = useScope();
  return useMutation({
    mutationFn: ({ server, provider }: { provider: ProviderId; server?: string | null | undefined }) =>
      take(api.POST(`${connectionsPath}/authorize`, { params: { path: scope }, body: { provider, ...(server && { server }) } })),
    onSuccess: ({ authorize_url }) => window.location.assign(authorize_url),
    onError: (error) => asProblem(error).errors.length === 0 && toast('The network could not be asked', { kind: 'error', detail: asProblem(error).message }),
  });
}
