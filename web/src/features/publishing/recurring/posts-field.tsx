import { postsQuery } from '@/shared/api/queries';
import type { NetworkId, Post } from '@/shared/api/types';
import { useTargetName } from '@/shared/draft/draft-card';
import { headline } from '@/shared/lib/content';
import { useScope } from '@/shared/lib/use-scope';
import { Button, IconButton } from '@/shared/ui/button';
import { Checkbox } from '@/shared/ui/choice';
import { SearchInput } from '@/shared/ui/search-input';
import { ErrorState, Loading, SkeletonText } from '@/shared/ui/states';
import { Status } from '@/shared/ui/status';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Plus, X } from 'lucide-react';
import { useState } from 'react';

/** Posts of one network that take turns: those that are chosen, and behind a press those to choose from. */
export function PostsField({ several, network, chosen, onChosen, error }: { several: boolean; network: NetworkId | undefined; chosen: Post[]; onChosen: (posts: Post[]) => void; error?: string | undefined }) {
  const [choosing, setChoosing] = useState(chosen.length === 0);
  return (
    <section aria-labelledby="turns" className="grid gap-1.5">
      <h3 id="turns" className="text-sm font-semibold">{chosen.length > 1 ? `${chosen.length} posts take turns` : several ? 'Posts that take turns' : 'Post'}</h3>
      {chosen.length > 0 && (
        <ul aria-label="Chosen posts" className="divide-y border-y">
          {chosen.map((p) => (
            <li key={p.id} className="flex items-center gap-3 py-1.5">
              <span className="min-w-0 grow truncate font-serif">{headline(p.content) || 'Untitled'}</span>
              <Status status={p.status} className="max-sm:hidden" />
              <IconButton label={`Leave out ${headline(p.content).slice(0, 60)}`} onClick={() => onChosen(chosen.filter((x) => x.id !== p.id))}><X /></IconButton>
            </li>
          ))}
        </ul>
      )}
      {choosing && network ? <Choose network={network} chosen={chosen} onChosen={onChosen} onDone={chosen.length > 0 ? () => setChoosing(false) : undefined} />
        : <div><Button size="sm" variant="quiet" className="-ml-3" onClick={() => setChoosing(true)}><Plus className="size-4" /> Add posts that take turns with it</Button></div>}
      {error && <p role="alert" className="text-xs text-bad">{error}</p>}
    </section>
  );
}

function Choose({ network, chosen, onChosen, onDone }: { network: NetworkId; chosen: Post[]; onChosen: (posts: Post[]) => void; onDone: (() => void) | undefined }) {
  const { scope } = useScope();
  const name = useTargetName();
  const [q, setQ] = useState('');
  const query = useInfiniteQuery(postsQuery(scope, { ...(network !== 'sandbox' && { network }), ...(q.trim() !== '' && { q: q.trim() }) }));
  const all = (query.data?.pages.flatMap((p) => p.items) ?? []).filter((p) => p.status !== 'rejected' && p.status !== 'archived');
  const toggle = (post: Post, on: boolean) => onChosen(on ? [...chosen, post] : chosen.filter((p) => p.id !== post.id));
  return (
    <div className="grid gap-2 rounded-lg border border-line px-4 py-3">
      <div className="flex items-center gap-2"><SearchInput label="Search posts" value={q} onChange={setQ} className="grow" />{onDone && <Button size="sm" variant="quiet" onClick={onDone}>Done</Button>}</div>
      {query.isPending ? <Loading what="posts"><SkeletonText lines={4} /></Loading>
        : query.isError ? <ErrorState error={query.error} retry={() => void query.refetch()} compact />
          : all.length === 0 ? <p className="py-2 text-sm text-ink-3">{q ? 'No post fits.' : network === 'sandbox' ? 'There is no draft yet.' : `There is no draft for ${name(`${network}.`).network} yet.`}</p>
            : (
              <ul aria-label="Posts to choose from" className="max-h-60 divide-y overflow-y-auto scroll-thin" tabIndex={0}>
                {all.map((p) => (
                  <li key={p.id} className="flex items-center gap-3 py-2">
                    <Checkbox label={headline(p.content).slice(0, 80) || 'Untitled'} checked={chosen.some((c) => c.id === p.id)} onChange={(on) => toggle(p, on)} />
                    <span className="min-w-0 grow truncate text-sm">{headline(p.content) || 'Untitled'}</span>
                    <Status status={p.status} className="max-sm:hidden" />
                  </li>
                ))}
              </ul>
            )}
      {query.hasNextPage && <div><Button size="sm" variant="quiet" busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>Show more</Button></div>}
    </div>
  );
}
