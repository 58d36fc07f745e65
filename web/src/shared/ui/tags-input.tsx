import { Plus, X } from 'lucide-react';
import { useState } from 'react';
import { cn } from '../lib/cn';

/** Words in a row: taken out by a press, added by typing one and Enter or a comma. With `whole`, sentences that may hold commas: Enter alone adds. */
export function TagsInput({ label, one, tags, onChange, clean, readOnly, whole }: { label: string; one: string; tags: string[]; onChange: (tags: string[]) => void; clean: (typed: string) => string; readOnly?: boolean; whole?: boolean }) {
  const [typed, setTyped] = useState('');
  const add = () => {
    const words = (whole ? [typed] : typed.split(',')).map(clean).filter((w) => w && !tags.some((t) => t.toLowerCase() === w.toLowerCase()));
    setTyped('');
    if (words.length > 0) onChange([...tags, ...new Set(words)]);
  };
  if (readOnly && tags.length === 0) return <p className="text-sm text-ink-3">None</p>;
  return (
    <ul className="flex min-w-0 flex-wrap items-center gap-1.5" aria-label={label}>
      {tags.map((tag) => (
        <li key={tag} className={cn('flex max-w-full items-center bg-sunk pr-1 pl-3 text-sm text-ink-2', whole ? 'min-h-7 rounded-lg py-1 max-lg:min-h-9' : 'h-7 rounded-full max-lg:h-9')}>
          <span className={whole ? 'min-w-0 wrap-anywhere' : 'truncate'}>{tag}</span>
          {readOnly ? <span className="w-2" /> : (
            <button type="button" aria-label={`Remove ${tag}`} onClick={() => onChange(tags.filter((t) => t !== tag))} className="ml-0.5 flex size-6 shrink-0 items-center justify-center rounded-full text-ink-3 hover:bg-line hover:text-ink"><X className="size-3.5" /></button>
          )}
        </li>
      ))}
      {!readOnly && (
        <li className="flex h-7 min-w-28 grow items-center gap-1 max-lg:h-9">
          <Plus className="size-3.5 text-ink-3" aria-hidden />
          <input
            data-adding
            aria-label={`Add ${one}`}
            placeholder={tags.length === 0 ? `Add ${one}` : 'Add'}
            value={typed}
            onChange={(e) => setTyped(e.target.value)}
            onBlur={add}
            onKeyDown={(e) => {
              if (e.key === 'Enter' || (e.key === ',' && !whole)) {
                e.preventDefault();
                add();
              } else if (e.key === 'Backspace' && typed === '' && !whole) onChange(tags.slice(0, -1));
              else if (e.key === 'Escape') e.currentTarget.blur();
            }}
            className="h-full w-full min-w-0 bg-transparent text-sm placeholder:text-ink-3 focus-visible:outline-none focus-visible:underline"
          />
        </li>
      )}
    </ul>
  );
}
