import { cn } from '@/shared/lib/cn';
import { Button } from '@/shared/ui/button';
import { useEffect, useRef, type ReactNode } from 'react';
import type { Media } from './api';
import { Thumb } from './tile';
import { facts } from './words';

/** Files as small pictures; `wrap` makes each of them a link or a choice. */
export function Grid({ items, busy, narrow, label, wrap }: { items: Media[]; busy?: boolean; narrow?: boolean; label: string; wrap: (media: Media, look: string, inside: ReactNode) => ReactNode }) {
  return (
    <ul aria-label={label} aria-busy={busy || undefined} className={cn('grid gap-x-4 gap-y-6 max-sm:grid-cols-2 max-sm:gap-x-3', narrow ? 'grid-cols-[repeat(auto-fill,minmax(7.5rem,1fr))]' : 'grid-cols-[repeat(auto-fill,minmax(10rem,1fr))]')}>
      {items.map((m) => (
        <li key={m.id} className="group/tile relative grid content-start gap-1.5">
          {wrap(m, 'block rounded-lg after:absolute after:inset-0', (
            <>
              <Thumb media={m} className="aspect-square w-full rounded-lg border" />
              <span className="mt-1.5 block truncate text-sm">{m.name}</span>
            </>
          ))}
          <p className="-mt-1 flex flex-wrap gap-x-2 text-xs text-ink-3"><span className="truncate">{facts(m)}</span>{m.alt_text === '' && m.kind !== 'document' && <span className="text-brass-ink">no alt text</span>}</p>
        </li>
      ))}
    </ul>
  );
}

/** Loads the next page when it comes near; the button is for those without scrolling. */
export function More({ busy, load }: { busy: boolean; load: () => void }) {
  const mark = useRef<HTMLDivElement>(null);
  const latest = useRef(load);
  useEffect(() => {
    latest.current = load;
  });
  useEffect(() => {
    const element = mark.current;
    if (!element || busy) return;
    const watcher = new IntersectionObserver(([entry]) => entry?.isIntersecting && latest.current(), { rootMargin: '400px' });
    watcher.observe(element);
    return () => watcher.disconnect();
  }, [busy]);
  return <div ref={mark} className="pt-6"><Button variant="quiet" size="sm" busy={busy} onClick={load}>Show more</Button></div>;
}
