import type { ReactNode } from 'react';

/** Words side by side, to be read. */
export function Chips({ items, show = (item) => item }: { items: string[]; show?: (item: string) => ReactNode }) {
  return (
    <ul className="flex flex-wrap gap-1.5">
      {items.map((item) => <li key={item} className="rounded-lg bg-sunk px-3 py-1 text-sm text-ink-2 wrap-anywhere">{show(item)}</li>)}
    </ul>
  );
}
