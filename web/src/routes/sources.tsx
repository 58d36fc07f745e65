import { Sources } from '@/features/trends/sources/sources';
import { useNavigate, useSearch } from '@tanstack/react-router';

export function SourcesRoute() {
  const view = useSearch({ from: '/signed-in/$org/$brand/sources' });
  const navigate = useNavigate({ from: '/$org/$brand/sources' });
  return <Sources view={view} onView={(search, replace) => void navigate({ to: '.', search, replace: replace ?? false, resetScroll: false })} />;
}
