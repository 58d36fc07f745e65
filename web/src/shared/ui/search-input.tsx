import { Search, X } from 'lucide-react';
import type { Ref } from 'react';
import { cn } from '../lib/cn';

/** Of all lists. */
export const longestSearch = 200;

export function SearchInput({ label, value, onChange, className, ref }: { label: string; value: string; onChange: (value: string) => void; className?: string; ref?: Ref<HTMLInputElement> }) {
  return (
    <div className={cn('relative', className)}>
      <Search className="pointer-events-none absolute top-1/2 left-3 size-4 -translate-y-1/2 text-ink-3" aria-hidden />
      <input
        ref={ref}
        type="text"
        role="searchbox"
        enterKeyHint="search"
        maxLength={longestSearch}
        aria-label={label}
        placeholder="Search"
        value={value}
        onChange={(e) => onChange(e.target.value)}
        onKeyDown={(e) => {
          if (e.key === 'Escape') {
            onChange('');
            e.currentTarget.blur();
          }
        }}
        className="h-8 w-full rounded-md border border-line bg-transparent pr-8 pl-9 text-sm transition-colors hover:border-line-strong focus:border-brass-ink focus:bg-sheet focus-visible:outline-none max-lg:h-11 max-lg:text-base"
      />
      {value && (
        <button type="button" aria-label="Clear search" onClick={() => onChange('')} className="absolute top-1/2 right-1 flex size-6 -translate-y-1/2 items-center justify-center rounded-sm text-ink-3 hover:text-ink">
          <X className="size-4" />
        </button>
      )}
    </div>
  );
}
