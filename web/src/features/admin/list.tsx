import { Button } from '@/shared/ui/button';
import { Empty, ErrorState, Loading, SkeletonText } from '@/shared/ui/states';
import type { InfiniteData, UseInfiniteQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';

/** A list of the admin area: waiting, failing, empty, full, and more of it. */
export function AdminList<T>({ list, what, empty, row }: { list: UseInfiniteQueryResult<InfiniteData<{ items: T[] }>>; what: string; empty: ReactNode; row: (item: T) => ReactNode }) {
  const items = list.data?.pages.flatMap((p) => p.items) ?? [];
  return (
    <>
      {list.isPending ? <Loading what={what}><SkeletonText lines={6} /></Loading>
        : list.isError ? <ErrorState error={list.error} retry={() => void list.refetch()} compact />
          : items.length === 0 ? <Empty title="Nothing here">{empty}</Empty>
            : <ul className="divide-y border-t" aria-label={what}>{items.map(row)}</ul>}
      {list.hasNextPage && <div><Button variant="quiet" size="sm" busy={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>Show more</Button></div>}
    </>
  );
}
