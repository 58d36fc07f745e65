import { toast } from '@/shared/lib/toast';
import { useScope } from '@/shared/lib/use-scope';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { call } from '../api/call';
import { publishingKeys } from '../api/queries';
import type { Connection } from '../api/types';

/** The sandbox takes one key. */
export function useSandbox() {
  const { scope } = useScope();
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => call<{ items: Connection[] }>('POST', scope, '/connections', { body: { provider: 'sandbox', fields: {} } }),
    onSuccess: () => toast('The sandbox is connected', { detail: 'It looks like a network; nobody outside sees it.' }),
    onSettled: () => client.invalidateQueries({ queryKey: publishingKeys.all(scope) }),
  });
}
