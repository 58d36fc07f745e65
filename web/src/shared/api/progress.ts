import { createStore } from '../lib/store';

/** Where the writer of one draft stands: the last step, and the end of the words so far. */
export interface WritingProgress {
  step: { type: string; provider?: string; model?: string; attempt?: number; reason?: string; milliseconds?: number; issues?: number; from?: string; to?: string } | null;
  characters: number;
  text: string;
}

/** By the id of the output or of the post. Only what is under way now; the server keeps no record of it. */
export const progressStore = createStore<Readonly<Record<string, WritingProgress>>>({});
const most = 48;

export function hearProgress(message: string): void {
  try {
    const { subject, data } = JSON.parse(message) as { subject: { id: string }; data: Partial<WritingProgress> };
    const told: WritingProgress = { step: data.step ?? null, characters: data.characters ?? 0, text: data.text ?? '' };
    progressStore.set((all) => {
      const kept = Object.entries(all).filter(([id]) => id !== subject.id).slice(1 - most);
      return { ...Object.fromEntries(kept), [subject.id]: told };
    });
  } catch {
    // A line that can't be read is a line less; the draft itself comes by its own event.
  }
}

/** What the writer does, in words. */
export function progressWords(p: WritingProgress | undefined): string {
  const step = p?.step;
  if (!step) return 'Writing';
  switch (step.type) {
    case 'asking':
      return (step.attempt ?? 1) > 1 ? `Asking ${step.model ?? 'the model'} again` : `${step.model ?? 'The model'} reads your text`;
    case 'receiving':
      return 'Writing';
    case 'waiting':
      return 'The model is busy; trying again in a moment';
    case 'repairing':
      return step.issues === 1 ? 'Mending 1 fault that the check found' : `Mending ${step.issues ?? 'some'} faults that the check found`;
    case 'falling_back':
      return `${step.from ?? 'The model'} gave up; ${step.to === 'builtin' ? 'the built-in writer' : (step.to ?? 'another')} takes over`;
    default:
      return 'Writing';
  }
}

/** How far the training of a voice is. */
export interface TrainingProgress { stage: string; done: number }
/** By the id of the model. */
export const trainingStore = createStore<Readonly<Record<string, TrainingProgress>>>({});

export function hearTraining(message: string): void {
  try {
    const { subject, data } = JSON.parse(message) as { subject?: { id: string } | null; data: { model?: string; stage?: string; done?: number } };
    const model = data.model ?? subject?.id;
    if (model) trainingStore.set((all) => ({ ...all, [model]: { stage: data.stage ?? '', done: Math.min(1, Math.max(0, data.done ?? 0)) } }));
  } catch {
    // The end of the training comes by its own event.
  }
}

/** How far the taking of an account's posts is; at the end, what came of it. */
export interface TakingProgress { stage: 'asked' | 'reading' | 'keeping' | 'taken' | 'failed'; done: number; added?: number; repeated?: number; refused?: number; words?: string }
/** By the id of the connection. */
export const takingStore = createStore<Readonly<Record<string, TakingProgress>>>({});

export function hearTaking(message: string): void {
  try {
    const { subject, data } = JSON.parse(message) as { subject?: { id: string } | null; data: TakingProgress };
    if (subject && typeof data.stage === 'string') takingStore.set((all) => ({ ...all, [subject.id]: { ...data, done: Math.min(1, Math.max(0, data.done)) } }));
  } catch {
    // What was taken shows among the samples all the same.
  }
}
