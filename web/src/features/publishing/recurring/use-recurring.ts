import { api, take } from '@/shared/api/client';
import { asProblem } from '@/shared/api/problem';
import { toast } from '@/shared/lib/toast';
import { useScope } from '@/shared/lib/use-scope';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { publishingKeys, recurrencePath } from '../api/queries';
import type { Recurrence } from '../api/types';

type Act = 'pause' | 'resume' | 'stop';
const said: Record<Act, [string, string]> = {
  pause: ['Paused', 'What it had planned is taken back.'],
  resume: ['It goes on', 'The next week is planned anew.'],
  stop: ['It has ended', 'What it had planned is taken back; what is out stays.'],
};

/** Pausing is taken back by the message; ending is asked for first. */
export function useRecurring() {
  const { scope } = useScope();
  const client = useQueryClient();
  const acting = useMutation({
    mutationFn: ({ it, act }: { it: Pick<Recurrence, 'id'>; act: Act; back?: boolean }) => take(api.POST(`${recurrencePath}/${act}`, { params: { path: { ...scope, recurrence: it.id } } })),
    onSuccess: (fresh, { it, act, back }) => {
      client.setQueryData([...publishingKeys.all(scope), 'recurrences', 'one', it.id], fresh);
      const [what, detail] = said[act];
      const other = act === 'pause' ? 'resume' : 'pause';
      toast(what, { detail, ...(act !== 'stop' && !back && { undo: () => acting.mutate({ it, act: other, back: true }) }) });
    },
    onError: (error) => toast('That was not kept', { kind: 'error', detail: asProblem(error).message }),
    onSettled: () => client.invalidateQueries({ queryKey: publishingKeys.all(scope) }),
  });
  return { act: (it: Pick<Recurrence, 'id'>, act: Act, done?: () => void) => acting.mutate({ it, act }, done ? { onSuccess: done } : {}), busy: acting.isPending };
}
