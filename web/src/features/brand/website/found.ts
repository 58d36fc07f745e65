import { sectionLabels, written, type FieldOf, type Written } from '../profile-fields';
import type { Accepted, Change, Finding, FoundValue } from './api';

/** How a field of the profile is written, where it has a form of its own. */
function fieldOf({ section, field }: Pick<Finding, 'section' | 'field'>): FieldOf | undefined {
  const name = field.split('.').at(-1);
  return section in written ? written[section as Written].find((f) => f.name === name) : undefined;
}
export const labelOf = (found: Finding) => fieldOf(found)?.label ?? found.label;
export function sectionOf(section: string): string {
  return { place: 'Place', more: 'More' }[section] ?? (sectionLabels as Record<string, string>)[section] ?? section;
}

interface Parts { name?: string; label?: string; text?: string; description?: string; price?: { amount_minor: number; currency: string; unit?: string | null } }
const parts = (value: unknown): Parts | null => (typeof value === 'object' && value !== null && !Array.isArray(value) ? value : null);

/** A value in a line; of something with parts its name. */
export function inWords(value: unknown, named: (text: string) => string = (text) => text): string {
  if (value === null || value === undefined) return '';
  if (Array.isArray(value)) return value.map((v) => inWords(v, named)).join('\n');
  const p = parts(value);
  if (p) return p.label ? `${p.label}: ${p.text ?? ''}` : (p.name ?? '');
  return named(String(value as string | number | boolean));
}
/** What else there is to say of something with parts. */
export function aside(value: unknown, money: (price: NonNullable<Parts['price']>) => string): string | null {
  const p = parts(value);
  return p?.price ? money(p.price) : null;
}
/** Whether its words can be changed here; something with parts is changed where it lives, a network is one or none. */
export const changeable = (field: string, value: unknown) => typeof value === 'string' && field !== 'posts.networks';

/** Which of the values are taken: of a list those that are new, of a choice the first, unless the profile says something. */
export const firstPicked = (found: Finding): number[] => {
  const fresh = found.values.flatMap((v, i) => (v.known ? [] : [i]));
  if (found.list) return fresh;
  return inWords(found.current) === '' ? fresh.slice(0, 1) : [];
};
export const isNews = (found: Finding) => found.values.some((v) => !v.known);

/** What is sent for what was picked, in the words that stand there now. */
export function accepted(found: Finding, picked: number[], edited: Record<number, string>): Accepted[] {
  const values = picked.flatMap((i) => {
    const value = found.values[i]?.value;
    const text = edited[i]?.trim();
    return value === undefined ? [] : [text === undefined ? value : text];
  }).filter((value) => value !== '');
  if (values.length === 0) return [];
  if (['audience', 'offer', 'more'].includes(found.field)) return values.map((value) => ({ field: found.field, value }));
  if (!found.list) return [{ field: found.field, value: values[0] }];
  const current = Array.isArray(found.current) ? (found.current as unknown[]) : [];
  return [{ field: found.field, value: [...current, ...values.filter((v) => !current.includes(v))] }];
}

/** With something new in it, by section in the order they were found. */
export function bySection(findings: Finding[]): [string, Finding[]][] {
  const sections = new Map<string, Finding[]>();
  for (const f of findings.filter(isNews)) sections.set(f.section, [...(sections.get(f.section) ?? []), f]);
  return [...sections];
}

const changed: Record<Change['what'], string> = {
  page_added: 'New page', page_removed: 'Page is gone', page_changed: 'Page changed', said: 'Says now', said_differently: 'Says something else', said_no_more: 'Says no more',
};
export const changeWords = (change: Change) => changed[change.what];
export const pageShown = (page: string) => page.replace(/^https?:\/\/(www\.)?/, '').replace(/\/$/, '');
export const known = (values: FoundValue[]) => values.filter((v) => v.known).length;
