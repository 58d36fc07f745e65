import { describe, expect, it } from 'vitest';
import type { FieldFound } from './api';
import { asText, bySection, changeable, fieldOf, fromText, labelOf, sureness } from './found';

const found = (part: Partial<FieldFound>): FieldFound => ({ field: 'industry', section: 'business', value: 'Furniture', current: null, evidence: 'We make furniture.', page: 'https://example.com/', confidence: 0.9, ...part });

describe('what a website says', () => {
  it('is called as the profile calls it', () => {
    expect(labelOf(found({}))).toBe('Industry');
    expect(fieldOf(found({ field: 'business.industry' }))?.name).toBe('industry');
    expect(labelOf(found({ section: 'elsewhere', field: 'opening_hours' }))).toBe('Opening hours');
  });
  it('is left out where the profile says it already', () => {
    const all = [found({}), found({ field: 'about', current: 'Furniture' }), found({ section: 'topics', field: 'key_topics', value: ['Oak', 'Glue'], current: ['Oak'] })];
    expect(bySection(all).map(([section, list]) => [section, list.length])).toEqual([['business', 1], ['topics', 1]]);
  });
  it('goes into a text field and back in its own shape', () => {
    expect(asText(['Oak', 'Glue'])).toBe('Oak\nGlue');
    expect(fromText(' Oak \n\nGlue', ['x'])).toEqual(['Oak', 'Glue']);
    expect(fromText(' Furniture ', 'x')).toBe('Furniture');
    expect([changeable('a'), changeable(['a']), changeable({ a: 1 }), changeable(3)]).toEqual([true, true, false, false]);
  });
  it('is as sure as it is', () => {
    expect([0.9, 0.6, 0.2].map(sureness)).toEqual(['Sure', 'Fairly sure', 'A guess']);
  });
});
