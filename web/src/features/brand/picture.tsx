import { brandQuery, keys } from '@/shared/api/queries';
import { useMay } from '@/shared/lib/use-may';
import { useScope } from '@/shared/lib/use-scope';
import { PictureField } from '@/shared/ui/picture-field';
import { Avatar } from '@/shared/ui/status';
import { useQuery, useQueryClient } from '@tanstack/react-query';

/** The brand's picture. */
export function Picture() {
  const { scope, brand } = useScope();
  const client = useQueryClient();
  const may = useMay('brand.update');
  const { data } = useQuery(brandQuery(scope));
  return (
    <PictureField
      label="Picture of the brand"
      word="picture"
      path={`/api/v1/organizations/${scope.org}/brands/${scope.brand}/picture`}
      has={Boolean(data?.avatar_url)}
      may={may}
      shown={<Avatar name={brand.name} src={data?.avatar_url} className="size-16 text-lg" />}
      refresh={() => client.invalidateQueries({ queryKey: keys.brand(scope) })}
    >
      <p className="min-w-0 grow basis-40 truncate font-serif text-xl">{brand.name}</p>
    </PictureField>
  );
}
