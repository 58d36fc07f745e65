import { asProblem } from '@/shared/api/problem';
import { keys } from '@/shared/api/queries';
import type { Page } from '@/shared/api/types';
import { toast } from '@/shared/lib/toast';
import { useMay } from '@/shared/lib/use-may';
import { useScope } from '@/shared/lib/use-scope';
import { useMutation, useQueryClient, type InfiniteData } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { changeTrend, draftTrend, trendListKey, trendQuery, trendsKey } from '../api/trends';
import type { Trend, TrendDrafts } from '../api/contract';

type Seen = Pick<Trend, 'id' | 'name' | 'version'>;
export interface TrendActions {
  mayChange: boolean; mayDraft: boolean;
  dismiss: (trend: Seen, dismissed: boolean) => void;
  /** The trend that drafts are being asked for. */
  drafting: string | null;
  draft: (trend: Pick<Trend, 'id' | 'name'>, body: TrendDrafts, failed?: (error: unknown) => void) => void;
  /** The newest thing that was said of it, where it was said. */
  newest: (trend: Pick<Trend, 'id'>) => void;
}

/** What can be done to a trend from the list and from its page. */
export function useTrendActions(): TrendActions {
  const { scope } = useScope();
  const client = useQueryClient();
  const navigate = useNavigate();
  const mayChange = useMay('brand.update');
  const mayDraft = useMay('posts.write');
  const turn = useMutation({
    mutationFn: ({ trend, dismissed }: { trend: Seen; dismissed: boolean }) => changeTrend(scope, trend, { dismissed }),
    onMutate: async ({ trend }) => {
      await client.cancelQueries({ queryKey: trendListKey(scope) });
      const before = client.getQueriesData({ queryKey: trendListKey(scope) });
      // Of every list that is looked at, it leaves this one: those dismissed, or those not.
      client.setQueriesData<InfiniteData<Page<Trend>>>({ queryKey: trendListKey(scope), type: 'active' }, (old) => old && { ...old, pages: old.pages.map((p) => ({ ...p, items: p.items.filter((t) => t.id !== trend.id) })) });
      return before;
    },
    onSuccess: (fresh, { trend, dismissed }) => {
      client.setQueryData(trendQuery(scope, trend.id).queryKey, fresh);
      toast(dismissed ? `“${fresh.name}” is dismissed` : `“${fresh.name}” is back`, { ...(dismissed && { detail: 'It is still watched, but you are not told of it.' }), undo: () => turn.mutate({ trend: fresh, dismissed: !dismissed }) });
    },
    onError: (error, _, before) => {
      for (const [key, data] of before ?? []) client.setQueryData(key, data);
      toast('It could not be changed', { kind: 'error', detail: asProblem(error).status === 412 ? 'It grew meanwhile. Look again, and try once more.' : asProblem(error).message });
    },
    onSettled: () => client.invalidateQueries({ queryKey: trendsKey(scope) }),
  });
  const draft = useMutation({
    mutationFn: ({ trend, body }: { trend: Pick<Trend, 'id' | 'name'>; body: TrendDrafts }) => draftTrend(scope, trend.id, body),
    onSuccess: (made) => {
      client.setQueryData([...keys.generations(scope), 'one', made.id], made);
      for (const queryKey of [[...keys.generations(scope), 'list'], keys.today(scope), keys.organization(scope.org), trendsKey(scope)]) void client.invalidateQueries({ queryKey });
      void navigate({ to: '/$org/$brand/studio/$generation', params: { ...scope, generation: made.id } });
    },
  });
  const newest = async (id: string) => {
    try {
      const [said] = (await client.ensureQueryData(trendQuery(scope, id))).evidence;
      if (said) window.open(said.url, '_blank', 'noopener,noreferrer');
      else toast('Nothing that was said of it is kept any more');
    } catch (error) {
      toast('It could not be opened', { kind: 'error', detail: asProblem(error).message });
    }
  };
  return {
    mayChange, mayDraft,
    dismiss: (trend, dismissed) => mayChange && !turn.isPending && turn.mutate({ trend, dismissed }),
    drafting: draft.isPending ? draft.variables.trend.id : null,
    draft: (trend, body, failed) => {
      if (!mayDraft || draft.isPending) return;
      draft.mutate({ trend, body }, { onError: failed ?? ((error) => toast('No drafts were made', { kind: 'error', detail: asProblem(error).errors.map((e) => e.message).join(' ') || asProblem(error).message })) });
    },
    newest: (trend) => void newest(trend.id),
  };
}
