import { describe, expect, it } from 'vitest';
import { cleanTag, facts, sayBytes, saySeconds } from './words';

describe('a file in words', () => {
  it('counts in decimal units', () => {
    expect([0, 999, 1_000, 74_400, 999_499, 999_500, 2_345_678, 24_000_000, 999_500_000, 1_000_000_000].map(sayBytes)).toEqual(['0 B', '999 B', '1 kB', '74 kB', '999 kB', '1.0 MB', '2.3 MB', '24 MB', '1.0 GB', '1.0 GB']);
  });
  it('says what is known', () => {
    expect(facts({ kind: 'image', bytes: 2_345_678, width: 1200, height: 800, seconds: null })).toBe('Picture, 1200 × 800, 2.3 MB');
    expect(facts({ kind: 'video', bytes: 24_000_000, width: 1080, height: 1920, seconds: 74.6 })).toBe('Video, 1080 × 1920, 1:15, 24 MB');
    expect(facts({ kind: 'document', bytes: 80_000, width: null, height: null, seconds: null })).toBe('PDF, 80 kB');
    expect(saySeconds(9)).toBe('0:09');
  });
  it('takes tags as the library keeps them', () => {
    expect(cleanTag(' #Oak ')).toBe('oak');
  });
});
