import { asProblem } from '@/shared/api/problem';
import { toast } from '@/shared/lib/toast';
import { useScope } from '@/shared/lib/use-scope';
import { useMutation } from '@tanstack/react-query';
import { call } from '../api/call';

/** Leaves for the network's own page, where one gives consent; it leads back to the connections. */
export function useAuthorize() {
  const { scope } = useScope();
  return useMutation({
    mutationFn: ({ server, connection_id, provider }: { provider: string; server?: string | null; connection_id?: string }) =>
      call<{ authorize_url: string; expires_at: string }>('POST', scope, '/connections/authorize', { body: { provider, ...(server && { server }), ...(connection_id && { connection_id }) } }),
    onSuccess: ({ authorize_url }) => window.location.assign(authorize_url),
    onError: (error) => asProblem(error).errors.length === 0 && toast('The network could not be asked', { kind: 'error', detail: asProblem(error).message }),
  });
}
