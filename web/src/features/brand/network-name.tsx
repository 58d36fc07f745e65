import { networksQuery } from '@/shared/api/queries';
import { useQuery } from '@tanstack/react-query';

/** A network as people call it. */
export function NetworkName({ id }: { id: string }) {
  const { data } = useQuery(networksQuery);
  return <>{data?.networks.find((n) => n.id === id)?.name ?? id}</>;
}
