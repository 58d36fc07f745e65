import { keys } from '@/shared/api/queries';
import type { Organization } from '@/shared/api/types';
import { useMay } from '@/shared/lib/use-may';
import { useScope } from '@/shared/lib/use-scope';
import { PictureField } from '@/shared/ui/picture-field';
import { Avatar } from '@/shared/ui/status';
import { useQueryClient } from '@tanstack/react-query';

/** The organization's logo; a server that knows of none says nothing of it, and nothing is shown. */
export function Logo({ organization }: { organization: Organization & { logo_url?: string | null } }) {
  const { scope } = useScope();
  const client = useQueryClient();
  const may = useMay('organization.update');
  if (organization.logo_url === undefined) return null;
  return (
    <PictureField
      label="Logo of the organization"
      word="logo"
      path={`/api/v1/organizations/${scope.org}/logo`}
      has={Boolean(organization.logo_url)}
      may={may}
      shown={<Avatar name={organization.name} src={organization.logo_url} className="size-16 rounded-xl text-lg" />}
      refresh={() => Promise.all([client.invalidateQueries({ queryKey: keys.organization(scope.org) }), client.invalidateQueries({ queryKey: keys.me })])}
    >
      <p className="grid min-w-0 grow basis-40"><span className="truncate font-serif text-xl">{organization.name}</span><span className="text-xs text-ink-3">PNG, JPEG, WebP or GIF of at most 5 MB.</span></p>
    </PictureField>
  );
}
