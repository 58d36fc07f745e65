import { Today } from '@/features/today/today';

export function TodayRoute() {
  return <Today />;
}
