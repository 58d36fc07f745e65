import type { Problem } from '@/shared/api/problem';
import type { Content } from '@/shared/api/types';
import { tagsOf, textsOf } from '@/shared/lib/content';
import type { Size, Template } from './layout';

export const templates: { value: Template; label: string }[] = [{ value: 'quote', label: 'Quote' }, { value: 'statement', label: 'Statement' }, { value: 'cover', label: 'Cover' }, { value: 'slide', label: 'Slide' }];
export const sizes: { value: Size; label: string }[] = [{ value: 'square', label: 'Square' }, { value: 'portrait', label: 'Portrait' }, { value: 'landscape', label: 'Landscape' }];
/** Covers and slides have a heading above their text. */
export const headed = (template: Template) => template === 'cover' || template === 'slide';

/** The shape that takes the most room in a network's feed without being cut. */
export function sizeFor(network: string): Size {
  if (network === 'instagram' || network === 'threads' || network === 'tiktok') return 'portrait';
  return network === 'x' || network === 'mastodon' || network === 'google_business' || network === 'blog' || network === 'newsletter' ? 'landscape' : 'square';
}

const least = 20;
const most = 280;
const sentences = new Intl.Segmenter(undefined, { granularity: 'sentence' });

/** What of a draft may stand on a card: its sentences, in their order, without hashtags and addresses. */
export function quotable(content: Content): string[] {
  const tags = tagsOf(content) ?? [];
  const all = textsOf(content).flatMap(({ text }) => text.split(/\n+/).flatMap((line) => {
    const plain = line.replace(/^(\[\d+:\d\d\]|[#>*-]+|\d+[.)/]\S*)\s+/, '').replace(/[*_`]{1,3}(\S[^*_`]*)[*_`]{1,3}/g, '$1');
    return [...sentences.segment(plain)].map((s) => s.segment.trim());
  }));
  const fits = (s: string) => s.length >= least && s.length <= most && !/https?:\/\/|www\./.test(s) && !tags.some((t) => s.includes(t)) && !/(^|\s)#[\p{L}\p{N}_]+$/u.test(s);
  return [...new Set(all.filter(fits))];
}

/** What the server says against slides, with the slide that it means. */
export function slideFault(problem: Problem): string {
  if (problem.status === 412) return 'Somebody changed the draft meanwhile. Look it over and try again.';
  return problem.errors.length === 0 ? problem.message : problem.errors.map((e) => {
    const at = /slides[/.](\d+)/.exec(e.path)?.[1];
    return at === undefined ? e.message : `Slide ${Number(at) + 1}: ${e.message}`;
  }).join(' ');
}
