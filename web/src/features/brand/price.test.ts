import { describe, expect, it } from 'vitest';
import { amountOf, minorOf, priceWords } from './price';

describe('prices', () => {
  it('are read in the smallest unit of their currency', () => {
    expect(minorOf('49', 'eur')).toBe(4900);
    expect(minorOf(' 1 049,50 ', 'eur')).toBe(104_950);
    expect(minorOf('4900', 'jpy')).toBe(4900);
    expect(minorOf('1.234', 'kwd')).toBe(1234);
  });
  it('are no price when they are none', () => {
    for (const typed of ['', 'much', '-4', '1.2.3', '1e9']) expect(minorOf(typed, 'eur')).toBeNull();
    // half a yen, or a tenth of a cent, does not exist
    expect(minorOf('4900.5', 'jpy')).toBeNull();
    expect(minorOf('1.234', 'eur')).toBeNull();
  });
  it('go into a field and back', () => {
    for (const price of [{ amount_minor: 4950, currency: 'eur' }, { amount_minor: 4900, currency: 'jpy' }]) expect(minorOf(amountOf(price), price.currency)).toBe(price.amount_minor);
    expect(amountOf(null)).toBe('');
  });
  it('are said with what they are for', () => {
    expect(priceWords({ amount_minor: 4900, currency: 'eur', unit: 'per month' })).toMatch(/49.* per month$/);
    expect(priceWords({ amount_minor: 4900, currency: 'nonsense' })).toBe('49 NONSENSE');
  });
});
