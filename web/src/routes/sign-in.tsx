import { OneTimeLink } from '@/features/identity/link';
import { SignIn } from '@/features/identity/sign-in';
import { SignUp } from '@/features/identity/sign-up';
import { useNavigate, useSearch } from '@tanstack/react-router';

function useEnter() {
  const navigate = useNavigate();
  return () => void navigate({ to: '/', replace: true });
}

export function SignInRoute() {
  const { next } = useSearch({ from: '/sign-in' });
  const navigate = useNavigate();
  const enter = useEnter();
  // Only paths of our own: a link must not send a person elsewhere after signing in.
  return <SignIn onDone={() => (next?.startsWith('/') && !next.startsWith('//') ? void navigate({ href: next, replace: true }) : enter())} />;
}
export function SignUpRoute() {
  return <SignUp onDone={useEnter()} />;
}
export function LinkRoute() {
  return <OneTimeLink onDone={useEnter()} />;
}
