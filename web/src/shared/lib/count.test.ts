import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { roughCount } from './count';

describe('counting while one types', () => {
  it('counts each unit in its own way', () => {
    const family = '👨‍👩‍👧';
    expect(roughCount(family, 'graphemes')).toBe(1);
    expect(roughCount(family, 'code_points')).toBe(5);
    expect(roughCount(family, 'utf16')).toBe(8);
    expect(roughCount(family, 'bytes')).toBe(18);
    expect(roughCount('three short words', 'words')).toBe(3);
    expect(roughCount('', 'words')).toBe(0);
  });

  it('weighs as X does: links 23, emoji 2, Latin 1, Han 2', () => {
    expect(roughCount('see https://example.com/a/very/long/path?with=query', 'weighted')).toBe(27);
    expect(roughCount('👨‍👩‍👧', 'weighted')).toBe(2);
    expect(roughCount('abc', 'weighted')).toBe(3);
    expect(roughCount('鐘', 'weighted')).toBe(2);
    expect(roughCount('“quoted” – dash', 'weighted')).toBe(15);
  });

  // X's own vectors, where they lie beside the project. Only those without links: which of the many spellings of a
  // bare domain is a link is the server's business, and its answer replaces this count a moment later.
  const vectors = `${process.cwd()}/../../shared/vectors/twitter-text`;
  const file = ['validate.yml', 'conformance/validate.yml'].map((f) => `${vectors}/${f}`).find(existsSync);
  it.skipIf(!file)(`agrees with X's conformance suite on texts without links${file ? '' : ' (vectors not beside the project)'}`, () => {
    const yaml = readFileSync(file ?? '', 'utf8');
    const part = yaml.slice(yaml.indexOf('WeightedTweetsWithDiscountedEmojiCounterTest') + 1);
    const cases = [...part.matchAll(/text: "((?:[^"\\]|\\.)*)"\s*\n\s*expected:\s*\n\s*weightedLength: (\d+)/g)];
    expect(cases.length).toBeGreaterThan(5);
    for (const [, raw = '', length] of cases) {
      const text = JSON.parse(`"${raw.replace(/\\U([0-9A-Fa-f]{8})/g, (_, h: string) => String.fromCodePoint(parseInt(h, 16)))}"`) as string;
      if (/\S\.\p{L}/u.test(text)) continue;
      expect(roughCount(text, 'weighted'), text).toBe(Number(length));
    }
  });
});
