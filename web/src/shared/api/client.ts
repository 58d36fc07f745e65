import createClient from 'openapi-fetch';
import { uuid } from '../lib/uuid';
import { asProblem, problemOf } from './problem';
import type { paths } from './schema.gen';
import { hearProblem } from './signed-out';

/** The REST API, typed by its description. Every answer that is no success is thrown as a `Problem`. */
export const api = createClient<paths>({ credentials: 'same-origin' });

api.use({
  onRequest({ request }) {
    // A request that is sent twice by a shaky line is carried out once.
    if (request.method === 'POST') request.headers.set('idempotency-key', uuid());
    return request;
  },
  async onResponse({ response }) {
    if (response.ok) return;
    const problem = await problemOf(response);
    hearProblem(problem);
    throw problem;
  },
  onError({ error }) {
    return error instanceof DOMException && error.name === 'AbortError' ? error : asProblem(error);
  },
});

/** The body of an answer. */
export async function take<T>(answer: Promise<{ data?: T }>): Promise<T> {
  // Whatever is no success was thrown above, so what is left has the body that the description says.
  return (await answer).data as T;
}

/** `If-Match` for the version that was seen; the server refuses (412) when it is no longer the newest. */
export function seen(version: number): { 'If-Match': string } {
  return { 'If-Match': `"${version}"` };
}
