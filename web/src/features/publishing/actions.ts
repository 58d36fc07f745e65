import { api, seen, take } from '@/shared/api/client';
import { asProblem } from '@/shared/api/problem';
import { keys } from '@/shared/api/queries';
import { toast } from '@/shared/lib/toast';
import { useScope } from '@/shared/lib/use-scope';
import { sayWhen } from '@/shared/lib/zone';
import { useMutation, useQueryClient, type InfiniteData } from '@tanstack/react-query';
import { useEffect, useMemo, useRef } from 'react';
import type { Content, Page } from '@/shared/api/types';
import { publicationPath, publicationsPath, publishingKeys } from './api/queries';
import type { Ability, BulkAction, BulkResult, Calendar, Publication, PublicationDetail, Summary } from './api/types';

/** What a step on the calendar needs to know of what it moves. */
export interface Moved { id: string; local_time?: string | null; version: number; title: string }

interface Placing { of: { id: string; local_time?: string | null; version: number }; to: string }
/** So many the server takes at once. */
const atOnce = 100;

type Act = Exclude<Ability, 'edit' | 'reschedule'>;
/** Where somebody saw it. */
interface Seen { remote_url?: string }
const paths = { cancel: 'cancel', retry: 'retry', reconcile: 'reconcile', publish_now: 'publish-now', confirm_absent: 'confirm-absent' } as const;
const said: Record<Act, string> = {
  cancel: 'Cancelled', retry: 'Trying again', reconcile: 'The network was asked', publish_now: 'On its way', confirm_published: 'Marked as published', confirm_absent: 'Marked as not published',
};
const failedTo: Record<Act, string> = {
  cancel: 'It could not be cancelled', retry: 'It could not be tried again', reconcile: 'The network could not be asked', publish_now: 'It could not be published', confirm_published: 'That was not kept', confirm_absent: 'That was not kept',
};

export interface PublicationActions {
  /** At once on screen; back where it was when the server refuses; undone from the message. */
  move: (it: Moved, to: string) => void;
  act: (it: Pick<Publication, 'id'>, act: Act, body?: Seen) => void;
  /** Of the first comment: it was seen there, or is sent again. */
  comment: (it: Pick<Publication, 'id'>, there: boolean) => void;
  edit: (it: Pick<Publication, 'id' | 'version'>, content: Content | null, done: () => void) => void;
  bulk: (body: BulkAction, done: () => void) => void;
  /** Each to a time of its own, one after the other; undone from the message, all of them. */
  place: (steps: Placing[], done: () => void) => void;
  busy: boolean;
  editing: { busy: boolean; error: unknown };
}

