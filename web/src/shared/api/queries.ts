import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';
import { api, take } from './client';
import { Problem } from './problem';
import type { Content, GenerationStatus, MailStatus, Me, MemberStatus, NetworkId, PostStatus, Role, Target } from './types';

/** Where we are: the slugs of the URL. */
export interface Scope { org: string; brand: string }
export const organizationPath = '/api/v1/organizations/{org}';
export const brandPath = `${organizationPath}/brands/{brand}` as const;
export const postPath = `${brandPath}/posts/{post}` as const;
export const generationPath = `${brandPath}/generations/{generation}` as const;

export const keys = {
  me: ['me'] as const,
  brand: (s: Scope) => ['brand', s.org, s.brand] as const,
  posts: (s: Scope) => ['brand', s.org, s.brand, 'posts'] as const,
  generations: (s: Scope) => ['brand', s.org, s.brand, 'generations'] as const,
  today: (s: Scope) => ['brand', s.org, s.brand, 'today'] as const,
  organization: (org: string) => ['organization', org] as const,
  notices: ['notices'] as const,
};

/** The first steps of the person in a brand. */
export const onboardingQuery = (s: Scope) => queryOptions({
  queryKey: [...keys.today(s), 'onboarding'], queryFn: ({ signal }) => take(api.GET(`${brandPath}/onboarding`, { params: { path: s }, signal })),
});
const after = (cursor: string | null | undefined) => (cursor ? { cursor } : {});

