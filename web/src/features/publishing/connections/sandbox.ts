import { api, take } from '@/shared/api/client';
import { toast } from '@/shared/lib/toast';
import { useScope } from '@/shared/lib/use-scope';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { connectionsPath, publishingKeys } from '../api/queries';

/** The sandbox takes one key. */
export function useSandbox() {
  const { scope } = useScope();
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => take(api.POST(connectionsPath, { params: { path: scope }, body: { provider: 'sandbox' } })),
    onSuccess: () => toast('The sandbox is connected', { detail: 'It looks like a network; nobody outside sees it.' }),
    onSettled: () => client.invalidateQueries({ queryKey: publishingKeys.all(scope) }),
  });
}
