import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useEffect, useMemo, useState } from 'react';
import { checkQuery } from '../api/queries';
import type { Content, Count, Issue, Post } from '../api/types';
import { textAt } from '../lib/content';
import { roughCount } from '../lib/count';

export function useDebounced<T>(value: T, wait: number): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), wait);
    return () => clearTimeout(timer);
  }, [value, wait]);
  return settled;
}

/** Whether something is said of the draft's files, and not of its words. */
export const ofMedia = (issue: Issue) => issue.path === 'media' || issue.path.startsWith('media/');

/** What the network's rules say of the words as they stand: the stored answer, or while editing a fresh one. */
export function useCheck(post: Post, content: Content): { counts: Count[]; issues: Issue[] } {
  const untouched = content === post.content;
  const settled = useDebounced(content, 180);
  const answer = useQuery({ ...checkQuery(post.target, settled), enabled: !untouched && settled !== post.content, placeholderData: keepPreviousData });
  const told = untouched || !answer.data ? post : answer.data;
  const fresh = untouched || (settled === content && !answer.isPlaceholderData && answer.data !== undefined);
  return useMemo(() => ({
    // a check of words alone knows of no files: what the network says of those stays as it was
    issues: told === post ? post.issues : [...told.issues.filter((i) => !ofMedia(i)), ...post.issues.filter(ofMedia)],
    counts: fresh ? told.counts : told.counts.map((c) => ({ ...c, used: roughCount(textAt(content, c.path), c.unit) })),
  }), [told, fresh, content, post]);
}

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** Where in the text the limit is crossed, so that the rest can be marked. */
export function crossing(text: string, count: Count | undefined): number | undefined {
  if (!count?.limit || count.used <= count.limit) return undefined;
  const ends = [...graphemes.segment(text)].map((s) => s.index + s.segment.length);
  let low = 0;
  let high = ends.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (roughCount(text.slice(0, ends[middle]), count.unit) > count.limit) high = middle;
    else low = middle + 1;
  }
  return low === 0 ? 0 : ends[low - 1];
}
