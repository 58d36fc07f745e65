import { useScope } from '@/shared/lib/use-scope';
import { useQuery } from '@tanstack/react-query';
import { Brain, CaseSensitive } from 'lucide-react';
import { embeddingsQuery } from '../api/trends';
import { searchWords } from '../words';

/** Whether what is searched is found by its meaning too; and why not, so that nobody wonders what is missing. */
export function SearchBy() {
  const { scope } = useScope();
  // Where it isn't known the results speak for themselves.
  const { data } = useQuery({ ...embeddingsQuery(scope), retry: false });
  if (!data) return null;
  const { by, why } = searchWords(data);
  const Icon = data.state === 'off' ? CaseSensitive : Brain;
  return (
    <p role="status" className="mt-2 flex items-start gap-2 text-xs text-ink-3">
      <Icon className="size-4 shrink-0 text-brass-ink" aria-hidden />
      <span><span className="text-ink-2">{by}.</span>{why && ` ${why}`}</span>
    </p>
  );
}
