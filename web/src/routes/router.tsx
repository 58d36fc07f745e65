import { Problem } from '@/shared/api/problem';
import type { LibraryView } from '@/features/library/library';
import type { MediaView } from '@/features/media/library';
import type { CalendarView } from '@/features/publishing/calendar/calendar';
import type { RecurringView } from '@/features/publishing/recurring/recurring';
import type { QueueView } from '@/features/publishing/queue/queue';
import type { DeliveryView } from '@/features/delivery/view';
import type { ReaderView } from '@/features/trends/reader/view';
import type { SourcesView } from '@/features/trends/sources/sources';
import type { TrendsView } from '@/features/trends/trends/view';
import { meQuery, type GenerationFilter } from '@/shared/api/queries';
import type { Me } from '@/shared/api/types';
import { lost, sayLost } from '@/features/identity/lost';
import { toast } from '@/shared/lib/toast';
import { remembered } from '@/shared/lib/theme';
import type { QueryClient } from '@tanstack/react-query';
import { createRootRouteWithContext, createRoute, createRouter, lazyRouteComponent, notFound, redirect } from '@tanstack/react-router';
import { longestSearch } from '@/shared/ui/search-input';
import { Broken, Missing, MissingPage, Root } from './root';

const root = createRootRouteWithContext<{ client: QueryClient }>()({ component: Root, notFoundComponent: Missing, errorComponent: Broken });

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : typeof value === 'number' ? String(value) : undefined);
/** As long as the fields for them take. */
const short = (name: string, value: string): string => (name === 'q' ? value.slice(0, longestSearch) : value);
/** Only what is there, so that a URL never says `?q=`. A word that the server doesn't know is its to refuse, with its reason. */
function given<const K extends string>(search: Record<string, unknown>, names: readonly K[]): { [P in K]?: string } {
  return Object.fromEntries(names.flatMap((n) => {
    const value = text(search[n]);
    return value === undefined ? [] : [[n, short(n, value)]];
  })) as { [P in K]?: string };
}

const signIn = createRoute({
  getParentRoute: () => root, path: 'sign-in', validateSearch: (s: Record<string, unknown>): { next?: string; deleted?: string; error?: string } => given(s, ['next', 'deleted', 'error']),
  // said once: a reload, or the address passed on, must not say it again
  beforeLoad: ({ search: { error, ...rest }, preload }) => {
    if (!error || preload) return;
    lost.set(error);
    throw redirect({ to: '/sign-in', search: rest, replace: true });
  },
  component: lazyRouteComponent(() => import('./sign-in'), 'SignInRoute'),
});
const signUp = createRoute({ getParentRoute: () => root, path: 'sign-up', component: lazyRouteComponent(() => import('./sign-in'), 'SignUpRoute') });
const link = createRoute({ getParentRoute: () => root, path: 'sign-in/link', component: lazyRouteComponent(() => import('./sign-in'), 'LinkRoute') });

const door = <P extends string, N extends 'SecondRoute' | 'AgainRoute' | 'FinishSignUpRoute' | 'InvitationRoute' | 'ForgotRoute' | 'ResetRoute' | 'ConfirmEmailRoute' | 'UndoEmailRoute' | 'RestoreAccountRoute'>(path: P, name: N) => createRoute({ getParentRoute: () => root, path, component: lazyRouteComponent(() => import('./sign-in'), name) });
const finishSignUp = door('finish-sign-up', 'FinishSignUpRoute');
/** Where another tab, which waits with typed words, sends one to sign in. */
const signedInAgain = door('sign-in/again', 'AgainRoute');
const second = door('sign-in/second-factor', 'SecondRoute');
const invitation = door('invitation', 'InvitationRoute');
const forgot = door('forgot-password', 'ForgotRoute');
const reset = door('reset-password', 'ResetRoute');
const confirmEmail = door('confirm-email', 'ConfirmEmailRoute');
const undoEmail = door('undo-email', 'UndoEmailRoute');
const restoreAccount = door('restore-account', 'RestoreAccountRoute');
const apply = createRoute({
  getParentRoute: () => root, path: 'apply', validateSearch: (s: Record<string, unknown>): { demo?: boolean } => (s['demo'] === true || s['demo'] === 'true' ? { demo: true } : {}), component: lazyRouteComponent(() => import('./apply'), 'ApplyRoute'),
});
/** What a client without an account opens: the token is the only key. */
const review = createRoute({ getParentRoute: () => root, path: 'review/$token', component: lazyRouteComponent(() => import('./review'), 'ReviewRoute') });

const signedIn = createRoute({
  getParentRoute: () => root,
  id: 'signed-in',
  beforeLoad: async ({ context, location }) => {
    try {
      return { me: await context.client.ensureQueryData(meQuery) };
    } catch (error) {
      if (error instanceof Problem && error.status === 401) throw redirect({ to: '/sign-in', search: location.pathname === '/' ? given(location.search as Record<string, unknown>, ['error']) : { next: location.href } });
      throw error;
    }
  },
});

