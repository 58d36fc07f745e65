import { MediaLibrary, type MediaView } from '@/features/media/library';
import { useNavigate, useSearch } from '@tanstack/react-router';

/** Without what isn’t set, so that an address never says `?kind=`. */
const set = (view: MediaView): MediaView => Object.fromEntries(Object.entries(view).filter(([, value]) => value !== undefined));

export function MediaRoute() {
  const view = useSearch({ from: '/signed-in/$org/$brand/media' });
  const navigate = useNavigate({ from: '/$org/$brand/media' });
  return <MediaLibrary view={view} onView={(search, replace) => void navigate({ to: '.', search: set(search), replace: replace ?? false, resetScroll: false })} />;
}
