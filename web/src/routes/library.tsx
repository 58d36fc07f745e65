import { Library } from '@/features/library/library';
import { DraftMedia } from '@/features/media/draft-media';
import { Finish } from '@/features/publishing/finish/finish';
import { useNavigate, useSearch } from '@tanstack/react-router';

export function LibraryRoute() {
  const view = useSearch({ from: '/signed-in/$org/$brand/library' });
  const navigate = useNavigate({ from: '/$org/$brand/library' });
  return <Library view={view} onView={(search, replace) => void navigate({ to: '.', search, replace: replace ?? false, resetScroll: false })} finish={(post) => <Finish post={post} />} media={(post) => <DraftMedia post={post} />} />;
}
