import { permissionsQuery } from '@/shared/api/queries';
import type { BrandRef, Permission, Role } from '@/shared/api/types';
import { cn } from '@/shared/lib/cn';
import { Checkbox, Segmented } from '@/shared/ui/choice';
import { Disclosure } from '@/shared/ui/disclosure';
import { Loading, SkeletonText } from '@/shared/ui/states';
import { useQuery } from '@tanstack/react-query';
import { Check, Minus } from 'lucide-react';
import { Fragment, useId } from 'react';

export const ranks: Role[] = ['member', 'manager', 'admin', 'owner'];
export const roleWords: Record<Role, { label: string; about: string }> = {
  member: { label: 'Member', about: 'Writes, edits and reviews drafts.' },
  manager: { label: 'Manager', about: 'Also publishes, connects networks and looks after brands.' },
  admin: { label: 'Admin', about: 'Also invites people, changes settings, makes API keys.' },
  owner: { label: 'Owner', about: 'Everything, the bill and the end of it too.' },
};
export const areaWords: Record<string, string> = {
  posts: 'Drafts and posts', brand: 'Brand', connections: 'Networks', members: 'People', brands: 'Brands', organization: 'Organization', api_keys: 'API keys', billing: 'Billing', agency: 'Agencies', security: 'Security',
};

export interface Grant { role: Role; brands: string[] | null; added: Permission[]; removed: Permission[] }

/** What a role and the exceptions from it come to. */
export function effective(grant: Pick<Grant, 'role' | 'added' | 'removed'>, table: { permission: Permission; from_role: Role }[]): Set<Permission> {
  const rank = ranks.indexOf(grant.role);
  return new Set(table.filter((p) => (grant.added.includes(p.permission) || ranks.indexOf(p.from_role) <= rank) && !grant.removed.includes(p.permission)).map((p) => p.permission));
}

/** The same grant with one permission held or not: only what differs from the role is kept. */
export function withPermission(grant: Grant, permission: Permission, held: boolean, fromRole: Role): Grant {
  const byRole = ranks.indexOf(fromRole) <= ranks.indexOf(grant.role);
  const added = grant.added.filter((p) => p !== permission);
  const removed = grant.removed.filter((p) => p !== permission);
  if (held && !byRole) added.push(permission);
  if (!held && byRole) removed.push(permission);
  return { ...grant, added, removed };
}

/** Role, brands, and every single permission: what somebody shall be. Nobody gives what they don't hold. */
export function GrantEditor({ grant, onChange, brands, mine, myRole, readOnly }: { grant: Grant; onChange: (grant: Grant) => void; brands: BrandRef[]; mine: Permission[]; myRole: Role; readOnly?: boolean }) {
  const roles = ranks.filter((r) => ranks.indexOf(r) <= ranks.indexOf(myRole) && (r !== 'owner' || myRole === 'owner'));
  const chosen = roles.includes(grant.role) ? roles : [...roles, grant.role];
  return (
    <div className="grid gap-6">
      <div className="grid gap-1.5">
        <p className="text-sm font-semibold">Role</p>
        <Segmented label="Role" value={grant.role} onChange={(role) => !readOnly && onChange({ ...grant, role, brands: role === 'owner' ? null : grant.brands, added: [], removed: [] })} options={chosen.map((r) => ({ value: r, label: roleWords[r].label }))} />
        <p className="text-sm text-ink-2">{roleWords[grant.role].about}</p>
      </div>
      {brands.length > 1 && grant.role !== 'owner' && (
        <fieldset className="grid gap-2" disabled={readOnly}>
          <legend className="mb-1.5 text-sm font-semibold">Brands</legend>
          <label className="flex min-h-8 items-center gap-3 text-sm"><Checkbox label="The whole organization" checked={grant.brands === null} onChange={(on) => onChange({ ...grant, brands: on ? null : brands.slice(0, 1).map((b) => b.id) })} /> The whole organization</label>
          {grant.brands !== null && brands.map((b) => (
            <label key={b.id} className="flex min-h-8 items-center gap-3 pl-8 text-sm">
              <Checkbox label={b.name} checked={grant.brands?.includes(b.id) ?? false} onChange={(on) => onChange({ ...grant, brands: on ? [...(grant.brands ?? []), b.id] : (grant.brands ?? []).filter((id) => id !== b.id) })} /> {b.name}
            </label>
          ))}
        </fieldset>
      )}
      {grant.role !== 'owner' && (
        <Disclosure open={grant.added.length + grant.removed.length > 0} label={<>Single permissions{grant.added.length + grant.removed.length > 0 && <span className="ml-2 font-normal text-brass-ink">{exceptions(grant)}</span>}</>}>
          <div className="mt-3"><PermissionList held={(p, table) => effective(grant, table).has(p)} toggle={(p, on, from) => onChange(withPermission(grant, p, on, from))} mine={mine} readOnly={readOnly ?? false} marked={(p) => (grant.added.includes(p) ? 'added' : grant.removed.includes(p) ? 'removed' : null)} /></div>
        </Disclosure>
      )}
    </div>
  );
}

