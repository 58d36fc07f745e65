import { WaitingForMe } from '@/features/publishing/approvals/waiting';
import { PublishingToday, YesterdayPanel } from '@/features/publishing/today';
import { Today } from '@/features/today/today';
import { TrendsToday } from '@/features/trends/today';

export function TodayRoute() {
  return <Today first={<><WaitingForMe /><PublishingToday /><TrendsToday /></>} beside={<YesterdayPanel />} />;
}
