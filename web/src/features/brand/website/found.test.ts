import { describe, expect, it } from 'vitest';
import type { Finding } from './api';
import { accepted, aside, bySection, changeable, firstPicked, inWords, labelOf, sectionOf } from './found';

const value = (v: unknown, known = false) => ({ value: v, evidence: 'We say so.', page: 'https://example.com/', how: 'the words “we say”', known });
const found = (part: Partial<Finding>): Finding => ({ field: 'business.industry', section: 'business', label: 'Industry', list: false, current: null, values: [value('Furniture'), value('Wood')], ...part });

describe('what a website says', () => {
  it('is called as the profile calls it', () => {
    expect(labelOf(found({ field: 'business.differentiators' }))).toBe('What sets you apart');
    expect(labelOf(found({ field: 'place.city', section: 'place', label: 'City' }))).toBe('City');
    expect([sectionOf('calls'), sectionOf('place')]).toEqual(['Calls to action', 'Place']);
  });
  it('is left out where the profile says all of it already', () => {
    const all = [found({}), found({ values: [value('Furniture', true)] }), found({ field: 'topics.key_topics', section: 'topics', values: [value('Oak', true), value('Glue')] })];
    expect(bySection(all).map(([section, list]) => [section, list.length])).toEqual([['business', 1], ['topics', 1]]);
  });
  it('is one of a choice, or all that is new of a list', () => {
    expect(firstPicked(found({}))).toEqual([0]);
    expect(firstPicked(found({ current: 'Mine' }))).toEqual([]);
    expect(firstPicked(found({ list: true, values: [value('Oak', true), value('Glue'), value('Wax')] }))).toEqual([1, 2]);
  });
  it('is accepted as it was found or changed, a list with what was there', () => {
    expect(accepted(found({}), [1], {})).toEqual([{ field: 'business.industry', value: 'Wood' }]);
    expect(accepted(found({}), [0], { 0: ' Desks ' })).toEqual([{ field: 'business.industry', value: 'Desks' }]);
    expect(accepted(found({}), [0], { 0: '  ' })).toEqual([]);
    const topics = found({ field: 'topics.key_topics', list: true, current: ['Oak'], values: [value('Oak', true), value('Glue'), value('Wax')] });
    expect(accepted(topics, [1, 2], { 2: 'Beeswax' })).toEqual([{ field: 'topics.key_topics', value: ['Oak', 'Glue', 'Beeswax'] }]);
    const offers = found({ field: 'offer', list: true, current: ['Old'], values: [value({ name: 'Desk' }), value({ name: 'Chair' })] });
    expect(accepted(offers, [0, 1], {})).toEqual([{ field: 'offer', value: { name: 'Desk' } }, { field: 'offer', value: { name: 'Chair' } }]);
  });
  it('is said in a line', () => {
    expect(inWords(['instagram', 'x'], (id) => id.toUpperCase())).toBe('INSTAGRAM\nX');
    expect([inWords({ label: 'E-mail', text: 'a@b.c' }), inWords({ name: 'Desk' }), inWords(null)]).toEqual(['E-mail: a@b.c', 'Desk', '']);
    expect(aside({ name: 'Desk', price: { amount_minor: 4900, currency: 'eur' } }, (p) => `${p.amount_minor / 100} ${p.currency}`)).toBe('49 eur');
    expect([changeable('business.industry', 'x'), changeable('posts.networks', 'x'), changeable('offer', { name: 'x' })]).toEqual([true, false, false]);
  });
});
