import { useStore, type Store } from '@/shared/lib/store';
import { cn } from '@/shared/lib/cn';
import { IconButton } from '@/shared/ui/button';
import { CircleAlert, FileText, Link2, Paperclip, X } from 'lucide-react';
import { useRef, useState, type DragEvent } from 'react';
import { type Composer, fileFault, fileKinds, loneUrl, readFile, words } from './composer-state';

/** One box for all: words, a file dropped on it, or nothing but an address. */
export function SourceBox({ composer, error, clearError }: { composer: Store<Composer>; error: string | undefined; clearError: () => void }) {
  const state = useStore(composer);
  const picker = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const [fault, setFault] = useState<string | null>(null);
  const url = loneUrl(state.text);
  const shownFault = fault ?? error;

  const take = async (file: File | undefined) => {
    if (!file) return;
    clearError();
    const wrong = fileFault(file);
    setFault(wrong);
    if (wrong) return;
    try {
      const read = await readFile(file);
      composer.set((s) => ({ ...s, file: read }));
    } catch {
      setFault(`${file.name} could not be read from the disk.`);
    }
  };
  const onDrop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    void take(event.dataTransfer.files[0]);
  };

  return (
    <div className="grid gap-1.5">
      <div
        onDragOver={(e) => {
          e.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={onDrop}
        className={cn(
          'relative rounded-xl border bg-sheet transition-colors focus-within:border-brass focus-within:ring-1 focus-within:ring-brass',
          over ? 'border-brass bg-brass-soft' : shownFault ? 'border-bad' : 'border-line-strong',
        )}
      >
        {state.file ? (
          <div className="flex min-h-40 items-center gap-4 px-6 py-5">
            <FileText className="size-8 shrink-0 text-brass-ink" strokeWidth={1.5} aria-hidden />
            <div className="min-w-0 grow">
              <p className="truncate font-serif text-lg">{state.file.name}</p>
              <p className="text-xs text-ink-3">{size(state.file.size)} · the whole file is read</p>
            </div>
            <IconButton label="Take the file out" onClick={() => composer.set((s) => ({ ...s, file: null }))}><X /></IconButton>
          </div>
        ) : (
          <textarea
            aria-label="Text, or a link to a page"
            aria-invalid={shownFault ? true : undefined}
            aria-describedby={shownFault ? 'source-fault' : 'source-hint'}
            value={state.text}
            onChange={(e) => {
              clearError();
              setFault(null);
              composer.set((s) => ({ ...s, text: e.target.value, asText: false }));
            }}
            placeholder="Paste an article, notes or a transcript. Or a link. Or drop a file here."
            className="block max-h-[52dvh] min-h-52 w-full resize-none bg-transparent px-6 pt-5 pb-2 font-serif text-lg field-sizing-content scroll-thin focus-visible:outline-none max-sm:px-4"
          />
        )}
        <div className="flex min-h-12 flex-wrap items-center gap-x-3 gap-y-1 px-3 pb-2">
          <button type="button" onClick={() => picker.current?.click()} className="flex h-8 items-center gap-2 rounded-md px-3 text-sm text-ink-2 hover:bg-sunk hover:text-ink max-lg:h-10">
            <Paperclip className="size-4" aria-hidden /> {state.file ? 'Another file' : 'Choose a file'}
          </button>
          <input
            ref={picker}
            type="file"
            className="sr-only"
            tabIndex={-1}
            aria-label="File"
            accept={fileKinds.join(',')}
            onChange={(e) => {
              void take(e.target.files?.[0]);
              e.target.value = '';
            }}
          />
          <span id="source-hint" className="ml-auto px-3 text-xs text-ink-3">
            {state.file ? null : url && !state.asText ? (
              <span className="flex items-center gap-2">
                <Link2 className="size-3.5 text-brass-ink" aria-hidden /> The page behind this link will be read.
                <button type="button" className="rounded-sm underline underline-offset-2 hover:text-ink" onClick={() => composer.set((s) => ({ ...s, asText: true }))}>It is text</button>
              </span>
            ) : state.text.trim() ? `${words(state.text).toLocaleString()} words` : fileKinds.filter((k) => k !== '.htm').join('  ')}
          </span>
        </div>
      </div>
      {shownFault && (
        <p id="source-fault" role="alert" className="flex items-start gap-1.5 text-sm text-bad">
          <CircleAlert className="mt-0.5 size-4 shrink-0" aria-hidden /> {shownFault}
        </p>
      )}
    </div>
  );
}

function size(bytes: number): string {
  return bytes < 1024 * 1024 ? `${Math.max(1, Math.round(bytes / 1024))} KB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}
