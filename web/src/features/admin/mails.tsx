import { mailQuery, mailsQuery } from '@/shared/api/queries';
import type { MailStatus } from '@/shared/api/types';
import { cn } from '@/shared/lib/cn';
import { ago, fullTime } from '@/shared/lib/time';
import { Button } from '@/shared/ui/button';
import { Segmented } from '@/shared/ui/choice';
import { Dialog } from '@/shared/ui/dialog';
import { Section } from '@/shared/ui/section';
import { Empty, ErrorState, Loading, SkeletonText } from '@/shared/ui/states';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Mail as MailIcon } from 'lucide-react';

const states: { value: MailStatus | 'all'; label: string }[] = [{ value: 'all', label: 'All' }, { value: 'kept', label: 'Kept' }, { value: 'pending', label: 'Waiting' }, { value: 'sent', label: 'Sent' }, { value: 'failed', label: 'Failed' }, { value: 'withdrawn', label: 'Taken back' }];
const words: Record<MailStatus, [string, string]> = { kept: ['kept here', 'text-brass-ink'], pending: ['waiting', 'text-ink-2'], sent: ['sent', 'text-good'], failed: ['failed', 'text-bad'], withdrawn: ['taken back', 'text-ink-2'] };

/** The outbox: what was written to people. Without a mail server the mails stay here to be read. */
export function Mails({ status, open, onView }: { status: MailStatus | undefined; open: string | undefined; onView: (view: { status?: MailStatus | undefined; mail?: string | undefined }) => void }) {
  const list = useInfiniteQuery(mailsQuery(status));
  const items = list.data?.pages.flatMap((p) => p.items) ?? [];
  return (
    <Section title="Outbox" lead="What was written to people. Without a mail server nothing leaves: links are read here then.">
      <Segmented label="State" value={status ?? 'all'} onChange={(s) => onView({ status: s === 'all' ? undefined : s })} options={states} className="max-sm:-mr-4 max-sm:flex-nowrap max-sm:overflow-x-auto max-sm:pr-4 max-sm:scroll-none" />
      {list.isPending ? <Loading what="mails"><SkeletonText lines={6} /></Loading>
        : list.isError ? <ErrorState error={list.error} retry={() => void list.refetch()} compact />
          : items.length === 0 ? <Empty icon={MailIcon} title="No mails">Nothing was written{status ? ' that is in this state' : ' yet'}.</Empty>
            : (
              <ul className="divide-y border-t" aria-label="Mails">
                {items.map((m) => (
                  <li key={m.id} className="relative flex items-baseline gap-4 py-3 [contain-intrinsic-size:auto_4rem] [content-visibility:auto]">
                    <div className="min-w-0 grow">
                      <button type="button" className="block max-w-full truncate rounded-sm text-left after:absolute after:inset-0 hover:text-brass-ink" onClick={() => onView({ status, mail: m.id })}>{m.subject}</button>
                      <p className="flex flex-wrap gap-x-3 text-xs text-ink-3"><span>{m.to}</span><time dateTime={m.created_at} title={fullTime(m.created_at)}>{ago(m.created_at)}</time>{m.last_error && <span className={cn(m.status !== 'sent' && 'text-bad')}>{m.last_error}</span>}</p>
                    </div>
                    <span className={cn('shrink-0 text-xs', words[m.status][1])}>{words[m.status][0]}</span>
                  </li>
                ))}
              </ul>
            )}
      {list.hasNextPage && <div><Button variant="quiet" size="sm" busy={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>Show more</Button></div>}
      {open && <Read mail={open} onClose={() => onView({ status })} />}
    </Section>
  );
}

const url = /(https?:\/\/[^\s<>"]+)/;

function Read({ mail, onClose }: { mail: string; onClose: () => void }) {
  const found = useQuery(mailQuery(mail));
  return (
    <Dialog open onOpenChange={(o) => !o && onClose()} title={found.data?.subject ?? 'Mail'} description={found.data ? `To ${found.data.to}, ${fullTime(found.data.created_at)}` : ''} size="lg">
      {found.isPending ? <Loading what="the mail"><SkeletonText lines={6} /></Loading>
        : found.isError ? <ErrorState error={found.error} retry={() => void found.refetch()} compact />
          : found.data.text ? (
            // The words alone: a mail's HTML has no business in this page.
            <p className="font-serif text-lg break-words whitespace-pre-wrap">{found.data.text.split(url).map((part, i) => (i % 2 === 1 ? <a key={i} href={part} className="text-link underline underline-offset-4">{part}</a> : part))}</p>
          ) : <p className="text-ink-2">Its words are no longer kept: it was sent, or given up.</p>}
    </Dialog>
  );
}
