import { X } from 'lucide-react';
import { Dialog as Radix } from 'radix-ui';
import { useCallback, useRef, useState, type ReactNode } from 'react';
import { cn } from '../lib/cn';
import { AroundForm, useUnsaved } from '../lib/unsaved';
import { IconButton } from './button';
import { DiscardQuestion } from './question';

export interface DialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  description?: string;
  children: ReactNode;
  footer?: ReactNode;
  size?: 'md' | 'lg' | 'xl';
  /** Only the title for screen readers: the content has its own head. */
  bare?: boolean;
  /** Only the title for screen readers, and the content goes to the edge and scrolls by itself: a phone's sheet. */
  flush?: boolean;
  /** Something is typed and not saved: Escape, the scrim and the cross ask first. A form inside may say so by `useUnsaved`. */
  dirty?: boolean | undefined;
  /** It shows what is shown this once: only a button of its own closes it. */
  held?: boolean | undefined;
}

/**
 * Radix gives focus, Escape and the names. Its overlay is left out: it locks scrolling by a style element,
 * which the content security policy forbids; the scrim here is ours and `overscroll-contain` does the rest.
 */
export function Dialog({ open, onOpenChange, title, description, children, footer, size = 'md', bare, flush, dirty, held }: DialogProps) {
  const [asking, setAsking] = useState(false);
  const forms = useRef(new Set<string>());
  const tell = useCallback((id: string, on: boolean) => {
    if (on) forms.current.add(id);
    else forms.current.delete(id);
  }, []);
  useUnsaved(open && (Boolean(dirty) || Boolean(held)), held ? 'secret' : 'typed');
  const change = (next: boolean) => {
    if (next) onOpenChange(true);
    else if (held) return;
    else if (dirty || forms.current.size > 0) setAsking(true);
    else onOpenChange(false);
  };
  return (
    <Radix.Root open={open} onOpenChange={change}>
      <Radix.Portal>
        <div className="fixed inset-0 z-40 bg-scrim animate-fade" aria-hidden />
        <Radix.Content
          {...(!description && { 'aria-describedby': undefined })}
          // What is to be read comes before the button that closes it; where one types, the field itself is first.
          onOpenAutoFocus={(event) => {
            if (bare) return;
            event.preventDefault();
            (event.currentTarget as HTMLElement | null)?.focus();
          }}
          className={cn(
            'fixed inset-x-0 z-50 mx-auto flex max-h-[92dvh] w-full flex-col overscroll-contain bg-sheet shadow-float outline-none animate-rise',
            // A sheet at the bottom for the thumb; one to type into stays above the phone's keyboard.
            bare ? 'max-sm:top-0 max-sm:rounded-b-xl' : 'max-sm:bottom-0 max-sm:rounded-t-xl',
            'sm:top-[12dvh] sm:bottom-auto sm:max-h-[76dvh] sm:rounded-xl sm:border sm:border-line',
            { md: 'sm:max-w-120', lg: 'sm:max-w-170', xl: 'sm:max-w-250' }[size],
          )}
        >
          {bare || flush ? (
            <Radix.Title className="sr-only">{title}</Radix.Title>
          ) : (
            <header className="flex items-start gap-4 px-6 pt-5 pb-4">
              <div className="min-w-0 grow">
                <Radix.Title className="text-lg font-semibold">{title}</Radix.Title>
                {description && <Radix.Description className="mt-1 text-sm text-ink-2">{description}</Radix.Description>}
              </div>
              {!held && (
                <Radix.Close asChild>
                  <IconButton label="Close" keys="esc" className="-mr-2">
                    <X />
                  </IconButton>
                </Radix.Close>
              )}
            </header>
          )}
          <div className={cn('min-h-0 grow overscroll-contain', flush ? 'flex flex-col overflow-hidden' : 'overflow-y-auto scroll-thin', !bare && !flush && 'px-6 pb-6')} tabIndex={bare || flush ? undefined : 0}>
            <AroundForm value={tell}>{children}</AroundForm>
          </div>
          {footer && <footer className="flex flex-wrap justify-end gap-2 border-t px-6 py-4">{footer}</footer>}
          {asking && (
            <DiscardQuestion
              onKeep={() => setAsking(false)}
              onDiscard={() => {
                setAsking(false);
                onOpenChange(false);
              }}
            />
          )}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
