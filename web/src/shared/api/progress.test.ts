import { describe, expect, it } from 'vitest';
import { hearProgress, progressStore, progressWords } from './progress';

describe('progress told in passing', () => {
  it('keeps the newest word on each draft', () => {
    hearProgress(JSON.stringify({ kind: 'generation.output_progress', subject: { type: 'output', id: 'out_1' }, data: { step: { type: 'receiving', characters: 9 }, characters: 5, text: 'Three' } }));
    hearProgress(JSON.stringify({ subject: { id: 'out_1' }, data: { step: { type: 'repairing', issues: 2 }, characters: 0, text: '' } }));
    expect(progressStore.get()['out_1']).toEqual({ step: { type: 'repairing', issues: 2 }, characters: 0, text: '' });
    hearProgress('no json');
    expect(progressWords(progressStore.get()['out_1'])).toBe('Mending 2 faults that the check found');
    expect(progressWords(undefined)).toBe('Writing');
  });
});
