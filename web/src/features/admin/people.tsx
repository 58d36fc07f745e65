import { useDebounced } from '@/shared/draft/check';
import { ago, fullTime } from '@/shared/lib/time';
import { SearchInput } from '@/shared/ui/search-input';
import { Section } from '@/shared/ui/section';
import { Avatar } from '@/shared/ui/status';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { AdminList } from './list';
import { allOrganizationsQuery, peopleQuery } from './queries';

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
  const list = useInfiniteQuery(peopleQuery(q));
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
            <div className="min-w-0 grow"><p className="truncate">{p.name}{p.demo && <span className="ml-2 text-xs text-ink-3">demo</span>}{p.operator && <span className="ml-2 text-xs text-brass-ink">operator</span>}</p><p className="truncate text-xs text-ink-3">{p.email}</p></div>
            <div className="shrink-0 text-right text-xs text-ink-3">
              <p>{p.last_seen_at ? <>seen <time dateTime={p.last_seen_at} title={fullTime(p.last_seen_at)}>{ago(p.last_seen_at)}</time></> : 'not seen lately'}</p>
              <p>{p.organizations === 1 ? '1 organization' : `${p.organizations} organizations`}<span className="max-sm:hidden">, joined <time dateTime={p.created_at} title={fullTime(p.created_at)}>{ago(p.created_at)}</time></span></p>
            </div>
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
