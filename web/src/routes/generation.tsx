import { GenerationScreen } from '@/features/studio/generation';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';

const from = '/signed-in/$org/$brand/studio/$generation';

export function GenerationRoute() {
  const { generation } = useParams({ from });
  const { post } = useSearch({ from });
  const navigate = useNavigate({ from: '/$org/$brand/studio/$generation' });
  return (
    <GenerationScreen
      key={generation}
      id={generation}
      active={post}
      onActive={(next) => next !== post && void navigate({ to: '.', search: next ? { post: next } : {}, replace: true, resetScroll: false })}
    />
  );
}
