import { useId, type ReactNode } from 'react';
import { cn } from '../lib/cn';

/** Any of a few, all of them in sight: a press takes or leaves one. */
export function ToggleChips<T extends string>({ label, options, chosen, onChange, hint, error, hideLabel, row }: {
  label: string; options: { value: T; label: ReactNode; name?: string }[]; chosen: readonly T[]; onChange: (chosen: T[]) => void; hint?: ReactNode; error?: string | undefined; hideLabel?: boolean;
  /** Few and short enough for one row on a phone, which they then share evenly. */
  row?: boolean;
}) {
  const id = useId();
  const note = error ?? hint;
  // In the order of the options, whatever the order of the presses.
  const press = (value: T) => onChange(options.map((o) => o.value).filter((v) => (v === value ? !chosen.includes(v) : chosen.includes(v))));
  return (
    <div role="group" aria-labelledby={id} aria-describedby={note ? `${id}-note` : undefined} className="grid gap-1.5">
      <p id={id} className={cn('text-sm font-semibold', hideLabel && 'sr-only')}>{label}</p>
      <ul className={cn('flex flex-wrap gap-1.5', row && 'max-sm:grid max-sm:auto-cols-fr max-sm:grid-flow-col max-sm:gap-1')}>
        {options.map((o) => {
          const on = chosen.includes(o.value);
          return (
            <li key={o.value}>
              <button
                type="button"
                aria-pressed={on}
                aria-label={o.name}
                onClick={() => press(o.value)}
                className={cn('flex h-8 items-center gap-2 rounded-full border px-3 text-sm transition-colors max-lg:h-11 max-lg:px-3.5', row && 'max-sm:w-full max-sm:justify-center max-sm:px-0', on ? 'border-brass bg-brass-soft text-brass-ink' : 'border-line-strong text-ink-2 hover:border-ink-3 hover:text-ink')}
              >
                {o.label}
              </button>
            </li>
          );
        })}
      </ul>
      {note && <p id={`${id}-note`} className={cn('text-xs', error ? 'text-bad' : 'text-ink-3')}>{note}</p>}
    </div>
  );
}
