import { useCallback, useLayoutEffect, useRef, type RefObject } from 'react';
import type { Post } from '../api/types';
import { useHotkeys } from '../lib/hotkeys';
import { toast } from '../lib/toast';
import type { PostActions, Verb } from './actions';
import type { DraftHandle } from './draft-card';

export interface DraftKeys {
  posts: Post[];
  active: string | undefined;
  setActive: (id: string | undefined) => void;
  actions: PostActions;
  /** Several at once, when some are selected. */
  selected?: Post[];
}

/** The keys of a list of drafts; a decision moves on to the next draft, so that a row of them goes by one hand. */
export function useDraftKeys({ posts, active, setActive, actions, selected = [] }: DraftKeys): RefObject<DraftHandle | null> {
  const handle = useRef<DraftHandle>(null);
  // The draft that was just taken may be drawn later than the next key comes: keys count in their order. Not for long,
  // since the page may be kept where it is.
  const taken = useRef<{ id: string; until: number } | null>(null);
  useLayoutEffect(() => {
    taken.current = null;
  }, [active]);
  const take = useCallback((id: string) => {
    taken.current = { id, until: Date.now() + 500 };
    setActive(id);
  }, [setActive]);
  const inHand = useCallback(() => {
    const id = taken.current && taken.current.until > Date.now() ? taken.current.id : active;
    return posts.findIndex((p) => p.id === id);
  }, [posts, active]);
  const step = (by: number) => {
    const at = inHand();
    const next = posts[at === -1 ? (by > 0 ? 0 : posts.length - 1) : Math.min(posts.length - 1, Math.max(0, at + by))];
    if (next) take(next.id);
  };
  const decide = useCallback((verb: Verb) => {
    if (selected.length > 0) {
      actions.move(selected, verb);
      return;
    }
    const at = inHand();
    const current = posts[at];
    if (!current) return;
    if (verb === 'approve' && current.issues.some((i) => i.severity === 'error')) {
      toast('This draft breaks a rule of its network', { kind: 'error', detail: 'Mend it (e) and approve again.' });
      return;
    }
    const order = [...posts.slice(at + 1), ...posts.slice(0, at)];
    const next = order.find((p) => p.status === 'pending') ?? posts[at + 1] ?? posts[at - 1];
    actions.move([current], verb);
    if (next && verb !== 'reopen') take(next.id);
  }, [selected, actions, posts, inHand, take]);
  useHotkeys({
    j: () => step(1),
    k: () => step(-1),
    arrowdown: () => step(1),
    arrowup: () => step(-1),
    a: () => decide('approve'),
    x: () => decide('reject'),
    u: () => decide('reopen'),
    '#': () => decide('delete'),
    e: () => handle.current?.edit(),
    enter: (event) => {
      // Enter on a button or a link is that control's.
      if (event.target instanceof HTMLElement && event.target.closest('a,button,summary')) (event.target.closest('a,button,summary') as HTMLElement).click();
      else handle.current?.edit();
    },
    y: () => handle.current?.copy(),
    d: () => handle.current?.compare(),
    v: () => handle.current?.versions(),
    n: (event) => {
      event.preventDefault();
      handle.current?.note();
    },
    r: () => handle.current?.regenerate(),
  });
  return handle;
}
