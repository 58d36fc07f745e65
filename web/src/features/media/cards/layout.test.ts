import { describe, expect, it } from 'vitest';
import { layOut, wrap, type Measure } from './layout';

/** Every letter is half as wide as it is high. */
const even: Measure = (_, text) => [...text].length / 2;
const letters = (text: string) => text.length;

describe('a card', () => {
  it('breaks lines between words, keeps those that were written, and breaks a word only where it must', () => {
    expect(wrap('one two three', 7, letters)).toEqual(['one two', 'three']);
    expect(wrap('one\n\ntwo', 7, letters)).toEqual(['one', '', 'two']);
    expect(wrap('a lighthouse', 5, letters)).toEqual(['a', 'light', 'house']);
  });

  it('writes in letters as large as fit', () => {
    const short = layOut('quote', 'square', { text: 'Three lines, no adjectives.' }, even);
    const long = layOut('quote', 'square', { text: 'Three lines, no adjectives. '.repeat(12) }, even);
    const size = (of: typeof short) => of.lines.find((l) => !l.accent)?.size ?? 0;
    expect(size(short)).toBe(84);
    expect(size(long)).toBeLessThan(84);
    expect(size(long)).toBeGreaterThanOrEqual(32);
    expect([short.tooLong, long.tooLong]).toEqual([null, null]);
  });

  it('says which field is too long for letters that can be read', () => {
    expect(layOut('statement', 'landscape', { text: 'word '.repeat(400) }, even).tooLong).toBe('text');
    expect(layOut('slide', 'square', { heading: 'word '.repeat(90), text: 'short' }, even).tooLong).toBe('heading');
  });

  it('keeps all it writes on the card, in every template and size', () => {
    const words = { heading: 'What a keeper taught us', text: 'Write for the captain who passes at four. '.repeat(4), author: 'Ada Winter', source: 'Bell Rock, 2026', page: [2, 7] as const, logo: true };
    for (const template of ['quote', 'statement', 'cover', 'slide'] as const) {
      for (const size of ['square', 'portrait', 'landscape'] as const) {
        const { lines, logo, width, height, tooLong } = layOut(template, size, words, even);
        expect(tooLong, `${template} ${size}`).toBeNull();
        for (const l of lines) {
          const wide = even(l.font, l.text) * l.size;
          expect(l.end ? l.x - wide : l.x, `${template} ${size}: ${l.text}`).toBeGreaterThanOrEqual(0);
          expect(l.end ? l.x : l.x + wide, `${template} ${size}: ${l.text}`).toBeLessThanOrEqual(width);
          expect(l.y - l.size * 0.8).toBeGreaterThanOrEqual(0);
          expect(l.y).toBeLessThanOrEqual(height);
        }
        expect(logo && logo.x + logo.width).toBeLessThanOrEqual(width);
      }
    }
  });

  it('writes a cover in the middle and a slide from the top', () => {
    const first = (template: 'cover' | 'slide') => layOut(template, 'portrait', { heading: 'Short', text: 'And a line' }, even).lines[0]?.y ?? 0;
    expect(first('cover')).toBeGreaterThan(first('slide'));
  });
});
