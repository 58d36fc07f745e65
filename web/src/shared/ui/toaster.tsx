import { X } from 'lucide-react';
import { arm, dismiss, hold, takeBack, toasts } from '../lib/toast';
import { useStore } from '../lib/store';
import { Kbd } from './kbd';

export function Toaster() {
  const all = useStore(toasts);
  return (
    <div className="pointer-events-none fixed inset-x-4 bottom-20 z-60 flex flex-col items-center gap-2 lg:bottom-6" role="region" aria-label="Messages">
      <div aria-live="polite" className="contents">
        {all.map((t) => (
          <div
            key={t.id}
            role={t.kind === 'error' ? 'alert' : undefined}
            onPointerEnter={() => hold(t.id)}
            onPointerLeave={() => arm(t.id)}
            onFocus={() => hold(t.id)}
            onBlur={() => arm(t.id)}
            className="pointer-events-auto flex w-full max-w-105 items-center gap-3 rounded-lg bg-ink py-2 pr-2 pl-4 text-sm text-paper shadow-float animate-rise"
          >
            <div className="min-w-0 grow py-1">
              <p>{t.message}</p>
              {t.detail && <p className="text-xs opacity-80">{t.detail}</p>}
            </div>
            {t.action && (
              <button
                type="button"
                className="flex h-8 items-center gap-2 rounded-md px-2.5 font-semibold whitespace-nowrap hover:bg-paper/15 focus-visible:outline-paper max-lg:h-10"
                onClick={() => {
                  dismiss(t.id);
                  t.action?.run();
                }}
              >
                {t.action.label} {t.action.keys && <span className="max-lg:hidden"><Kbd keys={t.action.keys} inverse /></span>}
              </button>
            )}
            {t.undo && (
              <button
                type="button"
                className="flex h-8 items-center gap-2 rounded-md px-2.5 font-semibold hover:bg-paper/15 focus-visible:outline-paper max-lg:h-10"
                onClick={() => takeBack(t.id)}
              >
                Undo <span className="max-lg:hidden"><Kbd keys="z" inverse /></span>
              </button>
            )}
            <button type="button" aria-label="Dismiss" className="flex size-8 items-center justify-center rounded-md hover:bg-paper/15 focus-visible:outline-paper max-lg:size-10" onClick={() => dismiss(t.id)}>
              <X className="size-4" />
            </button>
          </div>
        ))}
      </div>
    </div>
  );
}
