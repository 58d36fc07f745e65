import { api } from '@/shared/api/client';
import { asProblem, problemOf } from '@/shared/api/problem';
import { brandPath, brandQuery, keys } from '@/shared/api/queries';
import { toast } from '@/shared/lib/toast';
import { useMay } from '@/shared/lib/use-may';
import { useScope } from '@/shared/lib/use-scope';
import { Button } from '@/shared/ui/button';
import { Fault } from '@/shared/ui/note';
import { Avatar } from '@/shared/ui/status';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useRef } from 'react';

/** The brand's picture. The server cuts it square and makes it small. */
export function Picture() {
  const { scope, brand } = useScope();
  const client = useQueryClient();
  const may = useMay('brand.update');
  const picker = useRef<HTMLInputElement>(null);
  const { data } = useQuery(brandQuery(scope));
  const refresh = () => client.invalidateQueries({ queryKey: keys.brand(scope) });
  const put = useMutation({
    mutationFn: async (file: File) => {
      // Bytes, which the typed client has no words for.
      const answer = await fetch(`/api/v1/organizations/${scope.org}/brands/${scope.brand}/picture`, { method: 'PUT', body: file, headers: { 'content-type': 'application/octet-stream' }, credentials: 'same-origin' });
      if (!answer.ok) throw await problemOf(answer);
    },
    onSuccess: () => toast('The picture is changed'),
    onSettled: refresh,
  });
  const remove = useMutation({
    mutationFn: () => api.DELETE(`${brandPath}/picture`, { params: { path: scope } }),
    onSuccess: () => toast('The picture is removed'),
    onError: (error) => toast('It could not be removed', { kind: 'error', detail: asProblem(error).message }),
    onSettled: refresh,
  });
  return (
    <div className="grid gap-3">
      <div className="flex flex-wrap items-center gap-4">
        <Avatar name={brand.name} src={data?.avatar_url} className="size-16 text-lg" />
        <p className="min-w-0 grow basis-40 truncate font-serif text-xl">{brand.name}</p>
        {may && (
          <div className="flex flex-wrap gap-2">
            <Button size="sm" busy={put.isPending} onClick={() => picker.current?.click()}>{data?.avatar_url ? 'Another picture' : 'Choose a picture'}</Button>
            {data?.avatar_url && <Button size="sm" variant="quiet" busy={remove.isPending} onClick={() => remove.mutate()}>Remove</Button>}
          </div>
        )}
        <input
          ref={picker}
          type="file"
          accept="image/png,image/jpeg,image/webp,image/gif"
          aria-label="Picture of the brand"
          tabIndex={-1}
          className="sr-only"
          onChange={(e) => {
            const file = e.target.files?.[0];
            if (file) put.mutate(file);
            e.target.value = '';
          }}
        />
      </div>
      <Fault error={put.error} />
    </div>
  );
}
