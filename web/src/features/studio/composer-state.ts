import type { Network, NewGeneration, Target, Tone } from '@/shared/api/types';
import { createStore } from '@/shared/lib/store';

export interface Composer {
  text: string;
  file: { name: string; size: number; content_base64: string } | null;
  /** A lone address is read as a page unless the person says that it is text. */
  asText: boolean;
  instructions: string;
}
export const emptyComposer: Composer = { text: '', file: null, asText: false, instructions: '' };

/** What is being composed survives a look at another page. */
export const composer = createStore<Composer>(emptyComposer);

export const fileKinds = ['.md', '.txt', '.html', '.htm', '.pdf', '.docx', '.srt', '.vtt'];
export const fileLimit = 10 * 1024 * 1024;

/** The address, when the text is nothing but one. */
export function loneUrl(text: string): string | null {
  const trimmed = text.trim();
  if (/\s/.test(trimmed) || !/^(https?:\/\/|www\.)[^\s]+\.[^\s]+|^https?:\/\/[^\s]+$/i.test(trimmed)) return null;
  return trimmed.startsWith('www.') ? `https://${trimmed}` : trimmed;
}

export function words(text: string): number {
  return text.split(/\s+/).filter(Boolean).length;
}

/** Why this file can't be read here, if so; said before it is sent. */
export function fileFault(file: { name: string; size: number }): string | null {
  const kind = /\.[^.]+$/.exec(file.name.toLowerCase())?.[0] ?? '';
  if (!fileKinds.includes(kind)) return `${file.name}: this kind of file isn't read here. These are: ${fileKinds.filter((k) => k !== '.htm').join(' ')}`;
  if (file.size === 0) return `${file.name} is empty.`;
  if (file.size > fileLimit) return `${file.name} is larger than 10 MB. Take out pictures or give the text alone.`;
  return null;
}

export async function readFile(file: File): Promise<Composer['file']> {
  const url = await new Promise<string>((done, failed) => {
    const reader = new FileReader();
    reader.onload = () => done(reader.result as string);
    reader.onerror = () => failed(reader.error ?? new Error('The file could not be read.'));
    reader.readAsDataURL(file);
  });
  return { name: file.name, size: file.size, content_base64: url.slice(url.indexOf(',') + 1) };
}

export function request(state: Composer, targets: string[], tone: Tone): NewGeneration {
  const url = state.asText ? null : loneUrl(state.text);
  const instructions = state.instructions.trim();
  return {
    input: state.file ? { type: 'file', name: state.file.name, content_base64: state.file.content_base64 } : url ? { type: 'url', url } : { type: 'text', text: state.text },
    targets,
    tone,
    ...(instructions && { instructions }),
  };
}

/** A first choice: the usual form of every network; the sandbox is for trying things out only. */
export function usualTargets(networks: Pick<Network, 'id' | 'content_types'>[]): Target[] {
  return networks.filter((n) => n.id !== 'sandbox').flatMap((n) => n.content_types.filter((t) => t.is_default).map((t) => t.target));
}
