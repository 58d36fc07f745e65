import type { Guide } from '@/shared/voice/api';
import { describe, expect, it } from 'vitest';
import { guideText } from './guide-text';
import { countWords, notesOf, parted, placeWords, stageWords, takingWords, told } from './say';

describe('what is pasted', () => {
  it('is parted by lines of hyphens or equals signs, and by nothing else', () => {
    expect(parted('One.\n\n---\n\nTwo --- still two.\n - - -\n=====\r\nThree.\n---\n')).toEqual(['One.', 'Two --- still two.\n - - -', 'Three.']);
    expect(parted(' \n---\n ')).toEqual([]);
  });
  it('is counted', () => {
    expect(countWords('  One  two\nthree ')).toBe(3);
    expect(['samples/2', 'line 12'].map(placeWords)).toEqual(['Text 3', 'Line 12']);
    expect([told(1), told(2)]).toEqual(['1 sample is added', '2 samples are added']);
  });
});

describe('the posts of an account', () => {
  it('are told of on the way and at the end', () => {
    expect(takingWords({ stage: 'reading', done: 0 })).toBe('Reading the posts');
    expect(takingWords({ stage: 'taken', done: 1, added: 12, repeated: 1, refused: 0 })).toBe('12 samples are added; 1 was there already.');
    expect(takingWords({ stage: 'taken', done: 1, added: 0, repeated: 3, refused: 2 })).toBe('No sample is new; 3 were there already; 2 could not be taken.');
    expect(takingWords({ stage: 'taken', done: 1 })).toBe('There are no posts of the last two years.');
    expect(takingWords({ stage: 'failed', done: 1, words: 'Taken back.' })).toBe('Taken back.');
  });
});

describe('what a training does', () => {
  it('is said, also of a part that is new', () => {
    expect(stageWords('validating')).toBe('Trying it on texts it has not seen');
    expect(stageWords('wholly_new')).toBe('Wholly new');
    expect(stageWords('')).toBe('Learning');
  });
});

describe('what a training says of itself', () => {
  it('is believed only where it is words', () => {
    expect(notesOf({ config: { notes: ['3 samples were left out.', 4] } as never })).toEqual(['3 samples were left out.']);
    expect([notesOf({ config: {} as never }), notesOf({ config: { notes: 'none' } as never })]).toEqual([[], []]);
  });
});

describe('the style guide as text', () => {
  it('leaves out what is empty', () => {
    const text = guideText({ language: 'en', does: [{ habit: 'a', text: 'you write short sentences', examples: ['It\nholds.'] }], never: [], openings: ['So:'], closings: [], phrases: [], habits: [] } as unknown as Guide);
    expect(text).toBe('# How I write\n\n## What I do\n\n- You write short sentences.\n  > It holds.\n\n## How I begin\n\n- So:\n');
  });
});