/** The brand last worked on, if it is still ours; else the first. */
export function homeOf(me: Me): { org: string; brand: string } | null {
  const last = remembered('bellwether.brand');
  const all = me.organizations.flatMap((o) => o.brands.map((b) => ({ org: o.slug, brand: b.slug })));
  return all.find((s) => `${s.org}/${s.brand}` === last) ?? all[0] ?? null;
}

function tellLost(code: string): void {
  const { title, words } = sayLost(code);
  toast(title, { kind: 'error', detail: words });
}

const home = createRoute({
  getParentRoute: () => signedIn,
  path: '/',
  // a consent that belongs to nobody known ends here: the server sends the person on with its reason
  validateSearch: (s: Record<string, unknown>): { error?: string } => given(s, ['error']),
  beforeLoad: ({ context, search, preload }) => {
    if (search.error && !preload) tellLost(search.error);
    const to = homeOf(context.me);
    if (to) throw redirect({ to: '/$org/$brand/today', params: to, replace: true });
  },
  component: Missing,
});
/** What an operator looks at. */
export interface AdminView { status?: string | undefined; q?: string | undefined; mail?: string | undefined; webhook?: string | undefined }
const admin = createRoute({
  getParentRoute: () => signedIn,
  path: 'admin/$section',
  validateSearch: (s: Record<string, unknown>): AdminView => given(s, ['status', 'q', 'mail', 'webhook']),
  beforeLoad: ({ context }) => {
    // For everybody else the area isn't there.
    if (!context.me.user.operator) throw notFound();
  },
  component: lazyRouteComponent(() => import('./admin'), 'AdminRoute'),
});
const organization = createRoute({
  getParentRoute: () => signedIn,
  path: '$org',
  beforeLoad: ({ context, params, location }) => {
    const found = context.me.organizations.find((o) => o.slug === params.org || o.id === params.org || o.former_slugs.includes(params.org));
    const brand = found?.brands[0];
    if (!found) throw notFound();
    // Links with a former address lead on.
    if (found.slug !== params.org) throw redirect({ href: location.href.replace(`/${params.org}`, `/${found.slug}`), replace: true });
    if (location.pathname.replace(/\/$/, '') === `/${params.org}` && brand) throw redirect({ to: '/$org/$brand/today', params: { org: found.slug, brand: brand.slug }, replace: true });
  },
});
const brand = createRoute({
  getParentRoute: () => organization,
  path: '$brand',
  beforeLoad: ({ context, params, location }) => {
    const found = context.me.organizations.find((o) => o.slug === params.org);
    if (found?.brands.some((b) => b.slug === params.brand)) return;
    const former = found?.brands.find((b) => b.id === params.brand || b.former_slugs.includes(params.brand));
    if (!found || !former) throw notFound();
    throw redirect({ href: location.href.replace(`/${params.org}/${params.brand}`, `/${params.org}/${former.slug}`), replace: true });
  },
  component: lazyRouteComponent(() => import('./brand'), 'BrandRoute'),
  notFoundComponent: MissingPage,
});
const brandHome = createRoute({
  getParentRoute: () => brand, path: '/', beforeLoad: ({ params }) => { throw redirect({ to: '/$org/$brand/today', params, replace: true }); },
});
const today = createRoute({ getParentRoute: () => brand, path: 'today', component: lazyRouteComponent(() => import('./today'), 'TodayRoute') });
/** What is looked at in the Studio, and the time that a new text is meant for. */
export interface StudioView extends GenerationFilter { at?: string | undefined }
const studio = createRoute({
  getParentRoute: () => brand, path: 'studio', validateSearch: (s: Record<string, unknown>): StudioView => given(s, ['status', 'q', 'at']) as StudioView, component: lazyRouteComponent(() => import('./studio'), 'StudioRoute'),
});
const generation = createRoute({
  getParentRoute: () => brand, path: 'studio/$generation', validateSearch: (s: Record<string, unknown>): { post?: string; at?: string } => given(s, ['post', 'at']), component: lazyRouteComponent(() => import('./generation'), 'GenerationRoute'),
});
const library = createRoute({
  getParentRoute: () => brand, path: 'library', validateSearch: (s: Record<string, unknown>): LibraryView => given(s, ['status', 'network', 'q', 'post']) as LibraryView, component: lazyRouteComponent(() => import('./library'), 'LibraryRoute'),
});
const media = createRoute({
  getParentRoute: () => brand, path: 'media', validateSearch: (s: Record<string, unknown>): MediaView => given(s, ['kind', 'folder', 'tag', 'q', 'show', 'item']) as MediaView, component: lazyRouteComponent(() => import('./media'), 'MediaRoute'),
});
const calendar = createRoute({
  getParentRoute: () => brand, path: 'calendar', validateSearch: (s: Record<string, unknown>): CalendarView => given(s, ['view', 'date', 'network', 'connection', 'state', 'item']) as CalendarView, component: lazyRouteComponent(() => import('./calendar'), 'CalendarRoute'),
});
const queue = createRoute({
  getParentRoute: () => brand, path: 'queue', validateSearch: (s: Record<string, unknown>): QueueView => ({ ...(given(s, ['network', 'connection', 'item']) as QueueView), ...(s['pauses'] === true && { pauses: true }) }), component: lazyRouteComponent(() => import('./queue'), 'QueueRoute'),
});
const recurring = createRoute({
  getParentRoute: () => brand, path: 'recurring', validateSearch: (s: Record<string, unknown>): RecurringView => given(s, ['item', 'make', 'post']), component: lazyRouteComponent(() => import('./recurring'), 'RecurringRoute'),
});
const trends = createRoute({
  getParentRoute: () => brand, path: 'trends', validateSearch: (s: Record<string, unknown>): TrendsView => given(s, ['state', 'category', 'sort', 'q', 'sure', 'trend']), component: lazyRouteComponent(() => import('./trends'), 'TrendsRoute'),
});
const sources = createRoute({
  getParentRoute: () => brand, path: 'sources', validateSearch: (s: Record<string, unknown>): SourcesView => given(s, ['kind', 'state', 'q', 'open', 'source']) as SourcesView, component: lazyRouteComponent(() => import('./sources'), 'SourcesRoute'),
});
const reader = createRoute({
  getParentRoute: () => brand, path: 'reader', validateSearch: (s: Record<string, unknown>): ReaderView => given(s, ['feed', 'source', 'q', 'since', 'show', 'item', 'edit']), component: lazyRouteComponent(() => import('./reader'), 'ReaderRoute'),
});
const sandbox = createRoute({ getParentRoute: () => brand, path: 'sandbox', component: lazyRouteComponent(() => import('./sandbox'), 'SandboxRoute') });
/** What one looks at in a section of the brand. */
export interface BrandView {
  q?: string | undefined; kind?: string | undefined; season?: string | undefined; urgency?: string | undefined; free?: boolean | undefined; valid?: boolean | undefined;
  show?: string | undefined; whose?: string | undefined; network?: string | undefined; source?: string | undefined; used?: boolean | undefined; sort?: string | undefined; family?: string | undefined; model?: string | undefined;
  pick?: string | undefined; error?: string | undefined; words?: string | undefined; setup?: string | undefined;
}
const brandView = (s: Record<string, unknown>): BrandView => ({ ...given(s, ['q', 'kind', 'season', 'urgency', 'show', 'whose', 'network', 'source', 'sort', 'family', 'model', 'pick', 'error', 'words', 'setup']), ...(typeof s['used'] === 'boolean' && { used: s['used'] }), ...(s['free'] === true && { free: true }), ...(s['valid'] === true && { valid: true }) });
const brandProfile = createRoute({ getParentRoute: () => brand, path: 'brand', component: lazyRouteComponent(() => import('./brand-pages'), 'BrandPagesRoute') });
const brandSection = createRoute({ getParentRoute: () => brand, path: 'brand/$section', validateSearch: brandView, component: lazyRouteComponent(() => import('./brand-pages'), 'BrandPagesRoute') });
const settings = createRoute({ getParentRoute: () => brand, path: 'settings', component: lazyRouteComponent(() => import('./settings'), 'SettingsRoute') });
/** What one looks at in a section of the settings. */
export interface SettingsView extends DeliveryView { kind?: string | undefined; q?: string | undefined; all?: boolean | undefined }
const settingsSection = createRoute({
  getParentRoute: () => brand, path: 'settings/$section', validateSearch: (s: Record<string, unknown>): SettingsView => ({ ...given(s, ['kind', 'q', 'show', 'width', 'look', 'connect']), ...(s['all'] === true && { all: true }) }), component: lazyRouteComponent(() => import('./settings'), 'SettingsRoute'),
});

const tree = root.addChildren([
  signIn, signUp, finishSignUp, link, second, signedInAgain, invitation, forgot, reset, confirmEmail, undoEmail, restoreAccount, apply, review,
  signedIn.addChildren([home, admin, organization.addChildren([brand.addChildren([brandHome, today, trends, reader, sources, studio, generation, calendar, queue, recurring, sandbox, library, media, brandProfile, brandSection, settings, settingsSection])])]),
]);

export function makeRouter(client: QueryClient) {
  return createRouter({ routeTree: tree, context: { client }, defaultPreload: 'intent', defaultPreloadStaleTime: 0, scrollRestoration: true, defaultNotFoundComponent: Missing });
}

declare module '@tanstack/react-router' {
  interface Register { router: ReturnType<typeof makeRouter> }
}
