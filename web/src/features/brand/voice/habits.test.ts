import type { Habit } from '@/shared/voice/api';
import { describe, expect, it } from 'vitest';
import { grouped, tells } from './habits';

const habit = (name: string, value: number, others: number, spread = 1): Habit => ({ name, label: name, unit: 'words', value, others, spread });

describe('habits against those of others', () => {
  it('are told apart, the most telling first', () => {
    const { rhythm, habits } = grouped([habit('commas', 3, 4), habit('sentence_length', 9, 17), habit('emoji', 0, 2, 0), habit('semicolons', 0, 0)]);
    expect(rhythm.map((h) => h.name)).toEqual(['sentence_length']);
    expect(habits.map((h) => h.name)).toEqual(['emoji', 'commas']);
  });
  it('count in the author’s own deviations', () => {
    expect(tells(habit('commas', 2, 4, 1))).toBe(2);
    expect(tells(habit('commas', 2, 4, 4))).toBe(0.5);
    expect(tells(habit('commas', 2, 2, 0))).toBe(0);
    expect(Number.isFinite(tells(habit('commas', 0, 4, 0)))).toBe(true);
  });
});
