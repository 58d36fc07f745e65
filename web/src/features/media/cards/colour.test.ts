import { describe, expect, it } from 'vitest';
import { asColour, contrast, sayRatio } from './colour';

describe('colours of a card', () => {
  it('are read as they are written', () => {
    expect([' #1A2b3C ', '#abc', 'FFFFFF'].map(asColour)).toEqual(['#1a2b3c', '#aabbcc', '#ffffff']);
    expect(['', '#12', '#12345', 'red', '#12345g'].map(asColour)).toEqual([null, null, null, null, null]);
  });

  it('contrast as WCAG says', () => {
    expect(contrast('#000000', '#ffffff')).toBeCloseTo(21, 5);
    expect(contrast('#777777', '#ffffff')).toBeCloseTo(4.478, 2);
    expect(contrast('#fff', '#fff')).toBe(1);
    expect(contrast('#ffffff', 'white')).toBeNull();
  });

  it('are never said to contrast by more than they do', () => {
    expect(sayRatio(4.49)).toBe('4.4\u00a0:\u00a01');
    expect(sayRatio(21)).toBe('21.0\u00a0:\u00a01');
  });
});
