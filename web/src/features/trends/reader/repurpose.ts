import { api, take } from '@/shared/api/client';
import { asProblem } from '@/shared/api/problem';
import { brandPath, brandQuery, keys, networksQuery } from '@/shared/api/queries';
import { targetsOf } from '@/shared/draft/targets';
import { toast } from '@/shared/lib/toast';
import { useMay } from '@/shared/lib/use-may';
import { useScope } from '@/shared/lib/use-scope';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import type { Item } from '../api/types';

export interface Repurpose { may: boolean; /** The item that drafts are being asked for. */ busy: string | null; run: (item: Pick<Item, 'id' | 'url' | 'title'>) => void }

/** Drafts from an item by one key: for what was last written for, in the brand's tone. One stays where one reads. */
export function useRepurpose(): Repurpose {
  const { scope } = useScope();
  const client = useQueryClient();
  const navigate = useNavigate();
  const may = useMay('posts.write');
  const create = useMutation({
    mutationFn: async ({ url }: Pick<Item, 'id' | 'url' | 'title'>) => {
      const [{ networks }, brand] = await Promise.all([client.ensureQueryData(networksQuery), client.ensureQueryData(brandQuery(scope))]);
      return take(api.POST(`${brandPath}/generations`, { params: { path: scope }, body: { input: { type: 'url', url }, targets: targetsOf(scope, networks), tone: brand.default_tone } }));
    },
    onSuccess: (made, { title }) => {
      client.setQueryData([...keys.generations(scope), 'one', made.id], made);
      for (const queryKey of [[...keys.generations(scope), 'list'], keys.today(scope), keys.organization(scope.org)]) void client.invalidateQueries({ queryKey });
      const n = made.targets.length;
      toast(made.cached ? 'These drafts were made before' : `Writing ${n === 1 ? '1 draft' : `${n} drafts`}`, {
        detail: title, action: { label: 'See them', keys: 'w', run: () => void navigate({ to: '/$org/$brand/studio/$generation', params: { ...scope, generation: made.id } }) },
      });
    },
    onError: (error) => toast('No drafts were made', { kind: 'error', detail: asProblem(error).at('input') ?? asProblem(error).message }),
  });
  return { may, busy: create.isPending ? create.variables.id : null, run: (item) => may && !create.isPending && create.mutate(item) };
}
