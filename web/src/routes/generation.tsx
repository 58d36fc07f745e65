import { DraftMedia } from '@/features/media/draft-media';
import { Finish } from '@/features/publishing/finish/finish';
import { GenerationScreen } from '@/features/studio/generation';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';

const from = '/signed-in/$org/$brand/studio/$generation';

export function GenerationRoute() {
  const { generation } = useParams({ from });
  const { post, at } = useSearch({ from });
  const navigate = useNavigate({ from: '/$org/$brand/studio/$generation' });
  return (
    <GenerationScreen
      key={generation}
      id={generation}
      active={post}
      onActive={(next) => next !== post && void navigate({ to: '.', search: { ...(next && { post: next }), ...(at && { at }) }, replace: true, resetScroll: false })}
      finish={(draft) => <Finish post={draft} at={at} />}
      media={(draft) => <DraftMedia post={draft} />}
    />
  );
}
