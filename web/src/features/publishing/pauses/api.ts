import { asProblem } from '@/shared/api/problem';
import { toast } from '@/shared/lib/toast';
import { useScope } from '@/shared/lib/use-scope';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { call } from '../api/call';
import { pausesQuery, publishingKeys } from '../api/queries';
import type { Pause } from '../api/types';

export type NewPause = Pick<Pause, 'scope' | 'network'> & { reason: string };

export function usePauses() {
  const { scope } = useScope();
  const client = useQueryClient();
  const done = (fresh: { items: Pause[] }) => {
    client.setQueryData(pausesQuery(scope).queryKey, fresh);
    void client.invalidateQueries({ queryKey: publishingKeys.all(scope) });
  };
  const pause = useMutation({
    mutationFn: ({ network, ...rest }: NewPause) => call<{ items: Pause[] }>('PUT', scope, '/pauses', { body: { ...rest, ...(network && { network }) } }),
    onSuccess: (fresh) => {
      done(fresh);
      toast('Publishing is paused', { detail: 'What is due in the meantime is held; nothing is lost.' });
    },
  });
  const resume = useMutation({
    mutationFn: ({ scope: of, network }: Pick<Pause, 'scope' | 'network'>) => call<{ items: Pause[] }>('DELETE', scope, '/pauses', { query: { scope: of, network } }),
    onSuccess: (fresh) => {
      done(fresh);
      toast('Publishing goes on');
    },
    onError: (error) => toast('It is still paused', { kind: 'error', detail: asProblem(error).message }),
  });
  return { pause, resume };
}

export const ofWhat = (p: Pick<Pause, 'scope' | 'network'>, networkName: (id: string) => string, organization: string) =>
  p.scope === 'brand' ? 'this brand' : p.scope === 'organization' ? `all of ${organization}` : networkName(p.network ?? '');
