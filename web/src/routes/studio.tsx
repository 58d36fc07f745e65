import { Studio } from '@/features/studio/studio';
import { useNavigate, useSearch } from '@tanstack/react-router';

const from = '/signed-in/$org/$brand/studio';

export function StudioRoute() {
  const { at, ...filter } = useSearch({ from });
  const navigate = useNavigate({ from: '/$org/$brand/studio' });
  const go = (search: typeof filter, when: string | undefined) => void navigate({ to: '.', search: { ...search, ...(when && { at: when }) }, replace: true, resetScroll: false });
  return <Studio filter={filter} onFilter={(search) => go(search, at)} at={at} onAt={(when) => go(filter, when)} />;
}
