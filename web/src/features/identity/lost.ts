import { createStore } from '@/shared/lib/store';

/** Why a way back from another site ended before the desk; said on the sign-in page until somebody is signed in. */
export const lost = createStore<string | null>(null);

/** What to say to somebody who comes back from another site and whom nobody here knows any more. */
export function sayLost(code: string): { title: string; words: string } {
  switch (code) {
    case 'not_signed_in':
      return { title: 'You were not signed in when you came back', words: 'Nothing was connected. Sign in and connect the account again.' };
    case 'unknown_state':
      return { title: 'That consent could not be matched', words: 'It was begun too long ago, by somebody else, or used already. Nothing was connected: begin again under Brand, Connections.' };
    default:
      return { title: 'Coming back did not work', words: 'Nothing was changed. Try it again.' };
  }
}
