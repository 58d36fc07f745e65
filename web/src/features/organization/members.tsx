import { api, take } from '@/shared/api/client';
import { asProblem } from '@/shared/api/problem';
import { invitationsQuery, keys, memberListQuery, organizationPath, type MemberFilter } from '@/shared/api/queries';
import type { Invitation, Member } from '@/shared/api/types';
import { useDebounced } from '@/shared/draft/check';
import { copyText } from '@/shared/lib/clipboard';
import { ago, fullTime, shortDate } from '@/shared/lib/time';
import { toast } from '@/shared/lib/toast';
import { useMay } from '@/shared/lib/use-may';
import { useScope } from '@/shared/lib/use-scope';
import { Button, IconButton } from '@/shared/ui/button';
import { ConfirmDialog } from '@/shared/ui/confirm';
import { Dialog } from '@/shared/ui/dialog';
import { Menu, MenuItem, MenuLine } from '@/shared/ui/menu';
import { SearchInput } from '@/shared/ui/search-input';
import { Section } from '@/shared/ui/section';
import { Empty, ErrorState, Loading, SkeletonText } from '@/shared/ui/states';
import { Avatar } from '@/shared/ui/status';
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Ban, Ellipsis, Link2, Mail, RotateCcw, Send, ShieldCheck, Trash2, UserCheck, UserPlus } from 'lucide-react';
import { useEffect, useState } from 'react';
import { exceptions, PermissionMatrix, roleWords } from './grant';
import { InviteDialog, MemberDialog } from './member-dialogs';

export function Members({ filter, onFilter }: { filter: MemberFilter; onFilter: (filter: MemberFilter) => void }) {
  const { organization } = useScope();
  const may = useMay('members.manage');
  const [inviting, setInviting] = useState(false);
  const [matrix, setMatrix] = useState(false);
  return (
    <>
      <Section
        title="Members"
        lead={<>Who belongs to {organization.name}, and what they may. <button type="button" className="rounded-sm font-semibold text-brass-ink underline decoration-1 underline-offset-4" onClick={() => setMatrix(true)}>What each role may</button></>}
        action={may && <Button variant="primary" onClick={() => setInviting(true)}><UserPlus className="size-4" /> Invite</Button>}
      >
        <People filter={filter} onFilter={onFilter} />
      </Section>
      {may && <Invitations />}
      {inviting && <InviteDialog onClose={() => setInviting(false)} />}
      {matrix && <Dialog open onOpenChange={setMatrix} title="What each role may" description="Single permissions can be given or taken from anybody but an owner." size="lg"><PermissionMatrix /></Dialog>}
    </>
  );
}

