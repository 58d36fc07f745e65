import type { NewGeneration, Tone } from '@/shared/api/types';
import type { Scope } from '@/shared/api/queries';
import { createStore, type Store } from '@/shared/lib/store';
import { forget, remember, remembered } from '@/shared/lib/theme';

export interface Composer {
  text: string;
  file: { name: string; size: number; content_base64: string } | null;
  /** A lone address is read as a page unless the person says that it is text. */
  asText: boolean;
  instructions: string;
  /** Which model is to write; the configured order when empty. */
  model: string;
}
export const emptyComposer: Composer = { text: '', file: null, asText: false, instructions: '', model: '' };

const composers = new Map<string, Store<Composer>>();
/** Above this, a file is not kept over a reload: the browser's storage is small. */
const keepable = 2_000_000;

/** What is being composed for a brand survives a look at another page, and a reload. */
export function composerOf({ org, brand }: Scope): Store<Composer> {
  const name = `bellwether.composer.${org}.${brand}`;
  const known = composers.get(name);
  if (known) return known;
  const store = createStore<Composer>(readComposer(remembered(name)));
  let timer: ReturnType<typeof setTimeout> | undefined;
  const keep = () => {
    clearTimeout(timer);
    timer = undefined;
    const { text, file, asText, instructions, model } = store.get();
    const kept = file && file.content_base64.length < keepable ? file : null;
    if (text === '' && !kept && instructions === '' && model === '') forget(name);
    else remember(name, JSON.stringify({ text, file: kept, asText, instructions, model }));
  };
  store.subscribe(() => {
    timer ??= setTimeout(keep, 300);
  });
  window.addEventListener('pagehide', () => timer !== undefined && keep());
  composers.set(name, store);
  return store;
}

/** What storage held; anything odd in it is nothing. */
export function readComposer(stored: string | null): Composer {
  try {
    const it = JSON.parse(stored ?? '') as Partial<Composer> | null;
    const text = (value: unknown) => (typeof value === 'string' ? value : '');
    const file = it?.file && typeof it.file.name === 'string' && typeof it.file.content_base64 === 'string' ? it.file : null;
    return { text: text(it?.text), file, asText: it?.asText === true, instructions: text(it?.instructions), model: text(it?.model) };
  } catch {
    return emptyComposer;
  }
}

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
    ...(state.model && { model: state.model }),
  };
}
