import { describe, expect, it } from 'vitest';
import { asProblem, Problem, problemOf } from './problem';

describe('a problem', () => {
  it('is read from problem+json with its places and its request', async () => {
    const body = { title: 'Invalid', status: 422, code: 'invalid', detail: 'Look again.', request_id: 'r1', errors: [{ path: 'input/url', code: 'private_address', message: 'Private.' }] };
    const problem = await problemOf(new Response(JSON.stringify(body), { status: 422 }));
    expect(problem).toMatchObject({ status: 422, code: 'invalid', message: 'Look again.', requestId: 'r1' });
    expect(problem.at('input')).toBe('Private.');
    expect(problem.at('input/url')).toBe('Private.');
    expect(problem.at('inp')).toBeUndefined();
    expect(problem.at('targets')).toBeUndefined();
  });

  it('is made of an answer that is not ours', async () => {
    const problem = await problemOf(new Response('<h1>Bad gateway</h1>', { status: 502, headers: { 'x-request-id': 'r2' } }));
    expect(problem).toMatchObject({ status: 502, code: 'unknown', requestId: 'r2' });
    expect(problem.message).toContain('502');
  });

  it('speaks to people where the server speaks to programs', async () => {
    const over = (code: string) => problemOf(Response.json({ code, detail: 'Sign in first, or send a valid key.' }, { status: 401 }));
    expect((await over('unauthenticated')).message).toBe('You were signed out. Sign in again, then try once more.');
    // a wrong password has words of its own
    expect((await over('wrong_credentials')).message).toBe('Sign in first, or send a valid key.');
  });

  it('tells the lack of an answer apart', () => {
    expect(asProblem(new TypeError('Failed to fetch'))).toMatchObject({ status: 0, code: 'offline' });
    const known = new Problem(409, 'conflict', 'x');
    expect(asProblem(known)).toBe(known);
  });
});