function People({ filter, onFilter }: { filter: MemberFilter; onFilter: (filter: MemberFilter) => void }) {
  const { scope, user } = useScope();
  const client = useQueryClient();
  const may = useMay('members.manage');
  const [q, setQ] = useState(filter.q ?? '');
  const settled = useDebounced(q, 250);
  useEffect(() => {
    if ((filter.q ?? '') !== settled) onFilter({ ...filter, q: settled || undefined });
    // Only what is typed moves the address.
  }, [settled]); // eslint-disable-line react-hooks/exhaustive-deps
  const list = useInfiniteQuery(memberListQuery(scope.org, filter));
  const items = list.data?.pages.flatMap((p) => p.items) ?? [];
  const [open, setOpen] = useState<string | null>(null);
  const [leaving, setLeaving] = useState<Member | null>(null);
  const refresh = () => void client.invalidateQueries({ queryKey: [...keys.organization(scope.org), 'members'] });
  const suspend = useMutation({
    mutationFn: ({ member, on }: { member: Member; on: boolean }) => take(api.POST(on ? `${organizationPath}/members/{user}/suspend` : `${organizationPath}/members/{user}/resume`, { params: { path: { org: scope.org, user: member.user_id } } })),
    onSuccess: (_, { member, on }) => toast(on ? `${member.name} no longer gets in` : `${member.name} gets in again`, on ? { undo: () => suspend.mutate({ member, on: false }) } : {}),
    onError: (error) => toast('That did not work', { kind: 'error', detail: asProblem(error).message }),
    onSettled: refresh,
  });
  const remove = useMutation({
    mutationFn: (member: Member) => api.DELETE(`${organizationPath}/members/{user}`, { params: { path: { org: scope.org, user: member.user_id } } }),
    onSuccess: (_, member) => {
      setLeaving(null);
      toast(`${member.name} was removed`);
    },
    onSettled: refresh,
  });
  const edited = items.find((m) => m.user_id === open);
  return (
    <div className="grid gap-4">
      <SearchInput label="Search members" value={q} onChange={setQ} className="sm:max-w-80" />
      {list.isPending ? <Loading what="members"><SkeletonText lines={5} /></Loading>
        : list.isError ? <ErrorState error={list.error} retry={() => void list.refetch()} compact />
          : items.length === 0 ? <Empty title="Nobody fits" action={<Button size="sm" onClick={() => {
            setQ('');
            onFilter({});
          }}>Show everybody</Button>}>No member has that name or address.</Empty>
            : (
              <ul className="divide-y border-t" aria-label="Members">
                {items.map((m) => (
                  <li key={m.user_id} className="group/row relative flex items-center gap-3 py-3 [contain-intrinsic-size:auto_4rem] [content-visibility:auto]">
                    <Avatar name={m.name} />
                    <div className="min-w-0 grow">
                      <button type="button" className="block max-w-full truncate rounded-sm text-left after:absolute after:inset-0 hover:text-brass-ink" onClick={() => setOpen(m.user_id)}>
                        {m.name}{m.user_id === user.id && <span className="text-ink-3"> (you)</span>}
                      </button>
                      <p className="truncate text-xs text-ink-3">{m.email}</p>
                    </div>
                    <div className="text-right text-xs">
                      <p className="text-ink-2">{roleWords[m.role].label}{m.status === 'suspended' && <span className="ml-2 text-bad">suspended</span>}</p>
                      <p className="text-ink-3">{[m.brand_ids ? `${m.brand_ids.length} ${m.brand_ids.length === 1 ? 'brand' : 'brands'}` : '', exceptions({ added: m.permissions_added, removed: m.permissions_removed })].filter(Boolean).join(', ')}</p>
                    </div>
                    {may && m.user_id === user.id && <span aria-hidden className="size-8 shrink-0 max-lg:size-10" />}
                    {may && m.user_id !== user.id && (
                      <Menu trigger={<button type="button" aria-label={`More for ${m.name}`} className="relative inline-flex size-8 items-center justify-center rounded-md text-ink-2 hover:bg-sunk max-lg:size-10"><Ellipsis className="size-4.5" /></button>}>
                        <MenuItem icon={ShieldCheck} onSelect={() => setOpen(m.user_id)}>Role and permissions</MenuItem>
                        {m.status === 'suspended'
                          ? <MenuItem icon={UserCheck} onSelect={() => suspend.mutate({ member: m, on: false })}>Let in again</MenuItem>
                          : <MenuItem icon={Ban} onSelect={() => suspend.mutate({ member: m, on: true })}>Suspend</MenuItem>}
                        <MenuLine />
                        <MenuItem icon={Trash2} danger onSelect={() => setLeaving(m)}>Remove</MenuItem>
                      </Menu>
                    )}
                  </li>
                ))}
              </ul>
            )}
      {list.hasNextPage && <div><Button variant="quiet" size="sm" busy={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>Show more</Button></div>}
      {edited && <MemberDialog member={edited} onClose={() => setOpen(null)} />}
      {leaving && (
        <ConfirmDialog title={`Remove ${leaving.name}?`} action="Remove" busy={remove.isPending} error={remove.error} onConfirm={() => remove.mutate(leaving)} onClose={() => setLeaving(null)}>
          <p>They lose what they reach here at once, and API keys that they made stop. What they wrote stays.</p>
        </ConfirmDialog>
      )}
    </div>
  );
}

function Invitations() {
  const { scope } = useScope();
  const client = useQueryClient();
  const list = useQuery(invitationsQuery(scope.org));
  const key = invitationsQuery(scope.org).queryKey;
  const revoke = useMutation({
    mutationFn: (i: Invitation) => api.DELETE(`${organizationPath}/invitations/{invitation}`, { params: { path: { org: scope.org, invitation: i.id } } }),
    onMutate: async (i) => {
      await client.cancelQueries({ queryKey: key });
      const before = client.getQueryData(key);
      client.setQueryData(key, (old) => old && { ...old, items: old.items.filter((o) => o.id !== i.id) });
      return before;
    },
    onError: (error, _, before) => {
      client.setQueryData(key, before);
      toast('The invitation still stands', { kind: 'error', detail: asProblem(error).message });
    },
    onSuccess: () => toast('Invitation taken back'),
    onSettled: () => void client.invalidateQueries({ queryKey: key }),
  });
  const resend = useMutation({
    mutationFn: (i: Invitation) => take(api.POST(`${organizationPath}/invitations/{invitation}/resend`, { params: { path: { org: scope.org, invitation: i.id } } })),
    onSuccess: async (fresh) => {
      if (fresh.link) toast((await copyText(fresh.link)) ? 'A new link is copied' : 'There is a new link', { detail: 'The former one no longer works.' });
      else toast(`Sent again to ${fresh.email ?? 'them'}`, { detail: 'The former link no longer works.' });
    },
    onError: (error) => toast('It could not be sent', { kind: 'error', detail: asProblem(error).message }),
    onSettled: () => void client.invalidateQueries({ queryKey: key }),
  });
  const items = list.data?.items ?? [];
  if (list.isSuccess && items.length === 0) return null;
  return (
    <Section title="Invited" lead="Not here yet: they come in by their link, until it expires.">
      {list.isPending ? <Loading what="invitations"><SkeletonText lines={2} /></Loading>
        : list.isError ? <ErrorState error={list.error} retry={() => void list.refetch()} compact />
          : (
            <ul className="divide-y border-t" aria-label="Invitations">
              {items.map((i) => (
                <li key={i.id} className="flex items-center gap-3 py-3">
                  {i.email ? <Mail className="size-4 shrink-0 text-ink-3" aria-hidden /> : <Link2 className="size-4 shrink-0 text-ink-3" aria-hidden />}
                  <div className="min-w-0 grow">
                    <p className="truncate">{i.email ?? `A link for ${i.max_uses === 1 ? 'one person' : `${i.max_uses} people`}`}</p>
                    <p className="flex flex-wrap gap-x-3 text-xs text-ink-3">
                      <span>{roleWords[i.role].label}</span>
                      {!i.email && i.max_uses > 1 && <span>{i.uses} of {i.max_uses} used</span>}
                      <time dateTime={i.sent_at} title={fullTime(i.sent_at)}>sent {ago(i.sent_at)}{i.inviter_name && ` by ${i.inviter_name}`}</time>
                      <span>until {shortDate(i.expires_at)}</span>
                    </p>
                  </div>
                  <IconButton label={i.email ? `Send again to ${i.email}` : 'Make a new link'} onClick={() => resend.mutate(i)}>{i.email ? <Send /> : <RotateCcw />}</IconButton>
                  <IconButton label={`Take back the invitation of ${i.email ?? 'the link'}`} onClick={() => revoke.mutate(i)}><Trash2 /></IconButton>
                </li>
              ))}
            </ul>
          )}
    </Section>
  );
}
