/** A page of the app in jsdom: the routes that trends link to, and a server that answers what a test says. */
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { createMemoryHistory, createRootRoute, createRoute, createRouter, Outlet, RouterProvider, useNavigate, useSearch } from '@tanstack/react-router';
import { configure, render } from '@testing-library/react';
import { HintProvider } from '@/shared/ui/hint';
import { Suspense, type ReactNode } from 'react';
import { vi } from 'vitest';
import type { Item, Source } from './api/types';

export interface Call { method: string; path: string; body: unknown; query: Record<string, string>; headers: Headers }
type Answer = (call: Call) => unknown;

/** `GET /sources` and the like, below the brand; `/api/…` for what is not. What no test names is 404. */
const answers = new Map<string, Answer>();
export const calls: Call[] = [];

// The client keeps both as they are when it is loaded: a test imports this file before what it tests. Node knows no address
// without a host, and jsdom's signals are none to it.
const Given = globalThis.Request;
globalThis.Request = class extends Given {
  constructor(input: RequestInfo | URL, init?: RequestInit) {
    super(typeof input === 'string' ? new URL(input, 'http://localhost') : input, { ...init, signal: null });
  }
};
globalThis.fetch = (request) => answer(request as Request);

async function answer(request: Request): Promise<Response> {
  const url = new URL(request.url);
  const path = url.pathname.replace('/api/v1/organizations/harbour/brands/light', '');
  const text = await request.text();
  const call: Call = { method: request.method, path, body: text === '' ? undefined : JSON.parse(text), query: Object.fromEntries(url.searchParams), headers: request.headers };
  calls.push(call);
  const given = answers.get(`${request.method} ${path}`)?.(call) ?? Response.json({ code: 'not_found', detail: `No answer for ${request.method} ${path}` }, { status: 404 });
  return given instanceof Response ? given : Response.json(given);
}

export function serve(what: Record<string, Answer>): void {
  for (const [route, answer] of Object.entries(what)) answers.set(route, answer);
}

const me = (permissions: string[]) => ({
  user: { id: 'user_1', name: 'Ada', email: 'ada@example.com', time_zone: 'UTC' },
  organizations: [{ id: 'org_1', slug: 'harbour', name: 'Harbour', permissions, former_slugs: [], brands: [{ id: 'brand_1', slug: 'light', name: 'Light', permissions: [], former_slugs: [] }] }],
});

export const everything = ['brand.read', 'brand.update', 'posts.read', 'posts.write'];

export function open(path: string, pages: Record<string, (view: never, onView: (view: never) => void) => ReactNode>, permissions = everything) {
  answers.set('GET /api/v1/me', () => me(permissions));
  const root = createRootRoute({ component: () => <Suspense><Outlet /></Suspense> });
  const routes = ['sources', 'reader', 'trends', 'library', 'studio', 'studio/$generation'].map((name) => createRoute({
    getParentRoute: () => root,
    path: `$org/$brand/${name}`,
    component: function Page() {
      const navigate = useNavigate();
      const view = useSearch({ strict: false });
      return pages[name]?.(view as never, (search) => void navigate({ to: '.', search })) ?? <p>{`The page ${name}`}</p>;
    },
  }));
  const router = createRouter({ routeTree: root.addChildren(routes), history: createMemoryHistory({ initialEntries: [`/harbour/light/${path}`] }) });
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  render(<QueryClientProvider client={client}><HintProvider><RouterProvider router={router as never} /></HintProvider></QueryClientProvider>);
  return { client, at: () => router.state.location.href };
}

// jsdom has no layout to scroll; and a page with its server takes its time on a busy machine.
window.scrollTo = () => undefined;
configure({ asyncUtilTimeout: 10_000 });
vi.setConfig({ testTimeout: 60_000 });

/** Nothing of a test before. */
export function quiet(): void {
  answers.clear();
  calls.length = 0;
  vi.restoreAllMocks();
}
export const sent = (method: string, path: string) => calls.filter((c) => c.method === method && c.path === path);

const hour = (n: number) => new Date(Date.now() - n * 3_600_000).toISOString();
export const source = (part: Partial<Source> & { id: string; name: string }): Source => ({
  kind: 'feed', url: 'https://example.org/', feed_url: 'https://example.org/feed', identifier: 'example.org/feed', priority: 5, active: true, frequency: 'auto', version: 3, created_at: hour(900), state: 'healthy',
  health: { words: null, last_success_at: hour(1), last_checked_at: hour(1), next_check_at: hour(-1), failures: 0, every_minutes: 120 }, demo: false, items: 12, per_week: 3, last_item_at: hour(5), ...part,
});
export const item = (part: Partial<Item> & { id: string; title: string }): Item => ({
  source: { id: 'source_1', name: 'The Allotment', kind: 'feed' }, url: `https://example.org/${part.id}`, author: null, published_at: hour(3), seen_at: hour(2), summary: 'A summary.', language: 'en', keyphrases: [], words: 400, also: 0, engagement: null, picture_url: null, read: false, saved_at: null, ...part,
});
