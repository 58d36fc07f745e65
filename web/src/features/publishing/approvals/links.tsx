import { api } from '@/shared/api/client';
import { ago, fullTime, shortDate } from '@/shared/lib/time';
import { toast } from '@/shared/lib/toast';
import { useMay } from '@/shared/lib/use-may';
import { useScope } from '@/shared/lib/use-scope';
import { sayDate } from '@/shared/lib/zone';
import { Button } from '@/shared/ui/button';
import { ConfirmDialog } from '@/shared/ui/confirm';
import { Notice } from '@/shared/ui/note';
import { Section } from '@/shared/ui/section';
import { Empty, ErrorState, Loading, SkeletonText } from '@/shared/ui/states';
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { Eye, EyeOff, Link2, Plus } from 'lucide-react';
import { useState } from 'react';
import { linksPath, linksQuery, reviewKeys, type ReviewLink } from './api';
import { NewLink } from './new-link';
import { stateOf } from './words';

/** The links by which clients review without an account. */
export function Links() {
  const { scope } = useScope();
  const may = useMay('posts.publish');
  const links = useInfiniteQuery({ ...linksQuery(scope), enabled: may });
  const items = links.data?.pages.flatMap((p) => p.items) ?? [];
  const [making, setMaking] = useState(false);
  const [ending, setEnding] = useState<ReviewLink | null>(null);
  const client = useQueryClient();
  const revoke = useMutation({
    mutationFn: (link: ReviewLink) => api.DELETE(`${linksPath}/{review_link}`, { params: { path: { ...scope, review_link: link.id } } }),
    onSuccess: (_, link) => {
      setEnding(null);
      toast(`${link.label}: the link opens nothing any more`);
    },
    onSettled: () => client.invalidateQueries({ queryKey: reviewKeys.links(scope) }),
  });
  if (!may) return <Section title="Client links"><Notice>Who may publish for this brand makes and sees these links.</Notice></Section>;
  return (
    <Section
      title="Client links"
      lead="A client opens the link, reads the posts as they will look, and approves, comments or asks for changes. No account is needed."
      action={<Button onClick={() => setMaking(true)}><Plus className="size-4" /> New link</Button>}
    >
      {links.isPending ? <Loading what="the links"><SkeletonText lines={4} /></Loading>
        : links.isError ? <ErrorState error={links.error} retry={() => void links.refetch()} compact />
          : items.length === 0 ? <Empty icon={Link2} title="No links yet">Make one for the coming weeks here, or for a single post from its draft.</Empty>
            : (
              <>
                <ul aria-label="Client links" className="divide-y border-y">{items.map((l) => <Row key={l.id} link={l} onRevoke={() => setEnding(l)} />)}</ul>
                {links.hasNextPage && <Button variant="quiet" size="sm" className="w-fit" busy={links.isFetchingNextPage} onClick={() => void links.fetchNextPage()}>Show more</Button>}
              </>
            )}
      {making && <NewLink onClose={() => setMaking(false)} />}
      {ending && (
        <ConfirmDialog title={`Take back the link for ${ending.label}?`} action="Take it back" busy={revoke.isPending} error={revoke.error} onClose={() => setEnding(null)} onConfirm={() => revoke.mutate(ending)}>
          <p>It opens nothing from then on. What was said by it stays, and so do its approvals.</p>
        </ConfirmDialog>
      )}
    </Section>
  );
}

function Row({ link: l, onRevoke }: { link: ReviewLink; onRevoke: () => void }) {
  const state = stateOf(l, new Date());
  const covers = [
    l.first_day && l.last_day ? (l.first_day === l.last_day ? sayDate(l.first_day) : `${sayDate(l.first_day)} to ${sayDate(l.last_day)}`) : null,
    l.post_ids.length > 0 ? `${l.post_ids.length} chosen ${l.post_ids.length === 1 ? 'post' : 'posts'}` : null,
  ].filter(Boolean).join(', and ');
  return (
    <li className="flex items-start gap-4 py-3.5">
      <div className="grid min-w-0 grow gap-0.5">
        <p className="flex flex-wrap items-baseline gap-x-3 text-sm">
          <span className={state === 'open' ? 'font-semibold' : 'text-ink-2'}>{l.label}</span>
          <span className={`text-xs ${state === 'open' ? 'text-good' : 'text-ink-3'}`}>{state === 'open' ? `Opens until ${shortDate(l.expires_at)}` : state === 'revoked' ? 'Taken back' : `Ended ${shortDate(l.expires_at)}`}</span>
        </p>
        <p className="text-sm text-ink-2">{covers} <span className="text-ink-3">· {l.may_approve ? 'may approve' : 'comments only'}</span></p>
        <p className="flex items-center gap-1.5 text-xs text-ink-3">
          {l.opened_at ? <><Eye className="size-3.5" aria-hidden /> Opened {l.opened_count === 1 ? 'once' : `${l.opened_count.toLocaleString()} times`}, last <time dateTime={l.opened_at} title={fullTime(l.opened_at)}>{ago(l.opened_at)}</time></> : <><EyeOff className="size-3.5" aria-hidden /> Not opened yet</>}
        </p>
      </div>
      {state === 'open' && <Button size="sm" variant="quiet" onClick={onRevoke}>Take back<span className="sr-only"> the link for {l.label}</span></Button>}
    </li>
  );
}
