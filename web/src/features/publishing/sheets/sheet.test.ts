import { describe, expect, it } from 'vitest';
import { parse, rowsOf, template, write } from './sheet';

describe('a table', () => {
  it('comes back as it was written', () => {
    const rows = [['text', 'state'], ['He said "wait",\nthen left', 'scheduled'], ['', 'Grüße']];
    expect(parse(write(rows))).toEqual(rows);
    expect(parse('a,b\r\n1,2')).toEqual([['a', 'b'], ['1', '2']]);
    expect(parse('')).toEqual([]);
  });
});

describe('the rows of an export', () => {
  it('are counted without the heading, lines inside of a cell aside', () => {
    const heading = ['target', 'text'];
    expect(rowsOf(write([heading, ['x.post', 'one\r\ntwo'], ['bluesky.post', 'b']]))).toBe(2);
    expect([rowsOf(write([heading])), rowsOf('')]).toEqual([0, 0]);
  });
});

describe('the file to begin from', () => {
  it('names an account of the brand, where there is one', () => {
    expect(parse(template('2026-03-29', { network: 'x', handle: '@bell' }))[1]?.slice(0, 3)).toEqual(['x', "'@bell", '2026-03-29 09:00']);
    expect(parse(template('2026-03-29')).length).toBe(2);
  });
});
