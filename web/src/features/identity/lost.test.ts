import { describe, expect, it } from 'vitest';
import { sayLost } from './lost';

describe('coming back to nobody', () => {
  it('is told in plain words, never by its code', () => {
    for (const code of ['not_signed_in', 'unknown_state', 'anything_else']) {
      const { title, words } = sayLost(code);
      expect(`${title} ${words}`).not.toContain(code);
      expect(words).toMatch(/Nothing was/);
    }
    expect(sayLost('not_signed_in').words).toContain('Sign in');
    expect(sayLost('unknown_state').words).toContain('Connections');
  });
});
