import { Tooltip } from 'radix-ui';
import type { ReactElement } from 'react';
import { Kbd } from './kbd';

export const HintProvider = Tooltip.Provider;

/** What a control is called and which key does the same. */
export function Hint({ text, keys, side = 'top', children }: { text: string; keys?: string; side?: 'top' | 'bottom' | 'left' | 'right'; children: ReactElement }) {
  return (
    <Tooltip.Root>
      <Tooltip.Trigger asChild>{children}</Tooltip.Trigger>
      <Tooltip.Portal>
        <Tooltip.Content
          side={side}
          sideOffset={6}
          collisionPadding={8}
          className="z-60 flex max-w-72 items-center gap-2 rounded-md bg-ink px-2.5 py-1.5 text-xs text-paper animate-fade"
        >
          {text}
          {keys && <Kbd keys={keys} inverse />}
        </Tooltip.Content>
      </Tooltip.Portal>
    </Tooltip.Root>
  );
}
