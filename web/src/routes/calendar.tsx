import { Calendar } from '@/features/publishing/calendar/calendar';
import { useNavigate, useSearch } from '@tanstack/react-router';

export function CalendarRoute() {
  const view = useSearch({ from: '/signed-in/$org/$brand/calendar' });
  const navigate = useNavigate({ from: '/$org/$brand/calendar' });
  return <Calendar view={view} onView={(search, replace) => void navigate({ to: '.', search, replace: replace ?? false, resetScroll: false })} />;
}
