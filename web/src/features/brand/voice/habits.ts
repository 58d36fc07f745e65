import type { Habit } from '@/shared/voice/api';

/** What makes the beat of a text; the rest are habits. */
const rhythm = new Set(['sentence_length', 'sentence_spread', 'short_sentences', 'long_sentences', 'word_length', 'long_words', 'paragraph_length', 'line_breaks', 'list_items']);

/** How far a habit is from that of others, in the author's own deviations; of no deviation, any difference tells. */
export function tells({ value, spread, others }: Habit): number {
  const apart = Math.abs(value - others);
  return apart === 0 ? 0 : apart / Math.max(spread, Math.max(value, others) * 0.05);
}

/** Rhythm and habits, the most telling first; what neither the author nor others do is left out. */
export function grouped(habits: Habit[]): { rhythm: Habit[]; habits: Habit[] } {
  const there = habits.filter((h) => h.value > 0 || h.others > 0).sort((a, b) => tells(b) - tells(a));
  return { rhythm: there.filter((h) => rhythm.has(h.name)), habits: there.filter((h) => !rhythm.has(h.name)) };
}
