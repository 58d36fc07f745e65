import { Queue } from '@/features/publishing/queue/queue';
import { useNavigate, useSearch } from '@tanstack/react-router';

export function QueueRoute() {
  const view = useSearch({ from: '/signed-in/$org/$brand/queue' });
  const navigate = useNavigate({ from: '/$org/$brand/queue' });
  return <Queue view={view} onView={(search, replace) => void navigate({ to: '.', search, replace: replace ?? false, resetScroll: false })} />;
}
