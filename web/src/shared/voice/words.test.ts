import { describe, expect, it } from 'vitest';
import { modelFor, type FamilyView, type VoiceModel } from './api';
import { distance, fewWords, matchOf, measure, scaleOf, sentence, twoDigits } from './words';

describe('a match', () => {
  it('has a word by its probability', () => {
    expect([0.95, 0.8, 0.79, 0.5, 0.39, 0].map(matchOf)).toEqual(['yours', 'yours', 'near', 'unsure', 'off', 'off']);
  });
  it('is never rounded up to certainty', () => {
    expect([0.999, 1, 0.29, 0.57, 0].map(twoDigits)).toEqual(['0.99', '1.00', '0.29', '0.57', '0.00']);
  });
});

describe('no number', () => {
  it('has its reason', () => {
    expect(['text', 'language', 'no_language', 'model'].map(fewWords)).toEqual(['Too short to say', 'In another language', 'Nothing to hear', 'No voice yet']);
  });
});

describe('measures', () => {
  it('are said with their units', () => {
    expect([measure(9.04, 'words'), measure(1, 'words'), measure(17.6, 'words'), measure(0.125, 'share'), measure(2.44, 'per_hundred_words'), measure(4.61, 'letters')])
      .toEqual(['9 words', '1 word', '18 words', '13 %', '2.4 per 100 words', '4.6 letters']);
    expect([measure(0, 'per_hundred_words'), measure(0.001, 'share')]).toEqual(['none', 'none']);
  });
  it('stand on a line that has room for the largest, and none leaves it', () => {
    const at = scaleOf([10, 20]);
    expect(at(20)).toBeLessThan(100);
    expect(at(10)).toBeCloseTo(at(20) / 2);
    expect([at(-5), at(1000)]).toEqual([0, 100]);
    expect(scaleOf([0, 0])(0)).toBe(0);
  });
  it('are as far from the usual as deviations lie between', () => {
    expect(distance({ value: 18, usual: 9, spread: 3 })).toBe(3);
  });
  it('become sentences', () => {
    expect([sentence('use fewer commas'), sentence('let it trail off …'), sentence(' ')]).toEqual(['Use fewer commas.', 'Let it trail off …', '']);
  });
});

describe('the model that speaks for a network', () => {
  const model = (id: string) => ({ id }) as VoiceModel;
  const families = (short: VoiceModel | null, all: VoiceModel | null) => ({ languages: [], families: [{ family: 'short', active_model: short }, { family: 'all', active_model: all }] as FamilyView[] });
  it('is that of its family, else the one for all', () => {
    expect(modelFor(families(model('s'), model('a')), 'x')?.id).toBe('s');
    expect(modelFor(families(null, model('a')), 'x')?.id).toBe('a');
    expect(modelFor(families(model('s'), model('a')), 'linkedin')?.id).toBe('a');
    expect(modelFor(families(model('s'), model('a')))?.id).toBe('a');
    expect(modelFor(families(model('s'), null), 'sandbox')).toBeNull();
    expect(modelFor(undefined, 'x')).toBeNull();
  });
});
