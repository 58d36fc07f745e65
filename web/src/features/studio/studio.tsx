import { generationsQuery, type GenerationFilter } from '@/shared/api/queries';
import { useScope } from '@/shared/lib/use-scope';
import { useTitle } from '@/shared/lib/use-title';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Compose } from './compose';
import { FirstTime, History } from './history';

export function Studio({ filter, onFilter, at, onAt }: { filter: GenerationFilter; onFilter: (filter: GenerationFilter) => void; at?: string | undefined; onAt: (at: string | undefined) => void }) {
  useTitle('Studio');
  const { scope } = useScope();
  const first = useInfiniteQuery(generationsQuery(scope, {}));
  return (
    <div className="mx-auto grid w-full max-w-208 gap-14 px-8 pt-14 pb-24 max-sm:gap-10 max-sm:px-4 max-sm:pt-6">
      <div className="grid gap-6">
        <h1 className="font-serif text-3xl max-sm:text-2xl">What have you got to say?</h1>
        <Compose at={at} onAt={onAt} />
      </div>
      {first.isSuccess && first.data.pages[0]?.items.length === 0 ? <FirstTime /> : <History filter={filter} onFilter={onFilter} />}
    </div>
  );
}
