import { useTitle } from '@/shared/lib/use-title';
import { buttonClass } from '@/shared/ui/button';
import { Link } from '@tanstack/react-router';
import { CircleCheck } from 'lucide-react';
import { useEffect } from 'react';
import { AuthPage } from './auth-page';
import { tellSignedIn } from './signed-out';

/** Signed in for another tab, where typed words wait. */
export function SignedInAgain() {
  useTitle('Signed in');
  useEffect(tellSignedIn, []);
  return (
    <AuthPage title="You are signed in again" foot={<Link to="/" className={buttonClass('line')}>Go on in this tab instead</Link>}>
      <p className="flex gap-3 text-ink-2"><CircleCheck className="mt-0.5 size-5 shrink-0 text-good" aria-hidden /> <span>Close this tab and go on in the other one. What you typed is still there.</span></p>
    </AuthPage>
  );
}
