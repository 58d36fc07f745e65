import { api } from '@/shared/api/client';
import { asProblem } from '@/shared/api/problem';
import { meQuery } from '@/shared/api/queries';
import { useDebounced } from '@/shared/draft/check';
import { ago, fullTime } from '@/shared/lib/time';
import { toast } from '@/shared/lib/toast';
import { Menu, MenuItem } from '@/shared/ui/menu';
import { SearchInput } from '@/shared/ui/search-input';
import { Section } from '@/shared/ui/section';
import { Avatar } from '@/shared/ui/status';
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Ban, Ellipsis, UserCheck } from 'lucide-react';
import { useEffect, useState } from 'react';
import { AdminList } from './list';
import { allOrganizationsQuery, peopleQuery, type Person } from './queries';

function useSearch(q: string, onQ: (q: string) => void): [string, (q: string) => void] {
  const [typed, setTyped] = useState(q);
  const settled = useDebounced(typed, 250);
  useEffect(() => {
    if (settled !== q) onQ(settled);
    // Only what is typed moves the address.
  }, [settled]); // eslint-disable-line react-hooks/exhaustive-deps
  return [typed, setTyped];
}

export function People({ q, onQ }: { q: string; onQ: (q: string) => void }) {
  const client = useQueryClient();
  const me = useQuery(meQuery);
  const list = useInfiniteQuery(peopleQuery(q));
  const suspend = useMutation({
    mutationFn: ({ person, on }: { person: Person; on: boolean }) => {
      const which = { params: { path: { user: person.id } } };
      return on ? api.POST('/api/v1/admin/users/{user}/suspend', which) : api.POST('/api/v1/admin/users/{user}/restore', which);
    },
    onSuccess: (_, { person, on }) => on
      ? toast(`${person.name} is kept out`, { detail: 'Signed out everywhere; their API keys rest.', undo: () => suspend.mutate({ person, on: false }) })
      : toast(`${person.name} may come in again`),
    onError: (error) => toast('That did not work', { kind: 'error', detail: asProblem(error).message }),
    onSettled: () => client.invalidateQueries({ queryKey: ['admin', 'people'] }),
  });
  const [typed, setTyped] = useSearch(q, onQ);
  return (
    <Section title="People" lead="Everybody with an account here.">
      <SearchInput label="Search people" value={typed} onChange={setTyped} className="sm:max-w-80" />
      <AdminList
        list={list}
        what="People"
        empty="Nobody has that name or address."
        row={(p) => (
          <li key={p.id} className="flex items-center gap-3 py-3">
            <Avatar name={p.name} />
            <div className="min-w-0 grow"><p className="truncate">{p.name}{p.demo && <span className="ml-2 text-xs text-ink-3">demo</span>}{p.operator && <span className="ml-2 text-xs text-brass-ink">operator</span>}{p.suspended_at && <span className="ml-2 text-xs text-bad">suspended</span>}</p><p className="truncate text-xs text-ink-3">{p.email}</p></div>
            <div className="shrink-0 text-right text-xs text-ink-3">
              <p>{p.last_seen_at ? <>seen <time dateTime={p.last_seen_at} title={fullTime(p.last_seen_at)}>{ago(p.last_seen_at)}</time></> : 'not seen lately'}</p>
              <p>{p.organizations === 1 ? '1 organization' : `${p.organizations} organizations`}<span className="max-sm:hidden">, joined <time dateTime={p.created_at} title={fullTime(p.created_at)}>{ago(p.created_at)}</time></span></p>
            </div>
            {p.id !== me.data?.user.id && (
              <Menu trigger={<button type="button" aria-label={`More for ${p.name}`} className="relative inline-flex size-8 shrink-0 items-center justify-center rounded-md text-ink-2 hover:bg-sunk max-lg:size-10"><Ellipsis className="size-4.5" /></button>}>
                {p.suspended_at
                  ? <MenuItem icon={UserCheck} onSelect={() => suspend.mutate({ person: p, on: false })}>Let in again</MenuItem>
                  : <MenuItem icon={Ban} onSelect={() => suspend.mutate({ person: p, on: true })}>Suspend</MenuItem>}
              </Menu>
            )}
          </li>
        )}
      />
    </Section>
  );
}

export function AllOrganizations({ q, onQ }: { q: string; onQ: (q: string) => void }) {
  const list = useInfiniteQuery(allOrganizationsQuery(q));
  const [typed, setTyped] = useSearch(q, onQ);
  return (
    <Section title="Organizations" lead="Who works here. Operators see that they are here, not what is in them.">
      <SearchInput label="Search organizations" value={typed} onChange={setTyped} className="sm:max-w-80" />
      <AdminList
        list={list}
        what="Organizations"
        empty="None has that name."
        row={(o) => (
          <li key={o.id} className="flex items-center gap-3 py-3">
            <Avatar name={o.name} />
            <div className="min-w-0 grow"><p className="truncate">{o.name}{o.demo && <span className="ml-2 text-xs text-ink-3">demo</span>}</p><p className="truncate text-xs text-ink-3">/{o.slug}</p></div>
            <time className="shrink-0 text-xs text-ink-3" dateTime={o.created_at} title={fullTime(o.created_at)}>made {ago(o.created_at)}</time>
          </li>
        )}
      />
    </Section>
  );
}
