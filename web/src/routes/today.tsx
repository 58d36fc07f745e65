import { PublishingToday, YesterdayPanel } from '@/features/publishing/today';
import { Today } from '@/features/today/today';

export function TodayRoute() {
  return <Today first={<PublishingToday />} beside={<YesterdayPanel />} />;
}
