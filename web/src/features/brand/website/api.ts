/** The reading of a website. Its shapes stand here by hand until the description of the API has them. */
import { keys, type Scope } from '@/shared/api/queries';
import { problemOf } from '@/shared/api/problem';
import { uuid } from '@/shared/lib/uuid';
import { queryOptions } from '@tanstack/react-query';

async function ask<T>(s: Scope, method: 'GET' | 'POST', path: string, { body, signal }: { body?: unknown; signal?: AbortSignal }): Promise<T> {
  const answer = await fetch(`/api/v1/organizations/${s.org}/brands/${s.brand}/${path}`, {
    method,
    credentials: 'same-origin',
    ...(body !== undefined && { body: JSON.stringify(body), headers: { 'content-type': 'application/json', 'idempotency-key': uuid() } }),
    ...(signal && { signal }),
  });
  if (!answer.ok) throw await problemOf(answer);
  return (await answer.json()) as T;
}

export interface PageRead { url: string; title: string | null; status: 'read' | 'skipped' | 'failed' | 'pending'; reason: string | null }
export interface FieldFound { field: string; section: string; value: unknown; current: unknown; evidence: string; page: string; confidence: number }
export interface PageChange { url: string; what: string; before?: string | null; after?: string | null }
export interface Website { status: 'none' | 'pending' | 'reading' | 'completed' | 'failed'; url: string | null; failure?: string | null; pages: PageRead[]; fields: FieldFound[]; read_at: string | null; changes: PageChange[] }

export const websiteQuery = (s: Scope) => queryOptions({
  queryKey: [...keys.brand(s), 'website'],
  queryFn: ({ signal }) => ask<Website>(s, 'GET', 'website', { signal }),
  refetchInterval: ({ state }) => (state.data && isReading(state.data) ? 2_000 : false),
});
export const isReading = (w: Website) => w.status === 'pending' || w.status === 'reading';
export const startReading = (s: Scope, url: string) => ask<Website>(s, 'POST', 'website', { body: { url } });
export const acceptFields = (s: Scope, fields: { field: string; value: unknown }[]) => ask<unknown>(s, 'POST', 'website/accept', { body: { fields } });
