import { keys } from '@/shared/api/queries';
import type { Me, PendingSignIn } from '@/shared/api/types';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { SecondStep } from './second-step';

/** The second step after a sign-in elsewhere; what it needs stands behind the `#` and leaves the history at once. */
export function SecondStepPage({ onDone, onMissing }: { onDone: (me: Me, to: string) => void; onMissing: () => void }) {
  const client = useQueryClient();
  const [given] = useState(() => {
    const found = new URLSearchParams(window.location.hash.slice(1));
    window.history.replaceState(window.history.state, '', window.location.pathname);
    return { token: found.get('token') ?? '', ways: (found.get('ways') ?? '').split(',').filter(Boolean) as PendingSignIn['ways'], to: found.get('to') ?? '/' };
  });
  const pending: PendingSignIn = { second_factor_needed: true, token: given.token, ways: given.ways, expires_at: '' };
  return (
    <SecondStep
      pending={pending}
      onBack={onMissing}
      onDone={(me) => {
        client.setQueryData(keys.me, me);
        onDone(me, given.to);
      }}
    />
  );
}
