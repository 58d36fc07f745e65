import { cn } from '@/shared/lib/cn';
import { Upload } from 'lucide-react';
import { useEffect, useRef, useState, type ReactNode, type Ref } from 'react';
import { accepted } from './uploads';

/** Whatever is dropped anywhere on the page while this is up is taken as files. */
export function useDrop(take: (files: File[]) => void, enabled: boolean): boolean {
  const [over, setOver] = useState(false);
  const latest = useRef(take);
  useEffect(() => {
    latest.current = take;
  });
  useEffect(() => {
    if (!enabled) return;
    // entering a child leaves its parent: counted, so that the sign doesn't flicker
    let depth = 0;
    const files = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false;
    const enter = (event: DragEvent) => {
      if (!files(event)) return;
      depth++;
      setOver(true);
    };
    const leave = (event: DragEvent) => {
      if (!files(event)) return;
      depth = Math.max(0, depth - 1);
      if (depth === 0) setOver(false);
    };
    const hover = (event: DragEvent) => {
      if (files(event)) event.preventDefault();
    };
    const drop = (event: DragEvent) => {
      if (!files(event)) return;
      event.preventDefault();
      depth = 0;
      setOver(false);
      latest.current([...(event.dataTransfer?.files ?? [])]);
    };
    window.addEventListener('dragenter', enter);
    window.addEventListener('dragleave', leave);
    window.addEventListener('dragover', hover);
    window.addEventListener('drop', drop);
    return () => {
      window.removeEventListener('dragenter', enter);
      window.removeEventListener('dragleave', leave);
      window.removeEventListener('dragover', hover);
      window.removeEventListener('drop', drop);
    };
  }, [enabled]);
  return over;
}

export function DropSign({ into }: { into: string }) {
  return (
    <div className="pointer-events-none fixed inset-0 z-50 flex items-center justify-center bg-scrim p-6 animate-fade">
      <div className="flex items-center gap-4 rounded-xl border-2 border-dashed border-brass bg-sheet px-8 py-6 shadow-float"><Upload className="size-6 text-brass-ink" aria-hidden /><p className="text-lg font-semibold">Let go to upload{into && <> into {into}</>}</p></div>
    </div>
  );
}

/** The hidden field behind a button that chooses files. */
export function FileInput({ ref, label, take, children, className }: { ref: Ref<HTMLInputElement>; label: string; take: (files: File[]) => void; children?: ReactNode; className?: string }) {
  return (
    <>
      {children}
      <input
        ref={ref}
        type="file"
        multiple
        accept={accepted}
        aria-label={label}
        tabIndex={-1}
        className={cn('sr-only', className)}
        onChange={(e) => {
          const files = [...(e.target.files ?? [])];
          e.target.value = '';
          if (files.length > 0) take(files);
        }}
      />
    </>
  );
}
