import { sectionLabels, written, type FieldOf, type Written } from '../profile-fields';
import type { FieldFound } from './api';

/** How a field of the profile is called, by `section` and `field` (`business.industry` or `industry`). */
export function fieldOf({ section, field }: Pick<FieldFound, 'section' | 'field'>): FieldOf | undefined {
  const name = field.split('.').at(-1) ?? field;
  return section in written ? written[section as Written].find((f) => f.name === name) : undefined;
}
export function labelOf(found: Pick<FieldFound, 'section' | 'field'>): string {
  const name = found.field.split('.').at(-1) ?? found.field;
  return fieldOf(found)?.label ?? name.charAt(0).toUpperCase() + name.slice(1).replaceAll('_', ' ');
}
export function sectionOf(section: string): string {
  return (sectionLabels as Record<string, string>)[section] ?? section.charAt(0).toUpperCase() + section.slice(1);
}

/** A value as it stands in a text field, one of a list per line; what is neither is shown and not changed. */
export function asText(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (Array.isArray(value)) return value.map(String).join('\n');
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
/** What was typed, in the shape of the value that was found. */
export function fromText(text: string, like: unknown): unknown {
  if (Array.isArray(like)) return text.split('\n').map((line) => line.trim()).filter(Boolean);
  return text.trim();
}
export const changeable = (value: unknown) => typeof value === 'string' || (Array.isArray(value) && value.every((v) => typeof v === 'string'));

export function same(a: unknown, b: unknown): boolean {
  return asText(a).trim() === asText(b).trim();
}
/** By section in the order they were found, without what the profile says already. */
export function bySection(fields: FieldFound[]): [string, FieldFound[]][] {
  const sections = new Map<string, FieldFound[]>();
  for (const f of fields.filter((each) => !same(each.value, each.current))) sections.set(f.section, [...(sections.get(f.section) ?? []), f]);
  return [...sections];
}
/** How sure the reader is, in a word. */
export function sureness(confidence: number): string {
  if (confidence >= 0.8) return 'Sure';
  return confidence >= 0.5 ? 'Fairly sure' : 'A guess';
}
