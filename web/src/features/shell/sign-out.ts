import { api } from '@/shared/api/client';
import { asProblem } from '@/shared/api/problem';
import { endPush, mine } from '@/shared/api/push';
import { forgetPerson } from '@/shared/lib/theme';
import { toast } from '@/shared/lib/toast';
import { useMutation } from '@tanstack/react-query';

export function useSignOut(): () => void {
  const { mutate } = useMutation({
    mutationFn: async () => {
      // What is this person's is not shown to whoever sits here next. That it can't be ended keeps nobody signed in.
      const here = mine();
      if (here) await endPush(here).catch(() => undefined);
      await api.POST('/api/v1/auth/sign-out');
    },
    // A full load: nothing of this person stays in memory.
    onSuccess: () => {
      forgetPerson();
      window.location.assign('/sign-in');
    },
    onError: (error) => toast('You are still signed in', { kind: 'error', detail: asProblem(error).message }),
  });
  return () => mutate();
}
