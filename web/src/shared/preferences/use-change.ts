import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, take } from '../api/client';
import { noticePreferencesQuery } from '../api/queries';
import type { UpdateNoticePreferences } from '../api/types';
import { changePreferences } from '../lib/notice-preferences';

const mutationKey = ['notice-preferences'];

/** Changes what one is told of and how. It is shown at once, and put back where the server refuses. */
export function useChangePreferences() {
  const client = useQueryClient();
  const { queryKey } = noticePreferencesQuery;
  return useMutation({
    mutationKey,
    // One after the other, so that the last tick is what is kept.
    scope: { id: 'notice-preferences' },
    mutationFn: (body: UpdateNoticePreferences) => take(api.PATCH('/api/v1/me/notification-preferences', { body })),
    onMutate: async (change) => {
      await client.cancelQueries({ queryKey });
      client.setQueryData(queryKey, (old) => old && changePreferences(old, change));
    },
    onSuccess: (fresh) => {
      // Another tick is on its way, which this answer does not know yet.
      if (client.isMutating({ mutationKey }) === 1) client.setQueryData(queryKey, fresh);
    },
    onError: () => client.invalidateQueries({ queryKey }),
  });
}
