import { describe, expect, it } from 'vitest';
import { moved } from './order';

describe('the order of files', () => {
  it('changes by one that goes elsewhere', () => {
    expect(moved(['a', 'b', 'c'], 0, 2)).toEqual(['b', 'c', 'a']);
    expect(moved(['a', 'b', 'c'], 2, 0)).toEqual(['c', 'a', 'b']);
  });
  it('stays where there is nowhere to go', () => {
    expect(moved(['a', 'b'], 0, 0)).toEqual(['a', 'b']);
    expect(moved(['a', 'b'], 0, -1)).toEqual(['a', 'b']);
    expect(moved(['a', 'b'], 1, 2)).toEqual(['a', 'b']);
  });
});
