import { Recurring } from '@/features/publishing/recurring/recurring';
import { useNavigate, useSearch } from '@tanstack/react-router';

export function RecurringRoute() {
  const view = useSearch({ from: '/signed-in/$org/$brand/recurring' });
  const navigate = useNavigate({ from: '/$org/$brand/recurring' });
  return <Recurring view={view} onView={(search, replace) => void navigate({ to: '.', search, replace: replace ?? false, resetScroll: false })} />;
}
