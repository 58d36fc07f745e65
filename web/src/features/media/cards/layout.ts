import type { components } from '@/shared/api/schema.gen';

type Schemas = components['schemas'];
export type Template = Schemas['CardTemplate'];
export type Size = Schemas['CardSize'];

/**
 * Where things stand on a card, as the server's own layout does it (`crates/cards/src/layout.rs`): a sketch while one
 * writes. The letters are the app's and not the server's, so a line may break elsewhere in the picture.
 */
export const pixels: Record<Size, readonly [number, number]> = { square: [1080, 1080], portrait: [1080, 1350], landscape: [1200, 675] };

export type Font = 'plain' | 'bold' | 'serif';
/** The width of a text in letters of one pixel. */
export type Measure = (font: Font, text: string) => number;
export interface Words { heading?: string; text?: string; author?: string; source?: string; page?: readonly [number, number]; logo?: boolean }
export interface Line { x: number; y: number; size: number; font: Font; text: string; accent?: boolean; end?: boolean }
export interface Sketch {
  width: number; height: number;
  bars: { x: number; y: number; width: number; height: number }[];
  lines: Line[];
  logo: { x: number; y: number; width: number; height: number } | null;
  /** The first field that is too long even in the smallest letters. */
  tooLong: 'heading' | 'text' | 'author' | 'source' | null;
}

const leading = 1.3;
const spare = 0.98;
interface Block { font: Font; size: number; lines: string[] }
const heightOf = (block: Block | null) => (block ? block.lines.length * block.size * leading : 0);

/** Lines no wider than `width`. A word that is wider by itself is broken between letters. */
export function wrap(text: string, width: number, measure: (text: string) => number): string[] {
  const space = measure(' ');
  const lines: string[] = [];
  for (const paragraph of text.split('\n')) {
    let line = '';
    let filled = 0;
    for (const word of paragraph.split(/\s+/).filter(Boolean)) {
      const wide = measure(word);
      if (line && filled + space + wide <= width) {
        line += ` ${word}`;
        filled += space + wide;
        continue;
      }
      if (line) lines.push(line);
      line = '';
      filled = 0;
      if (wide <= width) {
        line = word;
        filled = wide;
        continue;
      }
      for (const letter of word) {
        const each = measure(letter);
        if (line && filled + each > width) {
          lines.push(line);
          line = '';
          filled = 0;
        }
        line += letter;
        filled += each;
      }
    }
    lines.push(line);
  }
  return lines;
}

export function layOut(template: Template, size: Size, words: Words, measure: Measure): Sketch {
  const [width, height] = pixels[size];
  const unit = Math.min(width, height) / 1080;
  const margin = 96 * unit;
  const sketch: Sketch = { width, height, bars: [], lines: [], logo: null, tooLong: null };

  /** The largest letters in which a text fits; the smallest ones where none does. */
  const block = (at: NonNullable<Sketch['tooLong']>, font: Font, most: number, least: number, wide: number, high: number): Block | null => {
    const text = (words[at] ?? '').trim();
    if (!text) return null;
    const smallest = least * Math.max(unit, 0.8);
    for (let letters = Math.max(most * unit, smallest); ; letters = Math.max(letters * 0.96, smallest)) {
      const made = { font, size: letters, lines: wrap(text, wide * spare, (t) => measure(font, t) * letters) };
      if (heightOf(made) <= high) return made;
      if (letters <= smallest) {
        sketch.tooLong ??= at;
        return made;
      }
    }
  };
  const write = (made: Block | null, x: number, top: number): number => {
    let y = top;
    for (const text of made?.lines ?? []) {
      const letters = made?.size ?? 0;
      if (text) sketch.lines.push({ x, y: y + (letters * (leading - 1)) / 2 + letters * 0.8, size: letters, font: made?.font ?? 'plain', text });
      y += letters * leading;
    }
    return y;
  };
  /** Author, source, page number and logo; where the room above them ends. */
  const foot = (left: number): number => {
    const bottom = height - margin;
    const logo = words.logo ? 220 * unit : 0;
    const number = words.page ? 140 * unit : 0;
    const wide = width - left - margin - (logo + number > 0 ? logo + number + 32 * unit : 0);
    const author = block('author', 'bold', 36, 26, wide, 110 * unit);
    const source = block('source', 'plain', 30, 24, wide, 90 * unit);
    const top = bottom - heightOf(author) - heightOf(source);
    let above = top;
    write(source, left, write(author, left, top));
    const right = width - margin;
    if (words.page) {
      const letters = 32 * Math.max(unit, 0.8);
      sketch.lines.push({ x: right, y: bottom - letters * 0.25, size: letters, font: 'bold', text: `${words.page[0]}/${words.page[1]}`, end: true });
      above = Math.min(above, bottom - letters);
    }
    if (words.logo) {
      const high = 88 * unit;
      sketch.logo = { x: right - number - logo, y: bottom - high, width: logo, height: high };
      above = Math.min(above, bottom - high);
    }
    return above < bottom ? above - 40 * unit : bottom;
  };

  if (template === 'quote') {
    const bottom = foot(margin);
    const mark = 220 * unit;
    sketch.lines.push({ x: margin, y: margin + mark * 0.7, size: mark, font: 'serif', text: '“', accent: true });
    const top = margin + mark * 0.5;
    const made = block('text', 'serif', 84, 32, width - 2 * margin, bottom - top);
    write(made, margin, top + Math.max(0, bottom - top - heightOf(made)) / 2);
  } else if (template === 'statement') {
    const band = 40 * unit;
    sketch.bars.push({ x: 0, y: 0, width: band, height });
    const left = margin + band;
    const bottom = foot(left);
    const made = block('text', 'bold', 104, 34, width - left - margin, bottom - margin);
    write(made, left, margin + Math.max(0, bottom - margin - heightOf(made)) / 2);
  } else {
    const cover = template === 'cover';
    const bottom = foot(margin);
    sketch.bars.push({ x: margin, y: margin, width: 120 * unit, height: 14 * unit });
    const top = margin + 58 * unit;
    const wide = width - 2 * margin;
    const high = bottom - top;
    // the text keeps at least two fifths of the room
    const heading = block('heading', 'bold', cover ? 112 : 76, cover ? 48 : 40, wide, high * ((words.text ?? '').trim() ? 0.6 : 1));
    const gap = heading ? 28 * unit : 0;
    const text = block('text', 'plain', cover ? 48 : 50, 30, wide, high - heightOf(heading) - gap);
    const used = heightOf(heading) + (text ? gap + heightOf(text) : 0);
    const y = write(heading, margin, cover ? top + Math.max(0, high - used) / 2 : top);
    write(text, margin, y + gap);
  }
  return sketch;
}
