import { AlertDialog as Radix } from 'radix-ui';
import { useRef, type ReactNode } from 'react';
import { Button } from './button';

/**
 * A question that comes before everything else on the page, also before an open dialog. Escape is the answer that
 * changes nothing; the focus goes back to where it was.
 */
export function Question({ title, children, actions, onDismiss }: { title: string; children: ReactNode; actions: ReactNode; onDismiss: () => void }) {
  const before = useRef<Element | null>(null);
  return (
    <Radix.Root open onOpenChange={(open) => !open && onDismiss()}>
      <Radix.Portal>
        <div className="fixed inset-0 z-60 bg-scrim animate-fade" aria-hidden />
        <Radix.Content
          aria-modal
          onOpenAutoFocus={(event) => {
            event.preventDefault();
            before.current = document.activeElement;
            (event.currentTarget as HTMLElement | null)?.querySelector<HTMLElement>('[data-first]')?.focus();
          }}
          onCloseAutoFocus={(event) => {
            event.preventDefault();
            if (before.current instanceof HTMLElement && before.current.isConnected) before.current.focus();
          }}
          className="fixed inset-x-0 z-60 mx-auto grid max-h-[92dvh] w-full gap-5 overflow-y-auto overscroll-contain bg-sheet p-6 shadow-float outline-none animate-rise max-sm:bottom-0 max-sm:rounded-t-xl sm:top-[20dvh] sm:max-w-110 sm:rounded-xl sm:border sm:border-line"
        >
          <div className="grid gap-2">
            <Radix.Title className="text-lg font-semibold">{title}</Radix.Title>
            <Radix.Description asChild><div className="grid gap-2 text-sm text-ink-2">{children}</div></Radix.Description>
          </div>
          <div className="flex flex-wrap justify-end gap-2">{actions}</div>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

/** Asks before typed words go. */
export function DiscardQuestion({ onKeep, onDiscard, leaving }: { onKeep: () => void; onDiscard: () => void; leaving?: boolean }) {
  return (
    <Question
      title={leaving ? 'Leave without saving?' : 'Discard what you typed?'}
      onDismiss={onKeep}
      actions={<><Button variant="danger" onClick={onDiscard}>{leaving ? 'Discard and leave' : 'Discard'}</Button><Button data-first variant="primary" onClick={onKeep}>Keep writing</Button></>}
    >
      <p>{leaving ? 'What you typed or changed here is not saved yet.' : 'It is not saved yet.'}</p>
    </Question>
  );
}
