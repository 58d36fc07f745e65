import { useTargetName } from '@/shared/draft/draft-card';
import { postsQuery } from '@/shared/api/queries';
import { headline } from '@/shared/lib/content';
import { ago } from '@/shared/lib/time';
import { useMay } from '@/shared/lib/use-may';
import { useScope } from '@/shared/lib/use-scope';
import { sayWhen } from '@/shared/lib/zone';
import { NetworkGlyph } from '@/shared/ui/network-glyph';
import { useInfiniteQuery, useQueries, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { publicationsQuery } from '../api/queries';
import { reviewsQuery, rulesQuery } from './api';
import { waitsForMe } from './words';

/** As many as are looked through; each is asked after by itself. */
const most = 8;

/**
 * What waits for the very person who looks, where rules say who must approve: planned posts first, the soonest on top.
 * Without rules every draft waits for anybody, which Today shows by itself.
 */
export function WaitingForMe() {
  const { scope, user, organization } = useScope();
  const name = useTargetName();
  const may = useMay('posts.review');
  const { data: rules } = useQuery(rulesQuery(scope));
  const on = may && (rules?.items.length ?? 0) > 0;
  const planned = useInfiniteQuery({ ...publicationsQuery(scope, { state: 'in_review' }, 20), enabled: on });
  const drafts = useInfiniteQuery({ ...postsQuery(scope, { status: 'pending' }), enabled: on });
  const pending = drafts.data?.pages[0]?.items ?? [];
  const first = planned.data?.pages[0]?.items ?? [];
  const posts = [...first.map((p) => ({ id: p.post_id, target: p.target, network: p.target.split('.')[0] ?? '', title: p.title, at: p.local_time ?? null, created: p.created_at })), ...pending.map((p) => ({ id: p.id, target: p.target, network: p.network, title: headline(p.content), at: null, created: p.created_at }))]
    .filter((p, i, all) => all.findIndex((other) => other.id === p.id) === i)
    .sort((a, b) => (a.at ?? '9').localeCompare(b.at ?? '9')).slice(0, most);
  const told = useQueries({ queries: posts.map((p) => ({ ...reviewsQuery(scope, p.id), enabled: on })) });
  const mine = posts.filter((_, i) => {
    const reviews = told[i]?.data;
    return reviews !== undefined && waitsForMe(reviews, { id: user.id, role: organization.role }, true);
  });
  if (!on || mine.length === 0) return null;
  return (
    <section aria-label="Waiting for your review">
      <div className="flex items-baseline gap-2 border-b pb-2"><h2 className="text-sm font-semibold">Waiting for your review</h2><span className="text-xs text-ink-3 tabular-nums">{mine.length}</span><Link to="/$org/$brand/library" params={scope} search={{ status: 'pending' }} className="ml-auto rounded-sm text-xs text-ink-3 underline-offset-4 hover:text-ink hover:underline">All to review</Link></div>
      <ul className="divide-y">
        {mine.map((p) => {
          const { network, type } = name(p.target);
          return (
            <li key={p.id} className="group relative flex items-baseline gap-4 py-3">
              <NetworkGlyph network={p.network} className="self-center text-ink-3" />
              <div className="min-w-0 grow">
                <Link to="/$org/$brand/library" params={scope} search={{ post: p.id }} className="line-clamp-1 rounded-sm font-serif text-base after:absolute after:inset-0 group-hover:text-brass-ink">{p.title || 'Untitled'}</Link>
                <p className="flex flex-wrap gap-x-3 text-xs text-ink-3"><span>{network} {type.toLowerCase()}</span>{p.at ? <span className="tabular-nums">planned for {sayWhen(p.at)}</span> : <time dateTime={p.created}>{ago(p.created)}</time>}</p>
              </div>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