export function exceptions({ added, removed }: Pick<Grant, 'added' | 'removed'>): string {
  return [added.length > 0 && `${added.length} more`, removed.length > 0 && `${removed.length} fewer`].filter(Boolean).join(', ');
}

/** Every permission by area with a box. */
export function PermissionList({ held, toggle, mine, readOnly, marked, only }: {
  held: (permission: Permission, table: { permission: Permission; from_role: Role }[]) => boolean;
  toggle: (permission: Permission, on: boolean, from: Role) => void;
  mine: Permission[]; readOnly: boolean; marked?: (permission: Permission) => 'added' | 'removed' | null; only?: Permission[];
}) {
  const table = useQuery(permissionsQuery);
  const id = useId();
  if (!table.data) return <Loading what="permissions"><SkeletonText lines={6} /></Loading>;
  const items = table.data.items.filter((p) => !only || only.includes(p.permission));
  return (
    <div className="grid gap-4">
      {areas(items).map(([area, list]) => (
        <fieldset key={area} className="grid gap-0.5">
          <legend className="mb-1 text-xs text-ink-3">{areaWords[area] ?? area}</legend>
          {list.map((p) => {
            const on = held(p.permission, items);
            const may = mine.includes(p.permission);
            const mark = marked?.(p.permission);
            return (
              <div key={p.permission} className={cn('flex items-start gap-3 rounded-md py-1.5', !may && 'text-ink-3')}>
                {readOnly || (!may && !on)
                  ? <span className="flex size-5 shrink-0 items-center justify-center">{on ? <Check className="size-4 text-good" aria-label="yes" /> : <Minus className="size-4 text-ink-3" aria-label="no" />}</span>
                  : <Checkbox label={p.about} checked={on} onChange={(next) => toggle(p.permission, next, p.from_role)} />}
                <span className="min-w-0 grow text-sm" id={`${id}-${p.permission}`}>
                  {p.about}
                  {mark && <span className="ml-2 text-xs text-brass-ink">{mark === 'added' ? 'added' : 'taken away'}</span>}
                  {!may && !readOnly && <span className="ml-2 text-xs">not yours to give</span>}
                </span>
              </div>
            );
          })}
        </fieldset>
      ))}
    </div>
  );
}

export function areas<T extends { permission: Permission }>(items: T[]): [string, T[]][] {
  const found = new Map<string, T[]>();
  for (const item of items) {
    const area = item.permission.split('.')[0] ?? '';
    found.set(area, [...(found.get(area) ?? []), item]);
  }
  return [...found];
}

/** Which role may what, as one table. */
export function PermissionMatrix() {
  const table = useQuery(permissionsQuery);
  if (!table.data) return <Loading what="permissions"><SkeletonText lines={8} /></Loading>;
  return (
    <div className="overflow-x-auto scroll-thin" tabIndex={0} role="region" aria-label="Permissions of each role">
      <table className="w-full text-left text-sm sm:min-w-130">
        <thead>
          <tr className="border-b">
            <th scope="col" className="py-2 pr-4 font-semibold">Permission</th>
            {ranks.map((r) => <th key={r} scope="col" className="w-20 py-2 text-center font-semibold max-sm:w-auto max-sm:px-1 max-sm:text-xs">{roleWords[r].label}</th>)}
          </tr>
        </thead>
        <tbody>
          {areas(table.data.items).map(([area, list]) => (
            <Fragment key={area}>
              <tr><th scope="colgroup" colSpan={5} className="pt-4 pb-1 text-xs font-normal text-ink-3">{areaWords[area] ?? area}</th></tr>
              {list.map((p) => (
                <tr key={p.permission} className="border-b">
                  <th scope="row" className="py-2 pr-4 font-normal text-ink-2 max-sm:pr-1">{p.about}</th>
                  {ranks.map((r) => (
                    <td key={r} className="py-2 text-center">
                      {ranks.indexOf(r) >= ranks.indexOf(p.from_role) ? <Check className="mx-auto size-4 text-good" aria-label="yes" /> : <span className="text-ink-3" aria-label="no">–</span>}
                    </td>
                  ))}
                </tr>
              ))}
            </Fragment>
          ))}
        </tbody>
      </table>
    </div>
  );
}
