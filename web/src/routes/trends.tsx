import { Trends } from '@/features/trends/trends/trends';
import { useNavigate, useSearch } from '@tanstack/react-router';

export function TrendsRoute() {
  const view = useSearch({ from: '/signed-in/$org/$brand/trends' });
  const navigate = useNavigate({ from: '/$org/$brand/trends' });
  return <Trends view={view} onView={(search, replace) => void navigate({ to: '.', search, replace: replace ?? false, resetScroll: false })} />;
}
