import { composerOf } from '@/features/studio/composer-state';
import { Reader } from '@/features/trends/reader/reader';
import { toast } from '@/shared/lib/toast';
import { useScope } from '@/shared/lib/use-scope';
import { useNavigate, useSearch } from '@tanstack/react-router';

export function ReaderRoute() {
  const view = useSearch({ from: '/signed-in/$org/$brand/reader' });
  const navigate = useNavigate({ from: '/$org/$brand/reader' });
  const { scope } = useScope();
  const toStudio = ({ url }: { url: string }) => {
    const composer = composerOf(scope);
    const before = composer.get();
    composer.set((s) => ({ ...s, text: url, file: null, asText: false }));
    // What somebody was writing there is theirs.
    if (before.file || (before.text.trim() !== '' && before.text !== url)) toast('The link took the place of what stood in the Studio', { undo: () => composer.set(before) });
    void navigate({ to: '/$org/$brand/studio', params: scope });
  };
  return <Reader view={view} onView={(search, replace) => void navigate({ to: '.', search, replace: replace ?? false, resetScroll: false })} toStudio={toStudio} />;
}
