import { Review } from '@/features/review/review';
import { useParams } from '@tanstack/react-router';

export function ReviewRoute() {
  const { token } = useParams({ from: '/review/$token' });
  return <Review key={token} token={token} />;
}
