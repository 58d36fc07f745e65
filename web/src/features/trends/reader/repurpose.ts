import { brandNetworks } from '@/shared/api/brand-networks';
import { api, take } from '@/shared/api/client';
import type { components } from '@/shared/api/schema.gen';
import { asProblem } from '@/shared/api/problem';
import { brandPath, brandQuery, keys, networksQuery } from '@/shared/api/queries';
import { targetsOf } from '@/shared/draft/targets';
import { toast } from '@/shared/lib/toast';
import { useMay } from '@/shared/lib/use-may';
import { useScope } from '@/shared/lib/use-scope';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { itemQuery } from '../api/queries';
import type { Item } from '../api/types';

type Input = components['schemas']['InputRequest'];
export interface Repurpose { may: boolean; /** The item that drafts are being asked for. */ busy: string | null; run: (item: Pick<Item, 'id' | 'url' | 'title'>) => void }

/** Drafts from an item by one key: for what was last written for, in the brand's tone. One stays where one reads. */
export function useRepurpose(): Repurpose {
  const { scope } = useScope();
  const client = useQueryClient();
  const navigate = useNavigate();
  const may = useMay('posts.write');
  const create = useMutation({
    mutationFn: async ({ id, url, title }: Pick<Item, 'id' | 'url' | 'title'>) => {
      const [{ networks }, brand, on] = await Promise.all([client.ensureQueryData(networksQuery), client.ensureQueryData(brandQuery(scope)), brandNetworks(client, scope)]);
      const write = (input: Input) => take(api.POST(`${brandPath}/generations`, { params: { path: scope }, body: { input, targets: targetsOf(scope, on, networks), tone: brand.default_tone } }));
      try {
        return { made: await write({ type: 'url', url }), page: true };
      } catch (error) {
        // a page that can't be read has still said something in its feed
        if (asProblem(error).at('input') === undefined) throw error;
        const { text } = await client.fetchQuery(itemQuery(scope, id));
        if (text.trim() === '') throw error;
        return { made: await write({ type: 'text', text, title }), page: false };
      }
    },
    onSuccess: ({ made, page }, { title }) => {
      client.setQueryData([...keys.generations(scope), 'one', made.id], made);
      for (const queryKey of [[...keys.generations(scope), 'list'], keys.today(scope), keys.organization(scope.org)]) void client.invalidateQueries({ queryKey });
      const n = made.targets.length;
      toast(made.cached ? 'These drafts were made before' : `Writing ${n === 1 ? '1 draft' : `${n} drafts`}`, {
        detail: page ? title : `${title}. Its page can’t be read: the drafts are of what the source says.`, action: { label: 'See them', keys: 'w', run: () => void navigate({ to: '/$org/$brand/studio/$generation', params: { ...scope, generation: made.id } }) },
      });
    },
    onError: (error) => toast('No drafts were made', { kind: 'error', detail: asProblem(error).at('input') ?? asProblem(error).message }),
  });
  return { may, busy: create.isPending ? create.variables.id : null, run: (item) => may && !create.isPending && create.mutate(item) };
}