export const meQuery = queryOptions({
  queryKey: keys.me, queryFn: ({ signal }) => take(api.GET('/api/v1/me', { signal })), staleTime: 5 * 60_000,
});
/** What this installation is: who may come in and how. Public. */
export const instanceQuery = queryOptions({
  queryKey: ['instance'], queryFn: ({ signal }) => take(api.GET('/api/v1/instance', { signal })), staleTime: 5 * 60_000,
});
export const providersQuery = queryOptions({
  queryKey: ['providers'], queryFn: ({ signal }) => take(api.GET('/api/v1/auth/external', { signal })), staleTime: 5 * 60_000,
});
export const identitiesQuery = queryOptions({ queryKey: ['external-identities'], queryFn: ({ signal }) => take(api.GET('/api/v1/me/external-identities', { signal })) });
export const deletedOrganizationsQuery = queryOptions({ queryKey: ['me', 'deleted-organizations'], queryFn: ({ signal }) => take(api.GET('/api/v1/me/deleted-organizations', { signal })) });
/** Who is signed in, if anybody: not being so is a good answer on the pages before the desk. */
export const perhapsMeQuery = queryOptions({
  queryKey: ['me', 'perhaps'],
  // Asked anew by each page: whoever was nobody may have signed in since.
  gcTime: 0, staleTime: 0,
  queryFn: async ({ signal }): Promise<Me | null> => {
    try {
      return await take(api.GET('/api/v1/me', { signal }));
    } catch (error) {
      if (error instanceof Problem && error.status === 401) return null;
      throw error;
    }
  },
});
/** What one was told, over all organizations, the newest first. */
export const noticesQuery = infiniteQueryOptions({
  queryKey: [...keys.notices, 'list'],
  queryFn: ({ signal, pageParam }) => take(api.GET('/api/v1/me/notifications', { params: { query: { ...after(pageParam), limit: 15 } }, signal })),
  initialPageParam: null as string | null | undefined,
  getNextPageParam: (last) => last.next_cursor,
});
export const noticeCountQuery = queryOptions({
  queryKey: [...keys.notices, 'count'], queryFn: ({ signal }) => take(api.GET('/api/v1/me/notifications/count', { signal })),
  // The stream tells of the organization that one looks at; what the others have to say is asked for now and then.
  refetchInterval: 2 * 60_000,
});
export const noticePreferencesQuery = queryOptions({
  queryKey: ['notice-preferences'], queryFn: ({ signal }) => take(api.GET('/api/v1/me/notification-preferences', { signal })),
});
export const sessionsQuery = queryOptions({
  queryKey: ['sessions'], queryFn: ({ signal }) => take(api.GET('/api/v1/me/sessions', { signal })),
});
export const networksQuery = queryOptions({
  queryKey: ['networks'], queryFn: ({ signal }) => take(api.GET('/api/v1/networks', { signal })), staleTime: Infinity,
});
export const modelsQuery = queryOptions({
  queryKey: ['models'], queryFn: ({ signal }) => take(api.GET('/api/v1/models', { signal })), staleTime: 60_000,
});
export const organizationQuery = (org: string) => queryOptions({
  queryKey: keys.organization(org), queryFn: ({ signal }) => take(api.GET(organizationPath, { params: { path: { org } }, signal })),
});
export const permissionsQuery = queryOptions({
  queryKey: ['permissions'], queryFn: ({ signal }) => take(api.GET('/api/v1/permissions', { signal })), staleTime: Infinity,
});
/** The first page: enough to name who did what. */
export const membersQuery = (org: string) => queryOptions({
  queryKey: [...keys.organization(org), 'members', 'names'],
  queryFn: ({ signal }) => take(api.GET(`${organizationPath}/members`, { params: { path: { org }, query: { limit: 100 } }, signal })),
});
export interface MemberFilter { q?: string | undefined; role?: Role | undefined; status?: MemberStatus | undefined }
export const memberListQuery = (org: string, filter: MemberFilter) => infiniteQueryOptions({
  queryKey: [...keys.organization(org), 'members', 'list', filter],
  queryFn: ({ signal, pageParam }) => take(api.GET(`${organizationPath}/members`, { params: { path: { org }, query: { ...filter, ...after(pageParam), limit: 50 } }, signal })),
  initialPageParam: null as string | null | undefined,
  getNextPageParam: (last) => last.next_cursor,
  placeholderData: keepPreviousData,
});
export const deletedBrandsQuery = (org: string) => queryOptions({
  queryKey: [...keys.organization(org), 'deleted-brands'],
  queryFn: ({ signal }) => take(api.GET(`${organizationPath}/brands`, { params: { path: { org }, query: { deleted: true } }, signal })),
});
export const invitationsQuery = (org: string) => queryOptions({
  queryKey: [...keys.organization(org), 'invitations'],
  queryFn: ({ signal }) => take(api.GET(`${organizationPath}/invitations`, { params: { path: { org }, query: { limit: 100 } }, signal })),
});
export const apiKeysQuery = (org: string) => infiniteQueryOptions({
  queryKey: [...keys.organization(org), 'api-keys'],
  queryFn: ({ signal, pageParam }) => take(api.GET(`${organizationPath}/api-keys`, { params: { path: { org }, query: { ...after(pageParam), limit: 50 } }, signal })),
  initialPageParam: null as string | null | undefined,
  getNextPageParam: (last) => last.next_cursor,
});
export const organizationLogQuery = (org: string, kind: string) => infiniteQueryOptions({
  queryKey: [...keys.organization(org), 'security-events', kind],
  queryFn: ({ signal, pageParam }) => take(api.GET(`${organizationPath}/security-events`, { params: { path: { org }, query: { ...(kind && { kind }), ...after(pageParam), limit: 30 } }, signal })),
  initialPageParam: null as string | null | undefined,
  getNextPageParam: (last) => last.next_cursor,
  placeholderData: keepPreviousData,
});
export const myLogQuery = (kind: string) => infiniteQueryOptions({
  queryKey: ['security-events', kind],
  queryFn: ({ signal, pageParam }) => take(api.GET('/api/v1/me/security-events', { params: { query: { ...(kind && { kind }), ...after(pageParam), limit: 30 } }, signal })),
  initialPageParam: null as string | null | undefined,
  getNextPageParam: (last) => last.next_cursor,
  placeholderData: keepPreviousData,
});
export const factorsQuery = queryOptions({ queryKey: ['factors'], queryFn: ({ signal }) => take(api.GET('/api/v1/me/factors', { signal })) });
export const passkeysQuery = queryOptions({ queryKey: ['passkeys'], queryFn: ({ signal }) => take(api.GET('/api/v1/me/passkeys', { signal })) });
export const clientsQuery = (org: string, all: boolean) => queryOptions({
  queryKey: [...keys.organization(org), 'clients', all],
  queryFn: ({ signal }) => take(api.GET(`${organizationPath}/clients`, { params: { path: { org }, query: { all, limit: 100 } }, signal })),
});
export const agenciesQuery = (org: string) => queryOptions({
  queryKey: [...keys.organization(org), 'agencies'],
  queryFn: ({ signal }) => take(api.GET(`${organizationPath}/agencies`, { params: { path: { org }, query: { limit: 50 } }, signal })),
});
export const mailsQuery = (status: MailStatus | undefined) => infiniteQueryOptions({
  queryKey: ['admin', 'mails', status ?? ''],
  queryFn: ({ signal, pageParam }) => take(api.GET('/api/v1/admin/mails', { params: { query: { ...(status && { status }), ...after(pageParam), limit: 30 } }, signal })),
  initialPageParam: null as string | null | undefined,
  getNextPageParam: (last) => last.next_cursor,
  placeholderData: keepPreviousData,
});
export const mailQuery = (mail: string) => queryOptions({
  queryKey: ['admin', 'mail', mail], queryFn: ({ signal }) => take(api.GET('/api/v1/admin/mails/{mail}', { params: { path: { mail } }, signal })),
});
export const usageQuery = (org: string) => queryOptions({
  queryKey: [...keys.organization(org), 'usage'], queryFn: ({ signal }) => take(api.GET(`${organizationPath}/usage`, { params: { path: { org } }, signal })),
});
export const brandQuery = (s: Scope) => queryOptions({
  queryKey: keys.brand(s), queryFn: ({ signal }) => take(api.GET(brandPath, { params: { path: s }, signal })), staleTime: 5 * 60_000,
});
export const todayQuery = (s: Scope) => queryOptions({
  queryKey: keys.today(s), queryFn: ({ signal }) => take(api.GET(`${brandPath}/today`, { params: { path: s }, signal })),
});

