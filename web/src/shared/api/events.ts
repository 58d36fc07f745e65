import { useQueryClient, type QueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { createStore, useStore } from '../lib/store';
import { hearProgress, hearTaking, hearTraining } from './progress';
import { keys, type Scope } from './queries';
import { sessionStore } from './signed-out';

const kinds = [
  'generation.started', 'generation.analysed', 'generation.output_completed', 'generation.output_failed', 'generation.completed', 'generation.failed',
  'generation.deleted', 'generation.restored',
  'post.created', 'post.updated', 'post.approved', 'post.rejected', 'post.reopened', 'post.archived', 'post.deleted', 'post.restored', 'post.feedback',
  'post.regenerating', 'post.regenerated', 'post.regeneration_failed',
  'brand.profile_updated', 'brand.updated', 'brand.picture_changed', 'brand.picture_removed', 'audience.created', 'audience.updated', 'audience.deleted',
  'pillar.created', 'pillar.updated', 'pillar.reordered', 'pillar.deleted',
  'hook.created', 'hook.updated', 'hook.used', 'hook.deleted', 'hook.restored',
  'offer.created', 'offer.updated', 'offer.analysed', 'offer.deleted',
  'knowledge.created', 'knowledge.updated', 'knowledge.deleted',
  'website.reading', 'website.read', 'website.failed', 'website.accepted',
  'voice_sample.added', 'voice_sample.updated', 'voice_sample.deleted',
  'publication.created', 'publication.updated', 'publication.scheduled', 'publication.held', 'publication.sending', 'publication.published', 'publication.failed', 'publication.unclear', 'publication.cancelled',
  'connection.created', 'connection.updated', 'connection.trouble', 'connection.deleted', 'publishing.paused', 'publishing.resumed', 'schedule.updated',
  'recurrence.created', 'recurrence.updated', 'recurrence.paused', 'recurrence.resumed', 'recurrence.stopped', 'calendar_feed.created', 'calendar_feed.revoked',
  'review.commented', 'review.approved', 'review.changes_requested', 'review.resolved', 'review_link.created', 'review_link.opened', 'review_link.revoked', 'approval_rule.created', 'approval_rule.deleted',
  'card_style.updated',
  'media.created', 'media.updated', 'media.deleted', 'media.restored', 'media.purged',
  'source.created', 'source.updated', 'source.deleted', 'source.checked', 'source.troubled', 'source.given_up', 'source.recovered', 'items.added', 'smart_feed.created', 'smart_feed.updated', 'smart_feed.deleted',
  'trend.found', 'trend.rising', 'trend.declining', 'trend.revived', 'trend.expired', 'trend.merged', 'trend.updated', 'trend.drafted',
  'delivery.delivered', 'delivery.skipped', 'delivery.failed',
  'voice_model.requested', 'voice_model.completed', 'voice_model.failed', 'voice_model.activated', 'voice_model.deleted',
] as const;

/** What of a brand an event touches, by the first word of its kind. */
const ofBrand: Record<string, readonly string[]> = {
  audience: ['audiences', 'profile'], pillar: ['pillars', 'pillar-proposals'], hook: ['hooks'], offer: ['offers', 'profile'], knowledge: ['knowledge'], website: ['website'], voice_sample: ['voice/overview', 'voice/samples'], voice_model: ['voice'],
  // a draft that went out is published itself
  publication: ['publishing', 'posts', 'today'], connection: ['publishing', 'today'], publishing: ['publishing'], schedule: ['publishing'], recurrence: ['publishing'], calendar_feed: ['publishing/feeds'],
  review: ['publishing', 'posts', 'today'], review_link: ['publishing/review-links'], approval_rule: ['publishing'],
  // what is new in a source, or how much it weighs, is ranked anew
  source: ['sources', 'items', 'smart-feeds'], items: ['sources', 'items', 'smart-feeds'], smart_feed: ['smart-feeds'],
  trend: ['trends'], delivery: ['deliveries'],
  // a draft shows its files, and what the network says of them
  media: ['media', 'posts'], card_style: ['card-style'],
};

/** What is told in passing while a draft is written; in no log, so never fetched. */
const whispers = ['generation.output_progress', 'post.progress'] as const;

interface DomainEvent { id: string; kind: string; subject?: { type: string; id: string } | null }

/** Is the stream of events open? The shell shows when it is not. */
export const streamStore = createStore<'connecting' | 'open' | 'lost'>('connecting');

/**
 * What happens in the organization reaches the screen: each event marks what it touches as out of date, and Query
 * fetches what is on screen. Several events in a moment become one fetch. The browser reconnects by itself, naming the
 * last event it saw; ids already seen are dropped, since the server overlaps a little on resuming.
 */
export function useEventStream(scope: Scope, user: string): void {
  const client = useQueryClient();
  const { org, brand } = scope;
  // The browser gives a stream up that was refused: a new session opens another.
  const { times } = useStore(sessionStore);
  useEffect(() => {
    const source = new EventSource(`/api/v1/organizations/${org}/events`);
    const seen = new Set<string>();
    const due = new Map<string, readonly unknown[]>();
    let timer: ReturnType<typeof setTimeout> | undefined;
    let opened = false;
    const mark = (key: readonly unknown[]) => {
      due.set(JSON.stringify(key), key);
      timer ??= setTimeout(() => {
        timer = undefined;
        const all = [...due.values()];
        due.clear();
        refresh(client, all);
      }, 120);
    };
    const onEvent = (message: MessageEvent<string>) => {
      const event = parse(message.data);
      if (!event || seen.has(event.id)) return;
      seen.add(event.id);
      for (const key of touched(event, { org, brand })) mark(key);
    };
    for (const kind of kinds) source.addEventListener(kind, onEvent);
    for (const kind of whispers) source.addEventListener(kind, (message: MessageEvent<string>) => hearProgress(message.data));
    source.addEventListener('voice_model.progress', (message: MessageEvent<string>) => hearTraining(message.data));
    source.addEventListener('connection.posts_progress', (message: MessageEvent<string>) => hearTaking(message.data));
    source.addEventListener('notification.created', (message: MessageEvent<string>) => {
      if (rings(message.data, user)) mark(keys.notices);
    });
    source.addEventListener('message', onEvent);
    source.onopen = () => {
      streamStore.set('open');
      // What happened while the line was down, or not yet up, is not known; what moves by itself is fetched anew.
      if (opened) mark(['brand', org, brand]);
      else for (const key of [keys.generations({ org, brand }), keys.posts({ org, brand })]) mark(key);
      // A bell that rang meanwhile is in no log.
      mark(keys.notices);
      opened = true;
    };
    source.onerror = () => streamStore.set('lost');
    return () => {
      clearTimeout(timer);
      source.close();
      streamStore.set('connecting');
    };
  }, [client, org, brand, user, times]);
}

function parse(data: string): DomainEvent | null {
  try {
    return JSON.parse(data) as DomainEvent;
  } catch {
    return null;
  }
}

/** Whether a ring of the bell is for somebody: everybody in the organization hears it. */
export function rings(message: string, user: string): boolean {
  try {
    const { data } = JSON.parse(message) as { data?: { user_ids?: unknown } | null };
    return Array.isArray(data?.user_ids) && data.user_ids.includes(user);
  } catch {
    return false;
  }
}

export function touched(event: DomainEvent, scope: Scope): (readonly unknown[])[] {
  const id = event.subject?.id;
  const [about = ''] = event.kind.split('.');
  if (about === 'brand') return event.kind === 'brand.profile_updated' ? [[...keys.brand(scope), 'profile'], [...keys.brand(scope), 'pillar-proposals']] : [keys.brand(scope)];
  // a look that found nothing new moves its clock only
  if (['source.checked', 'source.troubled', 'source.given_up', 'source.recovered'].includes(event.kind)) return [[...keys.brand(scope), 'sources']];
  const parts = ofBrand[about];
  if (parts) return parts.map((part) => [...keys.brand(scope), ...part.split('/')]);
  if (event.kind.startsWith('generation.')) {
    const drafts = event.kind.includes('output') || event.kind === 'generation.completed';
    return [
      ...(id ? [[...keys.generations(scope), 'one', id]] : [keys.generations(scope)]),
      [...keys.generations(scope), 'list'],
      keys.today(scope),
      ...(drafts ? [keys.posts(scope)] : []),
      ...(event.kind === 'generation.completed' || event.kind === 'generation.failed' ? [keys.organization(scope.org)] : []),
    ];
  }
  return [keys.posts(scope), keys.today(scope)];
}

function refresh(client: QueryClient, all: (readonly unknown[])[]): void {
  // A change of our own is under way: its answer will say more than a fetch in the middle of it.
  if (client.isMutating() > 0) {
    setTimeout(() => refresh(client, all), 200);
    return;
  }
  for (const queryKey of all) void client.invalidateQueries({ queryKey });
}