export function usePublicationActions(): PublicationActions {
  const { scope: { org, brand } } = useScope();
  const scope = useMemo(() => ({ org, brand }), [org, brand]);
  const client = useQueryClient();
  const refresh = () => Promise.all([client.invalidateQueries({ queryKey: publishingKeys.all(scope) }), client.invalidateQueries({ queryKey: keys.posts(scope) })]);
  const one = (id: string) => [...publishingKeys.all(scope), 'one', id];

  /** Into every list that shows it. */
  const spread = (id: string, change: Partial<Publication>) => {
    const put = <T extends { id: string }>(items: T[]) => items.map((p) => (p.id === id ? { ...p, ...change } : p));
    client.setQueriesData<Calendar>({ queryKey: publishingKeys.calendar(scope) }, (old) => old && { ...old, items: put(old.items) });
    client.setQueriesData<InfiniteData<Page<Publication>>>({ queryKey: [...publishingKeys.all(scope), 'list'] }, (old) => old && { ...old, pages: old.pages.map((p) => ({ ...p, items: put(p.items) })) });
    client.setQueriesData<Page<Publication>>({ queryKey: [...publishingKeys.all(scope), 'of'] }, (old) => old && { ...old, items: put(old.items) });
    client.setQueryData<Summary>([...publishingKeys.all(scope), 'summary'], (old) => old && { ...old, needs_you: put(old.needs_you), today: put(old.today) });
    client.setQueryData<PublicationDetail>(one(id), (old) => old && { ...old, ...change });
  };

  const moving = useMutation({
    mutationFn: ({ it, to }: { it: Moved; to: string; back?: boolean }) => take(api.PATCH(publicationPath, { params: { path: { ...scope, publication: it.id }, header: seen(it.version) }, body: { local_time: to } })),
    onSuccess: (fresh, { it, to, back }) => {
      spread(it.id, fresh);
      const from = it.local_time;
      toast(`${back ? 'Back to' : 'Moved to'} ${sayWhen(to)}`, back || !from ? {} : { undo: () => start({ it: { ...it, local_time: to, version: fresh.version }, to: from, back: true }) });
    },
    onError: (error, { it }) => {
      spread(it.id, { local_time: it.local_time });
      const problem = asProblem(error);
      toast('It stays where it was', { kind: 'error', detail: problem.at('local_time') ?? problem.message });
    },
    onSettled: () => void refresh(),
  });

  const acting = useMutation({
    mutationFn: ({ id, act, body }: { id: string; act: Act; body?: Seen | undefined }) => {
      const params = { path: { ...scope, publication: id } };
      return take(act === 'confirm_published' ? api.POST(`${publicationPath}/confirm-published`, { params, body: body ?? {} }) : api.POST(`${publicationPath}/${paths[act]}`, { params }));
    },
    onSuccess: (fresh, { act }) => {
      spread(fresh.id, fresh);
      toast(said[act], act === 'reconcile' ? { detail: fresh.words ?? '' } : {});
    },
    onError: (error, { act }) => toast(failedTo[act], { kind: 'error', detail: asProblem(error).message }),
    onSettled: () => void refresh(),
  });

  const commenting = useMutation({
    mutationFn: ({ id, there }: { id: string; there: boolean }) => take(api.POST(`${publicationPath}/first-comment`, { params: { path: { ...scope, publication: id } }, body: { there } })),
    onSuccess: (fresh, { there }) => {
      spread(fresh.id, fresh);
      toast(there ? 'Noted: the first comment is there' : 'The first comment is sent again');
    },
    onError: (error) => toast('The first comment stays as it is', { kind: 'error', detail: asProblem(error).message }),
    onSettled: () => void refresh(),
  });

  const editing = useMutation({
    mutationFn: ({ id, version, content }: { id: string; version: number; content: Content | null }) => take(api.PATCH(publicationPath, { params: { path: { ...scope, publication: id }, header: seen(version) }, body: { content } })),
    onSuccess: (fresh) => spread(fresh.id, fresh),
    onSettled: () => void refresh(),
  });

  const bulk = useMutation({
    mutationFn: async (body: BulkAction) => {
      const all: BulkResult = { done: [], failed: [] };
      for (let at = 0; at < body.ids.length; at += atOnce) {
        const { done, failed } = await take(api.POST(`${publicationsPath}/bulk`, { params: { path: scope }, body: { ...body, ids: body.ids.slice(at, at + atOnce) } }));
        all.done.push(...done);
        all.failed.push(...failed);
      }
      return all;
    },
    onSuccess: ({ done, failed }, { action, minutes = 0 }) => {
      const many = `${done.length} ${done.length === 1 ? 'publication' : 'publications'}`;
      const what = { cancel: `${many} cancelled`, publish_now: `${many} on their way`, move: `${many} moved` }[action];
      const back = action === 'move' && done.length > 0 ? { undo: () => bulk.mutate({ ids: done, action, minutes: -minutes }) } : {};
      if (failed.length > 0) toast(`${done.length > 0 ? `${what}, ` : ''}${failed.length} could not be changed`, { kind: 'error', detail: failed[0]?.message ?? '', ...back });
      else toast(what, back);
    },
    onError: (error) => toast('Nothing was changed', { kind: 'error', detail: asProblem(error).message }),
    onSettled: () => void refresh(),
  });

  const placing = useMutation({
    mutationFn: async ({ steps }: { steps: Placing[]; back?: boolean }) => {
      const back: Placing[] = [];
      let done = 0;
      let failed: unknown = null;
      for (const { of, to } of steps) {
        try {
          const fresh = await take(api.PATCH(publicationPath, { params: { path: { ...scope, publication: of.id }, header: seen(of.version) }, body: { local_time: to } }));
          spread(of.id, fresh);
          done++;
          // What had no time before keeps the new one: none can be taken from it.
          if (of.local_time) back.push({ of: { id: of.id, local_time: to, version: fresh.version }, to: of.local_time });
        } catch (error) {
          failed ??= error;
        }
      }
      // Back in the opposite order, so that each finds its old time free.
      return { done, back: back.reverse(), failed };
    },
    onSuccess: ({ done, back, failed }, { steps, back: undone }) => {
      const what = `${done} ${done === 1 ? 'publication' : 'publications'} ${undone ? 'moved back' : 'moved'}`;
      const undo = back.length > 0 && !undone ? { undo: () => placing.mutate({ steps: back, back: true }) } : {};
      if (failed) toast(`${done > 0 ? `${what}, ` : ''}${steps.length - done} could not be moved`, { kind: 'error', detail: asProblem(failed).message, ...undo });
      else toast(what, undo);
    },
    onSettled: () => void refresh(),
  });

  const { mutate: move } = moving;
  /** On screen before anything else: a card that is let go of must not jump back for a moment. */
  const start = (step: { it: Moved; to: string; back?: boolean }) => {
    void client.cancelQueries({ queryKey: publishingKeys.calendar(scope) });
    spread(step.it.id, { local_time: step.to });
    move(step);
  };
  const latest = useRef(start);
  useEffect(() => {
    latest.current = start;
  });
  const { mutate: act } = acting;
  const { mutate: comment } = commenting;
  const { mutate: edit } = editing;
  const { mutate: many } = bulk;
  const { mutate: place } = placing;
  const busy = acting.isPending || commenting.isPending || bulk.isPending || placing.isPending;
  const state = useMemo(() => ({ busy: editing.isPending, error: editing.error }), [editing.isPending, editing.error]);
  return useMemo(() => ({
    move: (it, to) => it.local_time !== to && latest.current({ it, to }),
    act: ({ id }, what, body) => act({ id, act: what, body }),
    comment: ({ id }, there) => comment({ id, there }),
    edit: ({ id, version }, content, done) => edit({ id, version, content }, { onSuccess: done }),
    bulk: (body, done) => many(body, { onSuccess: done }),
    place: (steps, done) => place({ steps }, { onSuccess: done }),
    busy,
    editing: state,
  }), [act, comment, edit, many, place, busy, state]);
}
