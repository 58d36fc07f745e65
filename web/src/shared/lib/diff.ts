import { diffWordsWithSpace } from 'diff';

export interface Piece { text: string; kind: 'same' | 'added' | 'removed' }

/** What changed between two texts, word by word. */
export function wordDiff(before: string, after: string): Piece[] {
  return diffWordsWithSpace(before, after).map((part) => ({ text: part.value, kind: part.added ? 'added' : part.removed ? 'removed' : 'same' }));
}
