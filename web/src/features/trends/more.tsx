import { Button } from '@/shared/ui/button';
import { useEffect, useRef } from 'react';

/** Loads the next page when it comes near; the button is for those without scrolling. */
export function More({ busy, load }: { busy: boolean; load: () => void }) {
  const mark = useRef<HTMLDivElement>(null);
  const latest = useRef(load);
  useEffect(() => {
    latest.current = load;
  });
  useEffect(() => {
    const element = mark.current;
    if (!element || busy || typeof IntersectionObserver === 'undefined') return;
    const watcher = new IntersectionObserver(([entry]) => entry?.isIntersecting && latest.current(), { rootMargin: '400px' });
    watcher.observe(element);
    return () => watcher.disconnect();
  }, [busy]);
  return <div ref={mark} className="pt-4"><Button variant="quiet" size="sm" busy={busy} onClick={load}>Show more</Button></div>;
}
