import { useMay } from '@/shared/lib/use-may';
import { useScope } from '@/shared/lib/use-scope';
import { useQuery } from '@tanstack/react-query';
import { useCallback } from 'react';
import { pausesQuery } from './api/queries';
import { repairOf, type Repair } from './repair';

/** What repairs a publication, for whoever may publish. */
export function useRepair(): (p: Parameters<typeof repairOf>[0]) => Repair | null {
  const { scope } = useScope();
  const may = useMay('posts.publish');
  const { data } = useQuery(pausesQuery(scope));
  const paused = (data?.items.length ?? 0) > 0;
  return useCallback((p) => (may ? repairOf(p, paused) : null), [may, paused]);
}
