import { cn } from '../lib/cn';
import { isMac, modKey } from '../lib/hotkeys';

const names: Record<string, string> = { mod: modKey, alt: isMac ? '⌥' : 'Alt', enter: '↵', shift: '⇧', esc: 'Esc', up: '↑', down: '↓', left: '←', right: '→' };

export function Kbd({ keys, inverse }: { keys: string; inverse?: boolean }) {
  return (
    <span className="inline-flex gap-1" aria-hidden>
      {keys.split(/[+ ]/).map((key, i) => (
        <kbd
          key={i}
          className={cn(
            'inline-flex h-5 min-w-5 items-center justify-center rounded-sm px-1 font-sans text-xs leading-none',
            inverse ? 'bg-paper/20 text-paper' : 'border border-line bg-sheet text-ink-2',
          )}
        >
          {names[key] ?? key.toUpperCase()}
        </kbd>
      ))}
    </span>
  );
}
