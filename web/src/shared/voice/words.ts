import type { Family, Reason, SampleSource, Unit } from './api';

export const familyWords: Record<Family, { label: string; networks: string }> = {
  all: { label: 'Everywhere', networks: 'Speaks for every network that has no voice of its own.' },
  short: { label: 'Short posts', networks: 'X, Threads, Bluesky, Mastodon' },
  professional: { label: 'Professional', networks: 'LinkedIn, Google Business, Facebook' },
  visual: { label: 'Visual', networks: 'Instagram, TikTok, YouTube' },
  long: { label: 'Long reads', networks: 'Blog, email' },
};
export const sourceWords: Record<SampleSource, string> = { paste: 'Pasted', upload: 'From a file', post: 'From a post', account: 'From an account', edit: 'Your edit', approval: 'Approved draft', rejection: 'Rejected draft' };

export type Match = 'yours' | 'near' | 'unsure' | 'off';
/** A confidence is a probability at even odds: under a half it is likelier somebody else's. */
export function matchOf(confidence: number): Match {
  if (confidence >= 0.8) return 'yours';
  if (confidence >= 0.6) return 'near';
  return confidence >= 0.4 ? 'unsure' : 'off';
}
export const matchWords: Record<Match, string> = { yours: 'Sounds like you', near: 'Nearly you', unsure: 'Could be anybody', off: 'Not like you' };

/** Why there is no number, in short. */
export function fewWords(what: string | undefined): string {
  switch (what) {
    case 'language':
      return 'In another language';
    case 'no_language':
      return 'Nothing to hear';
    case 'model':
      return 'No voice yet';
    default:
      return 'Too short to say';
  }
}

/** 0.87, never 1.00 for what isn't quite. */
export function twoDigits(value: number): string {
  return (Math.min(1, Math.floor(value * 100 + 1e-6) / 100)).toFixed(2);
}

const number = (value: number, digits: number) => new Intl.NumberFormat(undefined, { maximumFractionDigits: digits }).format(value);
/** A measure with its unit: "9 words", "2.4 per 100 words", "12 %". */
export function measure(value: number, unit: Unit): string {
  if (value < 0.005) return 'none';
  switch (unit) {
    case 'share':
      return `${number(value * 100, 0)} %`;
    case 'letters':
      return `${number(value, 1)} letters`;
    case 'words':
      return `${number(value, value < 10 ? 1 : 0)} ${number(value, value < 10 ? 1 : 0) === '1' ? 'word' : 'words'}`;
    case 'per_hundred_words':
      return `${number(value, value < 10 ? 1 : 0)} per 100 words`;
  }
}

export function sentence(text: string): string {
  const trimmed = text.trim();
  return trimmed && trimmed.charAt(0).toUpperCase() + trimmed.slice(1) + (/[.!?…]$/.test(trimmed) ? '' : '.');
}
export const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

/** Where things stand between 0 and a little more than the largest of them, in percent of the way. */
export function scaleOf(values: number[]): (value: number) => number {
  const top = Math.max(...values, 1e-9) * 1.12;
  return (value) => Math.min(100, Math.max(0, (value / top) * 100));
}
/** How far a text is from the author's usual, in the author's own deviations. */
export function distance({ value, usual, spread }: Pick<Reason, 'value' | 'usual' | 'spread'>): number {
  return Math.abs(value - usual) / Math.max(spread, 1e-6);
}