export interface GenerationFilter { status?: GenerationStatus | undefined; q?: string | undefined }
export const generationsQuery = (s: Scope, filter: GenerationFilter) => infiniteQueryOptions({
  queryKey: [...keys.generations(s), 'list', filter],
  queryFn: ({ signal, pageParam }) => take(api.GET(`${brandPath}/generations`, { params: { path: s, query: { ...filter, ...after(pageParam), limit: 20 } }, signal })),
  initialPageParam: null as string | null | undefined,
  getNextPageParam: (last) => last.next_cursor,
  placeholderData: keepPreviousData,
});
export const isLive = (status: string) => status === 'pending' || status === 'running';
export const generationQuery = (s: Scope, id: string) => queryOptions({
  queryKey: [...keys.generations(s), 'one', id],
  queryFn: ({ signal }) => take(api.GET(generationPath, { params: { path: { ...s, generation: id } }, signal })),
  // Events tell of progress; this only catches up when the stream is down.
  refetchInterval: (query) => (query.state.data && isLive(query.state.data.status) ? 4_000 : false),
});
export const inputQuery = (s: Scope, id: string) => queryOptions({
  queryKey: [...keys.generations(s), 'input', id],
  queryFn: ({ signal }) => take(api.GET(`${generationPath}/input`, { params: { path: { ...s, generation: id } }, signal })),
  staleTime: Infinity,
});

export interface PostFilter { status?: PostStatus | undefined; network?: NetworkId | undefined; q?: string | undefined }
export const postsQuery = (s: Scope, filter: PostFilter) => infiniteQueryOptions({
  queryKey: [...keys.posts(s), 'list', filter],
  queryFn: ({ signal, pageParam }) => take(api.GET(`${brandPath}/posts`, { params: { path: s, query: { ...filter, ...after(pageParam), limit: 30 } }, signal })),
  refetchInterval: (query) => (query.state.data?.pages.some((p) => p.items.some((post) => post.regenerating)) ? 4_000 : false),
  initialPageParam: null as string | null | undefined,
  getNextPageParam: (last) => last.next_cursor,
  placeholderData: keepPreviousData,
});
export const generationPostsQuery = (s: Scope, generation: string) => queryOptions({
  queryKey: [...keys.posts(s), 'of', generation],
  queryFn: ({ signal }) => take(api.GET(`${brandPath}/posts`, { params: { path: s, query: { generation, limit: 100 } }, signal })),
  refetchInterval: (query) => (query.state.data?.items.some((p) => p.regenerating) ? 4_000 : false),
});
export const postQuery = (s: Scope, id: string) => queryOptions({
  queryKey: [...keys.posts(s), 'one', id], queryFn: ({ signal }) => take(api.GET(postPath, { params: { path: { ...s, post: id } }, signal })),
});
export const versionsQuery = (s: Scope, id: string) => queryOptions({
  queryKey: [...keys.posts(s), 'versions', id],
  queryFn: ({ signal }) => take(api.GET(`${postPath}/versions`, { params: { path: { ...s, post: id } }, signal })),
});
export const checkQuery = (target: Target, content: Content) => queryOptions({
  queryKey: ['check', target, content],
  queryFn: ({ signal }) => take(api.POST('/api/v1/networks/check', { body: { target, content }, signal })),
  staleTime: Infinity,
  gcTime: 60_000,
  retry: false,
});
