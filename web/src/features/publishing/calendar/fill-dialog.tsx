import { postsQuery } from '@/shared/api/queries';
import type { Post } from '@/shared/api/types';
import { useTargetName } from '@/shared/draft/draft-card';
import { headline } from '@/shared/lib/content';
import { useScope } from '@/shared/lib/use-scope';
import { sayDay, settled } from '@/shared/lib/zone';
import { buttonClass } from '@/shared/ui/button';
import { Dialog } from '@/shared/ui/dialog';
import { Fault } from '@/shared/ui/note';
import { NetworkGlyph } from '@/shared/ui/network-glyph';
import { Loading, SkeletonText } from '@/shared/ui/states';
import { Status } from '@/shared/ui/status';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { PenLine } from 'lucide-react';
import { useState } from 'react';
import { FinishDialog } from '../finish/finish-dialog';
import { isPast, WhenField } from '../when-dialog';

/** What shall go out at an empty place: something new, with the time kept for it, or a draft that is ready. */
export function FillDialog({ local, network, zone, onClose }: { local: string; network: string | null; zone: string; onClose: () => void }) {
  const { scope } = useScope();
  const name = useTargetName();
  const [at, setAt] = useState(local);
  const [chosen, setChosen] = useState<Post | null>(null);
  const approved = useInfiniteQuery(postsQuery(scope, { status: 'approved' }));
  const pending = useInfiniteQuery(postsQuery(scope, { status: 'pending' }));
  const ready = [approved, pending].flatMap((q) => q.data?.pages.flatMap((p) => p.items) ?? []).filter((p) => network === null || p.network === network).slice(0, 20);
  const past = at !== '' && isPast(at, zone);
  const when = at === '' ? local : settled(at, zone);
  if (chosen) return <FinishDialog post={chosen} mode="schedule" at={when} onClose={onClose} />;
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} size="lg" title={`What goes out on ${sayDay(when)}?`}>
      <div className="grid gap-6">
        <div className="grid items-start gap-x-6 gap-y-4 sm:grid-cols-[auto_minmax(0,1fr)]">
          <WhenField label="Time" zone={zone} value={at} onChange={setAt} error={past ? 'This time has passed; choose one that is to come.' : undefined} />
          <Link to="/$org/$brand/studio" params={scope} search={{ at: when }} className={buttonClass('primary', 'md', 'sm:mt-6.5 sm:justify-self-end')}><PenLine className="size-4" /> Write something new</Link>
        </div>
        <section aria-labelledby="ready" className="grid gap-1">
          <h3 id="ready" className="text-sm font-semibold">Or a draft that is there</h3>
          {approved.isPending || pending.isPending ? <Loading what="drafts"><SkeletonText lines={4} /></Loading>
            : approved.isError ? <Fault error={approved.error} />
              : ready.length === 0 ? <p className="py-2 text-sm text-ink-3">No draft waits to go out{network && ` to ${name(`${network}.`).network}`}.</p>
                : (
                  <ul className="divide-y">
                    {ready.map((post) => (
                      <li key={post.id} className="group relative flex items-center gap-3 py-2.5">
                        <NetworkGlyph network={post.network} className="text-ink-3" />
                        <button type="button" disabled={past} onClick={() => setChosen(post)} className="min-w-0 grow truncate rounded-sm text-left font-serif text-base group-hover:text-brass-ink after:absolute after:inset-0">{headline(post.content) || 'Untitled'}</button>
                        <span className="shrink-0 text-xs whitespace-nowrap text-ink-3 max-sm:hidden">{name(post.target).type}</span>
                        <Status status={post.status} />
                      </li>
                    ))}
                  </ul>
                )}
        </section>
      </div>
    </Dialog>
  );
}
