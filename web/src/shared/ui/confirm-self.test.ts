import { describe, expect, it } from 'vitest';
import { Problem } from '../api/problem';
import { demandOf, waysOf } from './confirm-self';

const all = { password: true, totp_since: '2026-03-29T09:00:00Z', recovery_codes: 10, passkeys: 1, external_identities: 0 };

describe('what the server asks for first', () => {
  it('is told from its refusal', () => {
    expect(demandOf(new Problem(403, 'confirmation_needed', ''))).toBe('again');
    expect(demandOf(new Problem(403, 'second_factor_needed', ''))).toBe('second');
    expect(demandOf(new Problem(403, 'forbidden', ''))).toBeNull();
    // the organization's own demand is another thing
    expect(demandOf(new Problem(403, 'second_factor_required', ''))).toBeNull();
    expect(demandOf(new Problem(422, 'confirmation_needed', ''))).toBeNull();
  });
});

describe('the ways to show who one is', () => {
  it('are all that the account has', () => {
    expect(waysOf(all, 'again', true)).toEqual(['password', 'passkey', 'totp', 'recovery']);
    expect(waysOf({ ...all, password: false, totp_since: null }, 'again', true)).toEqual(['passkey']);
    expect(waysOf({ ...all, recovery_codes: 0 }, 'again', true)).toEqual(['password', 'passkey', 'totp']);
  });
  it('leave the password out where a second factor is asked for', () => {
    expect(waysOf(all, 'second', true)).toEqual(['passkey', 'totp', 'recovery']);
  });
  it('leave out what this browser cannot do', () => {
    expect(waysOf({ ...all, totp_since: null }, 'second', false)).toEqual([]);
  });
});
