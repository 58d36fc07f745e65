import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { Scope } from '../api/queries';
import { voiceQuery } from './api';

/** Beside drafts of a brand that has no voice: how it gets one. Said once, not on every draft. */
export function VoiceInvite({ scope }: { scope: Scope }) {
  const { data } = useQuery({ ...voiceQuery(scope), staleTime: 5 * 60_000, retry: false });
  if (!data || data.families.some((f) => f.active_model ?? f.training)) return null;
  return (
    <p className="border-t pt-5 text-xs text-ink-3">
      These drafts could sound like you. <Link to="/$org/$brand/brand/$section" params={{ ...scope, section: 'voice' }} className="text-ink-2 underline underline-offset-4 hover:text-brass-ink">Show a few things you wrote</Link>
    </p>
  );
}
