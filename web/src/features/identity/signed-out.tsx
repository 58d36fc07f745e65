import { api, take } from '@/shared/api/client';
import { asProblem } from '@/shared/api/problem';
import { keys } from '@/shared/api/queries';
import { sessionBegan, sessionLater, sessionStore } from '@/shared/api/signed-out';
import type { Me } from '@/shared/api/types';
import { useStore } from '@/shared/lib/store';
import { toast } from '@/shared/lib/toast';
import { Button, buttonClass } from '@/shared/ui/button';
import { Fault } from '@/shared/ui/note';
import { Question } from '@/shared/ui/question';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { ExternalLink } from 'lucide-react';
import { useEffect, useState } from 'react';

const channel = 'bellwether.session';
const place = `/sign-in?next=${encodeURIComponent('/sign-in/again')}`;

/** The tabs that wait for it need no press. */
export function tellSignedIn(): void {
  const line = new BroadcastChannel(channel);
  line.postMessage('signed in');
  line.close();
}

/** When a session has ended under somebody's hands, the page stays with all that is typed, and offers to sign in beside it. */
export function SignedOut() {
  return useStore(sessionStore).ended ? <Ask /> : null;
}

function Ask() {
  const client = useQueryClient();
  const [went, setWent] = useState(false);
  const [other, setOther] = useState<Me | null>(null);
  const look = useMutation({
    mutationFn: () => take(api.GET('/api/v1/me')),
    onSuccess: (me) => {
      const before = client.getQueryData<Me>(keys.me);
      if (before && before.user.id !== me.user.id) {
        setOther(me);
        return;
      }
      client.setQueryData(keys.me, me);
      sessionBegan();
      // What could not be had meanwhile; the rest stands as it is, and so does what is typed over it.
      void client.refetchQueries({ predicate: (query) => query.state.status === 'error' });
      toast('You are signed in again', { detail: 'What did not get through can be tried once more.' });
    },
  });
  const { mutate } = look;
  useEffect(() => {
    const back = () => document.visibilityState === 'visible' && mutate();
    const line = new BroadcastChannel(channel);
    line.onmessage = () => mutate();
    window.addEventListener('focus', back);
    document.addEventListener('visibilitychange', back);
    return () => {
      line.close();
      window.removeEventListener('focus', back);
      document.removeEventListener('visibilitychange', back);
    };
  }, [mutate]);
  if (other) {
    return (
      <Question
        title="Somebody else is signed in now"
        onDismiss={sessionLater}
        actions={<><Button onClick={sessionLater}>Stay here</Button><a data-first href="/" className={buttonClass('primary')}>Go to their desk</a></>}
      >
        <p>This browser is signed in as {other.user.email}. What you typed on this page is still here, but can’t be saved by them.</p>
      </Question>
    );
  }
  const fault = look.error ? asProblem(look.error) : null;
  const still = fault?.code === 'unauthenticated';
  return (
    <Question
      title="You were signed out"
      onDismiss={sessionLater}
      actions={
        <>
          <Button onClick={sessionLater}>Not now</Button>
          {went && <Button busy={look.isPending} onClick={() => mutate()}>I have signed in</Button>}
          <a data-first href={place} target="_blank" rel="noreferrer noopener" className={buttonClass(went ? 'line' : 'primary')} onClick={() => setWent(true)}><ExternalLink className="size-4" aria-hidden /> Sign in<span className="sr-only">, in a new tab</span></a>
        </>
      }
    >
      <p>Sign in again to go on. It opens in a new tab; this page stays as it is, with everything that you typed.</p>
      {went && <p role="status">{still && !look.isPending ? 'You are not signed in yet.' : 'Waiting for you to sign in over there.'}</p>}
      {!still && <Fault error={fault} />}
    </Question>
  );
}
