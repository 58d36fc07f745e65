/** One request to the publishing API. Its paths are not in the generated description yet; the answers are the shapes of `types.ts`. */
import { seen } from '@/shared/api/client';
import { asProblem, problemOf } from '@/shared/api/problem';
import type { Scope } from '@/shared/api/queries';
import { uuid } from '@/shared/lib/uuid';

interface Options { query?: object | undefined; body?: unknown; version?: number; signal?: AbortSignal }

export async function call<T>(method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', scope: Scope, path: string, { query = {}, body, version, signal }: Options = {}): Promise<T> {
  const asked = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined && value !== null && value !== '') asked.set(name, String(value));
  const search = asked.size > 0 ? `?${asked}` : '';
  let response: Response;
  try {
    response = await fetch(`/api/v1/organizations/${encodeURIComponent(scope.org)}/brands/${encodeURIComponent(scope.brand)}${path}${search}`, {
      method,
      credentials: 'same-origin',
      ...(signal && { signal }),
      ...(body !== undefined && { body: JSON.stringify(body) }),
      headers: {
        ...(body !== undefined && { 'content-type': 'application/json' }),
        // A request that is sent twice by a shaky line is carried out once: nothing goes out twice.
        ...(method === 'POST' && { 'idempotency-key': uuid() }),
        ...(version !== undefined && seen(version)),
      },
    });
  } catch (error) {
    throw error instanceof DOMException && error.name === 'AbortError' ? error : asProblem(error);
  }
  if (!response.ok) throw await problemOf(response);
  return (response.status === 204 ? undefined : await response.json()) as T;
}
