import { describe, expect, it } from 'vitest';
import { only, parse, template, write } from './sheet';

describe('a table', () => {
  it('comes back as it was written', () => {
    const rows = [['text', 'state'], ['He said "wait",\nthen left', 'scheduled'], ['', 'Grüße']];
    expect(parse(write(rows))).toEqual(rows);
    expect(parse('a,b\r\n1,2')).toEqual([['a', 'b'], ['1', '2']]);
    expect(parse('')).toEqual([]);
  });
});

describe('some rows of an export', () => {
  const csv = write([['target', 'connection', 'local_time', 'text', 'content', 'state', 'url'], ['x.post', "'@bell", '2026-03-29 09:00', "'=1+1", '{"a":"b,c"}', 'scheduled', ''], ['bluesky.post', 'bell', '', 'b', '', 'published', 'https://x.example']]);
  it('are those of a network, an account and a state', () => {
    expect(only(csv, {})).toEqual({ csv, rows: 2 });
    expect(only(csv, { network: 'x' }).rows).toBe(1);
    expect(only(csv, { handle: '@bell' }).rows).toBe(1);
    expect(only(csv, { handle: 'bell', state: 'published' }).rows).toBe(1);
    expect(only(csv, { network: 'x', state: 'published' }).rows).toBe(0);
  });
  it('stand as they stood, what keeps a spreadsheet from running a cell too', () => {
    expect(parse(only(csv, { state: 'scheduled' }).csv)[1]).toEqual(['x.post', "'@bell", '2026-03-29 09:00', "'=1+1", '{"a":"b,c"}', 'scheduled', '']);
  });
});

describe('the file to begin from', () => {
  it('names an account of the brand, where there is one', () => {
    expect(parse(template('2026-03-29', { network: 'x', handle: '@bell' }))[1]?.slice(0, 3)).toEqual(['x', "'@bell", '2026-03-29 09:00']);
    expect(parse(template('2026-03-29')).length).toBe(2);
  });
});
