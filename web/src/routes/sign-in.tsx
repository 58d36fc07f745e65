import { OneTimeLink } from '@/features/identity/link';
import { SignIn } from '@/features/identity/sign-in';
import { SignUp } from '@/features/identity/sign-up';
import { useNavigate, useSearch } from '@tanstack/react-router';

function useEnter() {
  const navigate = useNavigate();
  // Only paths of our own: a link must not send a person elsewhere after signing in.
  return (to?: string) => (to?.startsWith('/') && !to.startsWith('//') ? void navigate({ href: to, replace: true }) : void navigate({ to: '/', replace: true }));
}

export function SignInRoute() {
  const { next } = useSearch({ from: '/sign-in' });
  const enter = useEnter();
  return <SignIn onDone={() => enter(next)} />;
}
export function SignUpRoute() {
  const enter = useEnter();
  return <SignUp onDone={() => enter()} />;
}
export function LinkRoute() {
  const enter = useEnter();
  return <OneTimeLink onDone={() => enter()} />;
}
