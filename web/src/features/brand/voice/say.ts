import type { TakingProgress } from '@/shared/api/progress';
import type { VoiceModelView } from '@/shared/voice/api';

/** What a training said of itself; its configuration is open, so it is looked at before it is believed. */
export function notesOf({ config }: Pick<VoiceModelView, 'config'>): string[] {
  const { notes } = config as { notes?: unknown };
  return Array.isArray(notes) ? notes.filter((note) => typeof note === 'string') : [];
}

/** What a training does, in words. */
export function stageWords(stage: string): string {
  const words: Record<string, string> = {
    pending: 'Waiting for its turn', reading: 'Reading your samples', validating: 'Trying it on texts it has not seen', learning: 'Learning from all of them', comparing: 'Holding it against the version before', finished: 'Keeping it',
  };
  return words[stage] ?? (stage ? stage.charAt(0).toUpperCase() + stage.slice(1).replaceAll('_', ' ') : 'Learning');
}

export function told(added: number): string {
  return added === 1 ? '1 sample is added' : `${added.toLocaleString()} samples are added`;
}

/** The texts of what was pasted: parted by lines of three or more hyphens or equals signs. */
export function parted(pasted: string): string[] {
  return pasted.split(/^[ \t]*(?:-{3,}|={3,})[ \t]*$/m).map((text) => text.trim()).filter(Boolean);
}

export function countWords(text: string): number {
  return text.split(/\s+/).filter(Boolean).length;
}

/** Where a refused text stood: the server counts pasted ones from 0 by their path, people from 1. */
export function placeWords(place: string): string {
  const pasted = /^samples\/(\d+)(?:\/|$)/.exec(place);
  return pasted ? `Text ${Number(pasted[1]) + 1}` : place.charAt(0).toUpperCase() + place.slice(1);
}

/** How far the taking of an account's posts is, or what came of it, in words. */
export function takingWords({ stage, added = 0, repeated = 0, refused = 0, words }: TakingProgress): string {
  switch (stage) {
    case 'asked':
      return 'Waiting for its turn';
    case 'reading':
      return 'Reading the posts';
    case 'keeping':
      return 'Keeping them';
    case 'failed':
      return words ?? 'The posts could not be taken. Try again later.';
    case 'taken': {
      if (added + repeated + refused === 0) return 'There are no posts of the last two years.';
      const rest = [repeated > 0 && `${repeated.toLocaleString()} ${repeated === 1 ? 'was' : 'were'} there already`, refused > 0 && `${refused.toLocaleString()} could not be taken`].filter((part) => part !== false);
      return `${[added === 0 ? 'No sample is new' : told(added), ...rest].join('; ')}.`;
    }
  }
}
