import { useVirtualizer, useWindowVirtualizer, type VirtualItem } from '@tanstack/react-virtual';
import { useLayoutEffect, useState, type RefObject } from 'react';

export interface Rows {
  /** The rows that are near the window, and where each stands. */
  items: VirtualItem[];
  height: number;
  /** How far down the list begins in what scrolls. */
  offset: number;
  measure: (row: Element | null) => void;
  show: (index: number) => void;
}

/**
 * Long lists are drawn only where one looks. `inner` says which scrolls: the element (its list beside an open draft), or
 * the window (on a phone).
 */
export function useRows({ count, height, list, scroller, inner, keyOf }: {
  count: number; height: number; list: RefObject<HTMLElement | null>; scroller: RefObject<HTMLElement | null>; inner: boolean; keyOf: (index: number) => string;
}): Rows {
  const [offset, setOffset] = useState(0);
  useLayoutEffect(() => {
    const element = list.current;
    if (!element) return;
    const measure = () => {
      const top = element.getBoundingClientRect().top;
      const from = inner ? (scroller.current?.getBoundingClientRect().top ?? 0) - (scroller.current?.scrollTop ?? 0) : -window.scrollY;
      setOffset(Math.round(top - from));
    };
    measure();
    // What stands above the list may change its height: filters that wrap, a heading that shrinks.
    const watcher = new ResizeObserver(measure);
    watcher.observe(element.parentElement ?? element);
    watcher.observe(document.body);
    return () => watcher.disconnect();
  }, [list, scroller, inner, count === 0]); // eslint-disable-line react-hooks/exhaustive-deps
  const common = { count, estimateSize: () => height, overscan: 8, scrollMargin: offset, getItemKey: keyOf };
  const ofElement = useVirtualizer({ ...common, getScrollElement: () => scroller.current, enabled: inner });
  const ofWindow = useWindowVirtualizer({ ...common, enabled: !inner });
  const rows = inner ? ofElement : ofWindow;
  return {
    items: rows.getVirtualItems(),
    height: rows.getTotalSize(),
    offset,
    measure: rows.measureElement,
    show: (index) => rows.scrollToIndex(index, { align: 'auto' }),
  };
}
