import { asProblem } from '@/shared/api/problem';
import type { Page } from '@/shared/api/types';
import { toast } from '@/shared/lib/toast';
import { useScope } from '@/shared/lib/use-scope';
import { useMutation, useQueryClient, type InfiniteData, type QueryClient } from '@tanstack/react-query';
import { markItem, readAllItems, trendKeys, undoReadAllItems } from '../api/queries';
import type { FeedItem, Item, ReadAll, MarkItem, WholeItem } from '../api/types';

type Scope = ReturnType<typeof useScope>['scope'];
type Seen = Pick<Item, 'id' | 'read' | 'saved_at'>;
export interface Marks {
  /** Somebody opened it. */
  opened: (item: Seen) => void;
  toggleRead: (item: Seen) => void;
  toggleSaved: (item: Seen) => void;
  readAll: (which: ReadAll) => void;
  /** Lists are asked for anew: what was marked leaves those in which it is no more. */
  settle: () => void;
  busy: boolean;
}

/** Shows the mark wherever the item is shown, without asking again: what is read stays where it is until the list is looked at anew. */
function show(client: QueryClient, scope: Scope, id: string, part: Partial<Item>): void {
  const marked = <T extends { id: string }>(item: T): T => (item.id === id ? { ...item, ...part } : item);
  client.setQueriesData<InfiniteData<Page<Item>>>({ queryKey: [...trendKeys.items(scope), 'list'] }, (old) => old && { ...old, pages: old.pages.map((p) => ({ ...p, items: p.items.map(marked) })) });
  client.setQueriesData<{ items: FeedItem[] }>({ queryKey: [...trendKeys.smartFeeds(scope), 'items'] }, (old) => old && { ...old, items: old.items.map((f) => ({ ...f, item: marked(f.item) })) });
  client.setQueriesData<WholeItem>({ queryKey: [...trendKeys.items(scope), 'one', id] }, (old) => old && marked(old));
}

/** What one has read and saved: each person's own. */
export function useMarks(): Marks {
  const { scope } = useScope();
  const client = useQueryClient();
  const counts = () => client.invalidateQueries({ queryKey: [...trendKeys.items(scope), 'counts'] });
  const change = useMutation({
    mutationFn: ({ item, body }: { item: Seen; body: MarkItem }) => markItem(scope, item.id, body),
    onMutate: ({ item, body }) => show(client, scope, item.id, { ...(body.read != null && { read: body.read }), ...(body.saved != null && { saved_at: body.saved ? new Date().toISOString() : null }) }),
    onSuccess: (fresh, { body }) => {
      show(client, scope, fresh.id, { read: fresh.read, saved_at: fresh.saved_at ?? null });
      if (body.read === false && fresh.read) toast('It counts as read', { detail: 'Items older than 30 days do. Save it to come back to it.' });
      // Lists of what is unread or saved that are not looked at are wrong now.
      for (const key of [trendKeys.items(scope), trendKeys.smartFeeds(scope)]) void client.invalidateQueries({ queryKey: key, type: 'inactive', refetchType: 'none' });
    },
    onError: (error, { item }) => {
      show(client, scope, item.id, { read: item.read, saved_at: item.saved_at ?? null });
      toast('It could not be marked', { kind: 'error', detail: asProblem(error).message });
    },
    onSettled: counts,
  });
  const again = () => Promise.all([trendKeys.items(scope), trendKeys.smartFeeds(scope)].map((queryKey) => client.invalidateQueries({ queryKey })));
  const undo = useMutation({
    mutationFn: (readAt: string) => undoReadAllItems(scope, readAt),
    onError: (error) => toast('It could not be taken back', { kind: 'error', detail: asProblem(error).message }),
    onSettled: again,
  });
  const all = useMutation({
    mutationFn: (which: ReadAll) => readAllItems(scope, which),
    onSuccess: (done) => toast(done.count === 0 ? 'All was read already' : 'All is read', done.count === 0 ? {} : { undo: () => undo.mutate(done.read_at) }),
    onError: (error) => toast('It could not be marked', { kind: 'error', detail: asProblem(error).message }),
    onSettled: again,
  });
  return {
    opened: (item) => !item.read && change.mutate({ item, body: { read: true } }),
    toggleRead: (item) => change.mutate({ item, body: { read: !item.read } }),
    toggleSaved: (item) => change.mutate({ item, body: { saved: !item.saved_at } }),
    readAll: (which) => !all.isPending && all.mutate(which),
    settle: () => void again(),
    busy: all.isPending,
  };
}
