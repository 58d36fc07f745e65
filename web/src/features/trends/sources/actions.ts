import { asProblem } from '@/shared/api/problem';
import { deleteLater } from '@/shared/lib/deletion';
import { toast } from '@/shared/lib/toast';
import { useScope } from '@/shared/lib/use-scope';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { changeSource, checkSource, removeSource, trendKeys } from '../api/queries';
import type { Source } from '../api/types';

export interface SourceActions { check: (source: Source) => void; setActive: (source: Source, active: boolean) => void; remove: (source: Source) => void }

/** What can be done to a source at once, without a dialog. */
export function useSourceActions(): SourceActions {
  const { scope } = useScope();
  const client = useQueryClient();
  const refresh = () => Promise.all([trendKeys.sources, trendKeys.items, trendKeys.smartFeeds].map((of) => client.invalidateQueries({ queryKey: of(scope) })));
  const check = useMutation({
    mutationFn: (s: Source) => checkSource(scope, s.id),
    onSuccess: (_, s) => toast(`Looking at ${s.name}`, { detail: 'What is new stands in the reader in a moment.' }),
    onError: (error) => toast('It could not be looked at now', { kind: 'error', detail: asProblem(error).message }),
    onSettled: () => client.invalidateQueries({ queryKey: trendKeys.sources(scope) }),
  });
  const turn = useMutation({
    mutationFn: ({ source, active }: { source: Source; active: boolean }) => changeSource(scope, source, { active }),
    onSuccess: (fresh, { active }) => toast(active ? `${fresh.name} is read again` : `${fresh.name} is paused`, { ...(!active && { detail: 'What was read of it stays.' }), undo: () => turn.mutate({ source: fresh, active: !active }) }),
    onError: (error) => toast('It could not be changed', { kind: 'error', detail: asProblem(error).status === 412 ? 'Somebody changed it meanwhile. Look again, and try once more.' : asProblem(error).message }),
    onSettled: () => client.invalidateQueries({ queryKey: trendKeys.sources(scope) }),
  });
  return {
    check: (source) => check.mutate(source),
    setActive: (source, active) => turn.mutate({ source, active }),
    remove: (source) => deleteLater(source.id, { said: `${source.name} is removed`, detail: 'Its items leave the reader with it.', remove: (keepalive) => removeSource(scope, source.id, keepalive), settled: refresh }),
  };
}
