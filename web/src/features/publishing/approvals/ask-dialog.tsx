import { api, take } from '@/shared/api/client';
import { membersQuery } from '@/shared/api/queries';
import { copyText } from '@/shared/lib/clipboard';
import { useMay } from '@/shared/lib/use-may';
import { useScope } from '@/shared/lib/use-scope';
import { Button } from '@/shared/ui/button';
import { Dialog } from '@/shared/ui/dialog';
import { TextField } from '@/shared/ui/field';
import { Fault } from '@/shared/ui/note';
import { Loading, SkeletonText } from '@/shared/ui/states';
import { Avatar } from '@/shared/ui/status';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Check, Copy, Link2 } from 'lucide-react';
import { useState } from 'react';
import { reviewsPath, rulesQuery } from './api';
import { NewLink } from './new-link';
import { approvers } from './words';

const ranks = ['member', 'manager', 'admin', 'owner'];

/** Whom to ask, by what the rules still want: those of the team by the draft's address, a client by a link. */
export function AskDialog({ post, title, missing, mayLink, onClose }: { post: string; title: string; missing: string | null; mayLink: boolean; onClose: () => void }) {
  const { scope, user } = useScope();
  const members = useQuery({ ...membersQuery(scope.org), staleTime: 60_000, retry: false });
  const { data: rules } = useQuery(rulesQuery(scope));
  const [linking, setLinking] = useState(false);
  const [copied, setCopied] = useState(false);
  const [words, setWords] = useState('');
  const [told, setTold] = useState<string[]>([]);
  const mayAsk = useMay('posts.write');
  const ask = useMutation({
    mutationFn: (user_id: string) => take(api.POST(`${reviewsPath}/ask`, { params: { path: { ...scope, post } }, body: { user_id, words: words.trim() } })),
    onSuccess: (_, user_id) => setTold((all) => [...all, user_id]),
  });
  if (linking) return <NewLink post={post} title={title} onClose={onClose} />;
  const least = missing && ranks.includes(missing) ? ranks.indexOf(missing) : 0;
  const able = members.data?.items.filter((m) => m.status === 'active' && m.permissions.includes('posts.review') && ranks.indexOf(m.role) >= least && m.user_id !== user.id) ?? [];
  const who = approvers.find((a) => a.value === missing)?.who;
  const address = `${window.location.origin}/${scope.org}/${scope.brand}/library?post=${post}`;
  const client = missing === 'client' || rules?.items.some((r) => r.approver === 'client');
  return (
    <Dialog open dirty={words.trim() !== '' && told.length === 0} onOpenChange={(open) => !open && onClose()} title="Ask for review" description={title}>
      <div className="grid gap-7">
        <section aria-label="The team" className="grid gap-3">
          <h3 className="text-sm font-semibold">{who && missing !== 'client' ? `By the rules, ${who}` : 'Somebody of the team'}</h3>
          {members.isPending ? <Loading what="the members"><SkeletonText lines={2} /></Loading>
            : able.length > 0 ? (
              <ul className="grid gap-2" aria-label="Who may review">
                {able.slice(0, 6).map((m) => (
                  <li key={m.user_id} className="flex items-center gap-2.5 text-sm">
                    <Avatar name={m.name} className="size-7" /><span className="min-w-0 grow truncate">{m.name}</span><span className="text-xs text-ink-3">{m.role}</span>
                    {mayAsk && (told.includes(m.user_id)
                      ? <span className="flex items-center gap-1 text-xs text-good"><Check className="size-3.5" aria-hidden /> Asked</span>
                      : <Button size="sm" busy={ask.isPending && ask.variables === m.user_id} disabled={ask.isPending} onClick={() => ask.mutate(m.user_id)}>Ask<span className="sr-only"> {m.name}</span></Button>)}
                  </li>
                ))}
                {able.length > 6 && <li className="text-xs text-ink-3">and {able.length - 6} more</li>}
              </ul>
            ) : <p className="text-sm text-ink-2">{members.isError ? 'Whoever may review sees it on their Today.' : 'Nobody else of the team may review this. Invite somebody, or send a client link.'}</p>}
          {mayAsk && able.length > 0 && <TextField label="What to look at" maxLength={1000} value={words} onChange={(e) => setWords(e.target.value)} hint="Goes with the notice that they get. May stay empty." />}
          <Fault error={ask.error} />
          <p className="text-sm text-ink-2">A draft that waits stands on their Today{mayAsk && able.length > 0 ? ', and whom you ask gets a notice' : ''}. Its address can be sent to anybody of the team.</p>
          <div><Button size="sm" onClick={() => void copyText(address).then(setCopied)}>{copied ? <><Check className="size-4" /> Copied</> : <><Copy className="size-4" /> Copy the draft’s address</>}</Button><span role="status" className="sr-only">{copied ? 'Copied' : ''}</span></div>
        </section>
        <section aria-label="A client" className="grid gap-3 border-t pt-6">
          <h3 className="text-sm font-semibold">{client ? 'The client, as the rules ask' : 'A client'}</h3>
          <p className="text-sm text-ink-2">They need no account: they open a link, read the post as it will look, and say what they think.</p>
          {mayLink ? <div><Button size="sm" variant={missing === 'client' ? 'primary' : 'line'} onClick={() => setLinking(true)}><Link2 className="size-4" /> Make a link</Button></div> : <p className="text-sm text-ink-3">Who may publish for this brand makes these links.</p>}
        </section>
      </div>
    </Dialog>
  );
}
