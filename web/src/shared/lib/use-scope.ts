import { useSuspenseQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { meQuery, type Scope } from '../api/queries';
import type { BrandRef, OrganizationRef, User } from '../api/types';

/** The organization and brand of the URL, with what we know of them. Only below `/{org}/{brand}`. */
export function useScope(): { scope: Scope; user: User; organization: OrganizationRef; brand: BrandRef; author: { name: string; handle: string } } {
  const params = useParams({ strict: false });
  const { data: me } = useSuspenseQuery(meQuery);
  const organization = me.organizations.find((o) => o.slug === params.org);
  const brand = organization?.brands.find((b) => b.slug === params.brand);
  if (!organization || !brand) throw new Error('No such brand in the URL; the route should have said so.');
  return {
    scope: { org: organization.slug, brand: brand.slug }, user: me.user, organization, brand,
    author: { name: brand.name, handle: brand.slug.replaceAll('-', '_') },
  };
}
