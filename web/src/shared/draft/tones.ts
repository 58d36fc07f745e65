import type { Tone } from '../api/types';

export const tones: { value: Tone; label: string }[] = [
  { value: 'conversational', label: 'Conversational' },
  { value: 'educational', label: 'Educational' },
  { value: 'opinionated', label: 'Opinionated' },
  { value: 'authority', label: 'Authority' },
];
