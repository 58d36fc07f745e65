import { meQuery } from '@/shared/api/queries';
import { useScope } from '@/shared/lib/use-scope';
import { Logo } from '@/shared/ui/logo';
import { Menu, MenuItem, MenuLabel, MenuLine, MenuRadio } from '@/shared/ui/menu';
import { useSuspenseQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { ChevronsUpDown, Plus } from 'lucide-react';
import { Fragment } from 'react';

/** Whose desk this is: the organization and the brand, and the way to another one. */
export function Switcher() {
  const { scope, organization, brand } = useScope();
  const { data: me } = useSuspenseQuery(meQuery);
  const navigate = useNavigate();
  const one = organization.name === brand.name;
  return (
    <Menu
      align="start"
      trigger={
        <button type="button" title={one ? brand.name : `${brand.name} · ${organization.name}`} aria-label={`Brand ${brand.name} of ${organization.name}: switch`} className="flex min-h-11 w-full max-w-64 items-center gap-2.5 rounded-md px-2 py-1 text-left hover:bg-sunk max-lg:gap-2 max-lg:px-1 max-lg:py-0">
          <Logo className="size-7 shrink-0" />
          <span className="min-w-0 grow">
            <span className="line-clamp-2 pb-px leading-4.5 font-semibold wrap-anywhere max-lg:text-sm max-lg:leading-4">{brand.name}</span>
            <span className="block truncate text-xs text-ink-3">{one ? (organization.demo ? 'Demo organization' : 'Bellwether') : organization.name}</span>
          </span>
          <ChevronsUpDown className="size-4 shrink-0 text-ink-3 max-lg:size-3.5" aria-hidden />
        </button>
      }
    >
      {me.organizations.map((o) => (
        <Fragment key={o.id}>
          <MenuLabel>{o.name}{o.demo && ' (demo)'}</MenuLabel>
          <MenuRadio
            value={`${scope.org}/${scope.brand}`}
            onChange={(value) => {
              const [org = '', slug = ''] = value.split('/');
              void navigate({ to: '/$org/$brand/today', params: { org, brand: slug } });
            }}
            options={o.brands.map((b) => ({ value: `${o.slug}/${b.slug}`, label: b.name }))}
          />
        </Fragment>
      ))}
      <MenuLine />
      <MenuItem icon={Plus} onSelect={() => void navigate({ to: '/$org/$brand/settings/$section', params: { ...scope, section: 'brands' } })}>New brand</MenuItem>
    </Menu>
  );
}
