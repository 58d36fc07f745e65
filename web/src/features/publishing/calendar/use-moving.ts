import { dayOf, sayDay, sayWhen, settled, timeOf, onDay } from '@/shared/lib/zone';
import { useCallback, useEffect, useMemo, useRef, useState, type KeyboardEvent, type MouseEvent, type PointerEvent, type RefObject } from 'react';
import type { CalendarItem } from '../api/types';
import { movable } from '../repair';
import { lookOf } from '../state';
import { movedBy, timeAt, type CalendarKind } from './moves';

export interface Moving { item: CalendarItem; to: string; by: 'keys' | 'pointer' }
interface Asked { items: CalendarItem[]; kind: CalendarKind; zone: string; may: boolean; grid: RefObject<HTMLElement | null>; commit: (item: CalendarItem, to: string) => void; reveal: (date: string) => void }

/**
 * Takes a publication to another time, by the pointer or by arrow keys. Nothing is changed before it is let go of or Enter
 * is pressed; Escape puts it back. What happens is said aloud through `said`.
 */
export function useMoving({ items, kind, zone, may, grid, commit, reveal }: Asked) {
  const [moving, setMoving] = useState<Moving | null>(null);
  const [said, setSaid] = useState('');
  const refocus = useRef<string | null>(null);
  const dragged = useRef(false);
  const byId = useMemo(() => new Map(items.map((i) => [i.id, i])), [items]);
  const latest = useRef({ moving, byId, kind, zone, may, commit, reveal });
  useEffect(() => {
    latest.current = { moving, byId, kind, zone, may, commit, reveal };
  });

  // A card that goes to another cell is another element: the focus follows it there.
  const at = moving?.to;
  useEffect(() => {
    const id = refocus.current;
    if (id === null) return;
    const card = grid.current?.querySelector<HTMLElement>(`[data-publication="${CSS.escape(id)}"]`);
    if (card && document.activeElement !== card) card.focus({ preventScroll: false });
    if (!latest.current.moving) refocus.current = null;
  }, [at, items, grid]);

  const stop = useCallback((put: boolean) => {
    const now = latest.current.moving;
    if (!now) return;
    if (now.by === 'keys') refocus.current = now.item.id;
    setMoving(null);
    if (put && now.to !== now.item.local_time) {
      latest.current.commit(now.item, now.to);
      setSaid(`Moved to ${sayDay(now.to)}, ${timeOf(now.to)}.`);
    } else {
      setSaid(`Back at ${sayWhen(now.item.local_time)}.`);
      if (now.by === 'keys' && dayOf(now.to) !== dayOf(now.item.local_time)) latest.current.reveal(dayOf(now.item.local_time));
    }
  }, []);

  const onKeyDown = (event: KeyboardEvent) => {
    const card = (event.target as HTMLElement).closest<HTMLElement>('[data-publication]');
    const item = byId.get(card?.dataset['publication'] ?? '') ?? (moving?.item.id === card?.dataset['publication'] ? moving?.item : undefined);
    if (!item || event.metaKey || event.ctrlKey || event.altKey) return;
    const held = moving?.by === 'keys' && moving.item.id === item.id ? moving : null;
    if (held && (event.key === 'Enter' || event.key === ' ' || event.key === 'Escape')) {
      event.preventDefault();
      stop(event.key !== 'Escape');
      return;
    }
    const picks = event.key === ' ' && !held;
    const to = picks ? item.local_time : movedBy(held?.to ?? item.local_time, event.key, kind, zone, event.shiftKey);
    if (to === null) return;
    event.preventDefault();
    if (!may || !movable(item.state)) {
      setSaid(`${lookOf(item.state).label}: it cannot be moved.`);
      return;
    }
    refocus.current = item.id;
    setMoving({ item: held?.item ?? item, to, by: 'keys' });
    setSaid(picks ? `Picked up: ${item.title}, ${sayWhen(to)}. Arrow keys move it, Enter keeps the place, Escape puts it back.` : `${sayDay(to)}, ${timeOf(to)}. Enter keeps it, Escape puts it back.`);
    reveal(dayOf(to));
  };

  const onPointerDown = (event: PointerEvent) => {
    const card = (event.target as HTMLElement).closest<HTMLElement>('[data-publication]');
    const item = byId.get(card?.dataset['publication'] ?? '');
    // A finger scrolls; it moves things by their panel.
    if (!item || !card || event.button !== 0 || event.pointerType === 'touch' || !may || !movable(item.state)) return;
    const from = { x: event.clientX, y: event.clientY };
    const grab = event.clientY - card.getBoundingClientRect().top;
    let started = false;
    dragged.current = false;
    const target = (x: number, y: number): string | null => {
      const cell = document.elementsFromPoint(x, y).map((e) => e.closest<HTMLElement>('[data-day]')).find(Boolean);
      const date = cell?.dataset['day'];
      if (!cell || !date) return null;
      if (cell.dataset['hours'] === undefined) return settled(onDay(item.local_time, date), zone);
      const box = cell.getBoundingClientRect();
      return timeAt(date, (y - grab - box.top) / box.height, zone);
    };
    const move = (e: globalThis.PointerEvent) => {
      if (!started && Math.hypot(e.clientX - from.x, e.clientY - from.y) < 6) return;
      if (!started) {
        started = true;
        dragged.current = true;
        document.documentElement.style.cursor = 'grabbing';
      }
      e.preventDefault();
      const to = target(e.clientX, e.clientY);
      if (to && to !== latest.current.moving?.to) setMoving({ item, to, by: 'pointer' });
    };
    const end = (put: boolean) => {
      window.removeEventListener('pointermove', move);
      window.removeEventListener('pointerup', up);
      window.removeEventListener('pointercancel', cancel);
      window.removeEventListener('keydown', escape, true);
      document.documentElement.style.cursor = '';
      if (started) stop(put);
      // The click that follows a drag belongs to the drag.
      setTimeout(() => { dragged.current = false; });
    };
    const up = () => end(true);
    const cancel = () => end(false);
    const escape = (e: globalThis.KeyboardEvent) => {
      if (e.key !== 'Escape' || !started) return;
      e.preventDefault();
      end(false);
    };
    window.addEventListener('pointermove', move);
    window.addEventListener('pointerup', up);
    window.addEventListener('pointercancel', cancel);
    window.addEventListener('keydown', escape, true);
  };
  const onClickCapture = (event: MouseEvent) => {
    if (!dragged.current) return;
    event.preventDefault();
    event.stopPropagation();
  };
  return { moving, said, bind: { onKeyDown, onPointerDown, onClickCapture } };
}
