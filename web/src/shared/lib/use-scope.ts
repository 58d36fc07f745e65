import { useSuspenseQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { meQuery, type Scope } from '../api/queries';
import type { BrandRef, Me, OrganizationRef, User } from '../api/types';

interface Found { organization: OrganizationRef; brand: BrandRef }

/**
 * What was last known of each address. Whoever renames, hands over or leaves what they stand in learns of it a moment
 * before the router leads on, and the page that is still there must not fall over meanwhile.
 */
const known = new Map<string, Found>();

function find(me: Me, org: string | undefined, slug: string | undefined): Found | undefined {
  const address = `${me.user.id}/${org}/${slug}`;
  const organization = me.organizations.find((o) => o.slug === org);
  const brand = organization?.brands.find((b) => b.slug === slug);
  if (organization && brand) known.set(address, { organization, brand });
  return known.get(address);
}

/** The organization and brand of the URL, with what we know of them. Only below `/{org}/{brand}`. */
export function useScope(): { scope: Scope; user: User; organization: OrganizationRef; brand: BrandRef; author: { name: string; handle: string } } {
  const params = useParams({ strict: false });
  const { data: me } = useSuspenseQuery(meQuery);
  const found = find(me, params.org, params.brand);
  if (!found) throw new Error('No such brand in the URL; the route should have said so.');
  const { organization, brand } = found;
  return {
    scope: { org: organization.slug, brand: brand.slug }, user: me.user, organization, brand,
    author: { name: brand.name, handle: brand.slug.replaceAll('-', '_') },
  };
}
