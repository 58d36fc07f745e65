import { networksQuery } from '@/shared/api/queries';
import { useQuery } from '@tanstack/react-query';
import { useCallback } from 'react';

/** A network's name by its id. */
export function useNetworkName(): (id: string) => string {
  const { data } = useQuery(networksQuery);
  return useCallback((id: string) => data?.networks.find((n) => n.id === id)?.name ?? id.replaceAll('_', ' '), [data]);
}
