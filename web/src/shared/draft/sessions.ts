import { useQueryClient, type QueryClient } from '@tanstack/react-query';
import { useEffect, useMemo } from 'react';
import { changePosts } from '../api/cache';
import { api, seen, take } from '../api/client';
import { postPath, type Scope } from '../api/queries';
import type { components } from '../api/schema.gen';
import { sessionStore } from '../api/signed-out';
import type { Post } from '../api/types';
import { useStore } from '../lib/store';
import { DraftSession, type DraftState } from './session';

const sessions = new Map<string, DraftSession>();

function sessionOf(client: QueryClient, scope: Scope, post: Post): DraftSession {
  const known = sessions.get(post.id);
  if (known) return known;
  const path = { ...scope, post: post.id };
  const restore = (version: string) => take(api.POST(`${postPath}/versions/{version}/restore`, { params: { path: { ...path, version } } }));
  const session = new DraftSession(post, {
    save: (version, content, keepalive) => take(api.PATCH(postPath, { params: { path, header: seen(version) }, body: { content }, keepalive })),
    load: () => take(api.GET(postPath, { params: { path } })),
    versions: () => take(api.GET(`${postPath}/versions`, { params: { path } })).then((list) => list.items),
    restore,
    saved: (fresh) => changePosts(client, scope, new Set([fresh.id]), () => fresh),
  });
  sessions.set(post.id, session);
  return session;
}

export function useDraft(scope: Scope, post: Post): { session: DraftSession; state: DraftState } {
  const client = useQueryClient();
  const { org, brand } = scope;
  // The session is keyed by the post, not by its data; a newer version of the data is received below.
  const session = useMemo(() => sessionOf(client, { org, brand }, post), [client, org, brand, post.id]); // eslint-disable-line react-hooks/exhaustive-deps
  useEffect(() => session.receive(post), [session, post]);
  return { session, state: useStore(session.store) };
}

/** Saves what is unsaved in a draft before something else happens to it; false when that did not work. */
export async function flushDraft(id: string): Promise<boolean> {
  const session = sessions.get(id);
  if (!session) return true;
  await session.flush();
  return session.state.phase === 'clean';
}

/** Keeps a note beside the draft; its words are saved first, so that both don't race for the next version. */
export async function saveNote(client: QueryClient, scope: Scope, post: Post, note: string): Promise<void> {
  const session = sessionOf(client, scope, post);
  await session.flush();
  const fresh = await take(api.PATCH(postPath, { params: { path: { ...scope, post: post.id }, header: seen(session.state.version) }, body: { note } }));
  changePosts(client, scope, new Set([fresh.id]), () => fresh);
  session.receive(fresh);
}

export interface Attached { media_id: string; alt_text?: string | null }

/** Puts other files, or the same in another order, into the draft; its words are saved first, as with a note. */
export async function saveMedia(client: QueryClient, scope: Scope, post: Post, media: Attached[]): Promise<Post> {
  const session = sessionOf(client, scope, post);
  await session.flush();
  const fresh = await take(api.PATCH(postPath, { params: { path: { ...scope, post: post.id }, header: seen(session.state.version) }, body: { media } }));
  changePosts(client, scope, new Set([fresh.id]), () => fresh);
  session.receive(fresh);
  return fresh;
}

/** Draws the slides of a carousel and puts them into the draft; its words are saved first, as with a note. */
export async function drawSlides(client: QueryClient, scope: Scope, post: Post, body: components['schemas']['CreateCarousel']): Promise<Post> {
  const session = sessionOf(client, scope, post);
  await session.flush();
  const fresh = await take(api.POST(`${postPath}/cards`, { params: { path: { ...scope, post: post.id }, header: seen(session.state.version) }, body }));
  changePosts(client, scope, new Set([fresh.id]), () => fresh);
  session.receive(fresh);
  return fresh;
}

/** Keeps what goes with the draft's text: its first comment and what is chosen of its network. */
export async function saveExtras(client: QueryClient, scope: Scope, post: Post, extras: { first_comment: string | null; options: Record<string, unknown> }): Promise<Post> {
  const session = sessionOf(client, scope, post);
  await session.flush();
  const fresh = await take(api.PATCH(postPath, { params: { path: { ...scope, post: post.id }, header: seen(session.state.version) }, body: { ...extras, options: extras.options as Record<string, never> } }));
  changePosts(client, scope, new Set([fresh.id]), () => fresh);
  session.receive(fresh);
  return fresh;
}

export function receivePost(post: Post): void {
  sessions.get(post.id)?.receive(post);
}

/** The last words are sent when the tab is hidden or closed; if they can't be, the browser asks before it closes. */
export function guardUnsaved(): () => void {
  const unsaved = () => [...sessions.values()].filter((s) => s.state.phase !== 'clean');
  const onHide = () => {
    if (document.visibilityState === 'hidden') for (const s of unsaved()) void s.flush(true);
  };
  const onLeave = (event: BeforeUnloadEvent) => {
    if (unsaved().some((s) => s.state.phase === 'conflict' || s.state.phase === 'failed')) event.preventDefault();
    else for (const s of unsaved()) void s.flush(true);
  };
  // What could not be saved without a session is saved with the new one.
  let { times } = sessionStore.get();
  const stop = sessionStore.subscribe(() => {
    if (sessionStore.get().times === times) return;
    ({ times } = sessionStore.get());
    for (const s of unsaved()) void s.flush();
  });
  document.addEventListener('visibilitychange', onHide);
  window.addEventListener('beforeunload', onLeave);
  return () => {
    stop();
    document.removeEventListener('visibilitychange', onHide);
    window.removeEventListener('beforeunload', onLeave);
  };
}
