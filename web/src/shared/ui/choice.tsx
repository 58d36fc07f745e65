import { Check, Minus } from 'lucide-react';
import { Checkbox as RadixCheckbox, RadioGroup } from 'radix-ui';
import type { ReactNode } from 'react';
import { cn } from '../lib/cn';

/** One of a few, all of them in sight. */
export function Segmented<T extends string>({ label, value, onChange, options, className }: {
  label: string; value: T; onChange: (value: T) => void; options: { value: T; label: ReactNode }[]; className?: string;
}) {
  return (
    <RadioGroup.Root aria-label={label} value={value} onValueChange={(v) => onChange(v as T)} orientation="horizontal" className={cn('flex flex-wrap gap-1', className)}>
      {options.map((o) => (
        <RadioGroup.Item
          key={o.value}
          value={o.value}
          className="h-8 shrink-0 rounded-md px-3 text-sm whitespace-nowrap text-ink-2 transition-colors hover:bg-sunk hover:text-ink data-[state=checked]:bg-brass-soft data-[state=checked]:font-semibold data-[state=checked]:text-brass-ink max-lg:h-10"
        >
          {o.label}
        </RadioGroup.Item>
      ))}
    </RadioGroup.Root>
  );
}

export function Checkbox({ checked, onChange, label, className, disabled }: { checked: boolean | 'indeterminate'; onChange: (on: boolean) => void; label: string; className?: string; disabled?: boolean }) {
  return (
    <RadixCheckbox.Root
      aria-label={label}
      checked={checked}
      disabled={disabled}
      onCheckedChange={(on) => onChange(on === true)}
      onClick={(e) => e.stopPropagation()}
      className={cn('relative flex size-5 shrink-0 items-center justify-center rounded-sm border border-line-strong bg-sheet transition-colors after:absolute after:-inset-2.5 hover:border-ink-3 data-[disabled]:opacity-45 data-[disabled]:hover:border-line-strong data-[state=checked]:border-brass data-[state=checked]:bg-brass data-[state=checked]:text-on-brass data-[state=indeterminate]:border-brass data-[state=indeterminate]:bg-brass data-[state=indeterminate]:text-on-brass', className)}
    >
      <RadixCheckbox.Indicator>
        {checked === 'indeterminate' ? <Minus className="size-4" strokeWidth={3} /> : <Check className="size-4" strokeWidth={3} />}
      </RadixCheckbox.Indicator>
    </RadixCheckbox.Root>
  );
}
