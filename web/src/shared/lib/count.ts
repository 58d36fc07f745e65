/**
 * A length while the person types, before the server has answered. The server's count is the truth and replaces
 * this one a moment later; this keeps the number moving with the keys.
 */
const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
const emoji = /\p{Extended_Pictographic}|\p{Regional_Indicator}|\u20e3/u;
const url = /\bhttps?:\/\/[^\s]+/gi;

export function roughCount(text: string, unit: string): number {
  switch (unit) {
    case 'graphemes':
      return [...graphemes.segment(text)].length;
    case 'utf16':
      return text.length;
    case 'bytes':
      return new TextEncoder().encode(text).length;
    case 'words':
      return text.split(/\s+/).filter(Boolean).length;
    case 'weighted':
      return weighted(text);
    case 'mastodon':
      return [...graphemes.segment(text.replace(url, '_'.repeat(23)).replace(/(@[\w.-]+)@[\w.-]+/g, '$1'))].length;
    case 'threads':
      return [...graphemes.segment(text)].reduce((sum, { segment }) => sum + (emoji.test(segment) ? new TextEncoder().encode(segment).length : [...segment].length), 0);
    default:
      return [...text].length;
  }
}

/** X's rule in short: a link is 23, an emoji 2, Latin and its neighbours 1, everything else 2. */
function weighted(text: string): number {
  let total = 0;
  for (const { segment } of graphemes.segment(text.replace(url, '_'.repeat(23)))) {
    if (emoji.test(segment)) total += 2;
    else {
      for (const character of segment.normalize('NFC')) {
        const code = character.codePointAt(0) ?? 0;
        total += code <= 4351 || (code >= 8192 && code <= 8205) || (code >= 8208 && code <= 8223) || (code >= 8242 && code <= 8247) ? 1 : 2;
      }
    }
  }
  return total;
}

export const unitNames: Record<string, string> = {
  weighted: 'weighted characters', graphemes: 'characters', code_points: 'characters', utf16: 'characters', mastodon: 'characters', threads: 'characters', bytes: 'bytes', words: 'words',
};
