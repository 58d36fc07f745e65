import { progressStore, progressWords } from '../api/progress';
import { useStore } from '../lib/store';
import { SkeletonText } from '../ui/states';

/** A draft while it is written: what the writer does, and its words as they come. */
export function WritingNow({ id, lines = 5 }: { id: string; lines?: number }) {
  const progress = useStore(progressStore)[id];
  return (
    <div className="grid gap-3">
      <p role="status" className="flex items-baseline gap-3 text-xs text-ink-3">
        <span className="animate-breathe">{progressWords(progress)}…</span>
        {progress && progress.characters > 0 && <span aria-hidden className="tabular-nums">{progress.characters.toLocaleString()} characters</span>}
      </p>
      {progress?.text ? (
        <div aria-hidden className="flex max-h-56 flex-col justify-end overflow-hidden [mask-image:linear-gradient(transparent,black_3rem)]">
          <p className="pt-8 font-serif text-base whitespace-pre-wrap text-ink-2">{progress.text}<span className="ml-0.5 inline-block h-4 w-1.5 animate-breathe bg-brass align-middle" /></p>
        </div>
      ) : <SkeletonText lines={lines} />}
    </div>
  );
}
