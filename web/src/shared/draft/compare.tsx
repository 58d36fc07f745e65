import { useMemo } from 'react';
import type { Content } from '../api/types';
import { textsOf } from '../lib/content';
import { wordDiff } from '../lib/diff';

/** Two states of a draft, text by text, with the words that went and the words that came. */
export function Compare({ before, after, beforeName, afterName }: { before: Content; after: Content; beforeName: string; afterName: string }) {
  const rows = useMemo(() => {
    const [a, b] = [textsOf(before), textsOf(after)];
    const paths = [...new Set([...a, ...b].map((t) => t.path))];
    return paths.flatMap((path) => {
      const [old, now] = [a.find((t) => t.path === path), b.find((t) => t.path === path)];
      if (old?.text === now?.text) return [];
      return [{ path, label: now?.label ?? old?.label ?? path, pieces: wordDiff(old?.text ?? '', now?.text ?? '') }];
    });
  }, [before, after]);
  if (rows.length === 0) return <p className="text-ink-2">There is no difference: every word is the same.</p>;
  return (
    <div className="grid gap-6">
      <p className="flex flex-wrap gap-x-6 gap-y-1 text-xs text-ink-2">
        <span><del className="rounded-sm bg-bad-soft px-1 text-bad">struck</del> only in {beforeName}</span>
        <span><ins className="rounded-sm bg-good-soft px-1 text-good no-underline">marked</ins> only in {afterName}</span>
      </p>
      {rows.map((row) => (
        <section key={row.path} className="grid gap-1.5">
          <h3 className="text-xs text-ink-3">{row.label}</h3>
          <p className="font-serif text-lg whitespace-pre-wrap">
            {row.pieces.map((piece, i) => piece.kind === 'same' ? piece.text
              : piece.kind === 'added' ? <ins key={i} className="rounded-sm bg-good-soft text-good no-underline">{piece.text}</ins>
                : <del key={i} className="rounded-sm bg-bad-soft text-bad">{piece.text}</del>)}
          </p>
        </section>
      ))}
    </div>
  );
}
