import type { ComponentProps, ReactNode } from 'react';
import { cn } from '../lib/cn';
import { Hint } from './hint';

type Variant = 'primary' | 'line' | 'quiet' | 'danger' | 'stop';
type Size = 'sm' | 'md' | 'lg';

const variants: Record<Variant, string> = {
  primary: 'bg-brass text-on-brass font-semibold hover:bg-brass-hover disabled:bg-sunk disabled:text-ink-3',
  line: 'border border-line-strong bg-sheet text-ink hover:bg-sunk disabled:text-ink-3 disabled:hover:bg-sheet',
  quiet: 'text-ink-2 hover:bg-sunk hover:text-ink disabled:text-ink-3 disabled:hover:bg-transparent',
  danger: 'border border-line-strong bg-sheet text-bad hover:bg-bad-soft',
  // red to the eye by day; at night the same red would be the brightest thing on the page
  stop: 'border border-transparent bg-bad text-sheet font-semibold hover:opacity-90 disabled:bg-sunk disabled:text-ink-3 dark:border-bad/40 dark:bg-bad-soft dark:text-bad dark:hover:border-bad dark:hover:opacity-100 dark:disabled:border-transparent dark:disabled:bg-sunk dark:disabled:text-ink-3',
};
const sizes: Record<Size, string> = {
  sm: 'h-8 px-3 gap-1.5 text-sm max-lg:h-10',
  md: 'h-9 px-4 gap-2 text-sm max-lg:h-11',
  lg: 'h-11 px-5 gap-2 text-base',
};

export function buttonClass(variant: Variant = 'line', size: Size = 'md', more?: string): string {
  return cn(
    'inline-flex shrink-0 items-center justify-center rounded-md whitespace-nowrap transition-colors select-none',
    variants[variant], sizes[size], more,
  );
}

export interface ButtonProps extends ComponentProps<'button'> {
  variant?: Variant;
  size?: Size;
  busy?: boolean;
}

export function Button({ variant, size, busy, className, children, disabled, ...rest }: ButtonProps) {
  return (
    <button type="button" className={buttonClass(variant, size, className)} disabled={disabled || busy} aria-busy={busy || undefined} {...rest}>
      {busy ? <span className="animate-breathe inline-flex items-center gap-2">{children}</span> : children}
    </button>
  );
}

export interface IconButtonProps extends ComponentProps<'button'> {
  label: string;
  keys?: string;
  children: ReactNode;
  pressed?: boolean;
  side?: 'top' | 'bottom' | 'left' | 'right';
}

/** A button of one icon; the label is its name for everybody and shows on hover and focus. */
export function IconButton({ label, keys, className, children, pressed, side, ...rest }: IconButtonProps) {
  return (
    <Hint text={label} {...(keys && { keys })} {...(side && { side })}>
      <button
        type="button"
        aria-label={label}
        aria-pressed={pressed}
        className={cn(
          'inline-flex size-8 shrink-0 items-center justify-center rounded-md text-ink-2 transition-colors hover:bg-sunk hover:text-ink max-lg:size-10',
          'disabled:text-ink-3 disabled:hover:bg-transparent [&_svg]:size-4.5',
          pressed && 'bg-brass-soft text-brass-ink hover:bg-brass-soft hover:text-brass-ink',
          className,
        )}
        {...rest}
      >
        {children}
      </button>
    </Hint>
  );
}
