import { asProblem } from '@/shared/api/problem';
import { signOut } from '@/shared/api/push';
import { leaveSession } from '@/shared/api/signed-out';
import { forgetPerson } from '@/shared/lib/theme';
import { toast } from '@/shared/lib/toast';
import { useMutation } from '@tanstack/react-query';

export function useSignOut(): () => void {
  const { mutate } = useMutation({
    mutationFn: signOut,
    // A full load: nothing of this person stays in memory.
    onSuccess: () => {
      leaveSession();
      forgetPerson();
      window.location.assign('/sign-in');
    },
    onError: (error) => toast('You are still signed in', { kind: 'error', detail: asProblem(error).message }),
  });
  return () => mutate();
}
