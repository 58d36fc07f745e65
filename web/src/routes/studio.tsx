import { Studio } from '@/features/studio/studio';
import { useNavigate, useSearch } from '@tanstack/react-router';

const from = '/signed-in/$org/$brand/studio';

export function StudioRoute() {
  const filter = useSearch({ from });
  const navigate = useNavigate({ from: '/$org/$brand/studio' });
  return <Studio filter={filter} onFilter={(search) => void navigate({ to: '.', search, replace: true, resetScroll: false })} />;
}
