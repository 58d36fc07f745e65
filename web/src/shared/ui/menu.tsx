import { Check } from 'lucide-react';
import { DropdownMenu, Popover as RadixPopover } from 'radix-ui';
import type { ComponentType, ReactElement, ReactNode } from 'react';
import { cn } from '../lib/cn';
import { Kbd } from './kbd';

const surface = 'z-50 min-w-52 rounded-lg border border-line bg-sheet p-1 shadow-float animate-fade max-h-[min(70dvh,var(--radix-popper-available-height))] overflow-y-auto scroll-thin';
const flushSurface = 'z-50 flex flex-col overflow-hidden rounded-lg border border-line bg-sheet shadow-float outline-none animate-fade max-h-[min(80dvh,var(--radix-popper-available-height))]';
const row = 'flex min-h-8 cursor-pointer items-center gap-2.5 rounded-md px-2.5 py-1 text-sm outline-none select-none data-[highlighted]:bg-sunk data-[disabled]:cursor-default data-[disabled]:text-ink-3 max-lg:min-h-11 [&_svg]:size-4 [&_svg]:shrink-0';

/** Not modal: Radix's modal menus lock scrolling by a style element, which the content security policy forbids. */
export function Menu({ trigger, children, align = 'end', side = 'bottom' }: { trigger: ReactElement; children: ReactNode; align?: 'start' | 'end'; side?: 'top' | 'bottom' | 'right' }) {
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content align={align} side={side} sideOffset={6} collisionPadding={8} className={surface}>
          {children}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

export function MenuItem({ icon: Icon, children, keys, danger, onSelect, disabled }: {
  icon?: ComponentType; children: ReactNode; keys?: string; danger?: boolean; onSelect: () => void; disabled?: boolean;
}) {
  return (
    <DropdownMenu.Item className={cn(row, danger ? 'text-bad' : 'text-ink [&_svg]:text-ink-3')} onSelect={onSelect} disabled={disabled ?? false}>
      {Icon && <Icon />}
      <span className="grow">{children}</span>
      {keys && <Kbd keys={keys} />}
    </DropdownMenu.Item>
  );
}

export function MenuRadio({ value, onChange, options }: { value: string; onChange: (value: string) => void; options: { value: string; label: ReactNode }[] }) {
  return (
    <DropdownMenu.RadioGroup value={value} onValueChange={onChange}>
      {options.map((o) => (
        <DropdownMenu.RadioItem key={o.value} value={o.value} className={row}>
          <span className="flex grow items-center gap-2.5">{o.label}</span>
          <DropdownMenu.ItemIndicator>
            <Check className="text-brass-ink" />
          </DropdownMenu.ItemIndicator>
        </DropdownMenu.RadioItem>
      ))}
    </DropdownMenu.RadioGroup>
  );
}

export function MenuCheck({ checked, onChange, children }: { checked: boolean; onChange: (on: boolean) => void; children: ReactNode }) {
  return (
    <DropdownMenu.CheckboxItem className={row} checked={checked} onCheckedChange={onChange} onSelect={(e) => e.preventDefault()}>
      <span className="flex grow items-center gap-2.5">{children}</span>
      <DropdownMenu.ItemIndicator>
        <Check className="text-brass-ink" />
      </DropdownMenu.ItemIndicator>
    </DropdownMenu.CheckboxItem>
  );
}

export function MenuLabel({ children }: { children: ReactNode }) {
  return <DropdownMenu.Label className="px-2.5 pt-2 pb-1 text-xs text-ink-3">{children}</DropdownMenu.Label>;
}
export function MenuLine() {
  return <DropdownMenu.Separator className="my-1 h-px bg-line" />;
}

export function Popover({ trigger, children, align = 'start', side = 'bottom', gap = 6, label, className, flush, ...state }: {
  trigger: ReactElement; children: ReactNode; align?: 'start' | 'end'; side?: 'top' | 'bottom' | 'right'; label: string; className?: string;
  /** From its trigger, in pixels. */
  gap?: number;
  /** Its content goes to the edge and scrolls by itself. */
  flush?: boolean; open?: boolean; onOpenChange?: (open: boolean) => void;
}) {
  return (
    <RadixPopover.Root {...state}>
      <RadixPopover.Trigger asChild>{trigger}</RadixPopover.Trigger>
      <RadixPopover.Portal>
        <RadixPopover.Content
          aria-label={label}
          // What is to be read comes before its first button, whose hint would lie over it.
          onOpenAutoFocus={(event) => {
            if (!flush) return;
            event.preventDefault();
            (event.currentTarget as HTMLElement | null)?.focus();
          }}
          align={align}
          side={side}
          sideOffset={gap}
          collisionPadding={8}
          className={cn(flush ? flushSurface : cn(surface, 'p-4'), className)}
        >
          {children}
        </RadixPopover.Content>
      </RadixPopover.Portal>
    </RadixPopover.Root>
  );
}
