import { ConfirmEmail, RestoreAccount, UndoEmail } from '@/features/identity/by-link';
import { FinishSignUp } from '@/features/identity/check-mail';
import { ForgotPassword, ResetPassword } from '@/features/identity/forgot';
import { SignedInAgain } from '@/features/identity/again';
import { AcceptInvitation } from '@/features/identity/invitation';
import { OneTimeLink } from '@/features/identity/link';
import { SecondStepPage } from '@/features/identity/second-page';
import { SignIn } from '@/features/identity/sign-in';
import { SignUp } from '@/features/identity/sign-up';
import { useNavigate, useSearch } from '@tanstack/react-router';

function useEnter() {
  const navigate = useNavigate();
  // Only paths of our own: a link must not send a person elsewhere after signing in.
  return (to?: string) => (to?.startsWith('/') && !to.startsWith('//') ? void navigate({ href: to, replace: true }) : void navigate({ to: '/', replace: true }));
}

export function SignInRoute() {
  const { next, deleted } = useSearch({ from: '/sign-in' });
  const enter = useEnter();
  return <SignIn next={next} deleted={deleted} onDone={() => enter(next)} />;
}
export function SignUpRoute() {
  const enter = useEnter();
  return <SignUp onDone={() => enter()} />;
}
export function FinishSignUpRoute() {
  const enter = useEnter();
  return <FinishSignUp onDone={() => enter()} />;
}
export function LinkRoute() {
  const enter = useEnter();
  return <OneTimeLink onDone={() => enter()} />;
}
export function SecondRoute() {
  const enter = useEnter();
  const navigate = useNavigate();
  return <SecondStepPage onDone={(_, to) => enter(to)} onMissing={() => void navigate({ to: '/sign-in' })} />;
}
export function InvitationRoute() {
  const enter = useEnter();
  return <AcceptInvitation onDone={(me, org) => enter(me.organizations.some((o) => o.slug === org) ? `/${org}` : undefined)} />;
}
export const AgainRoute = SignedInAgain;
export const ForgotRoute = ForgotPassword;
export const ResetRoute = ResetPassword;
export const ConfirmEmailRoute = ConfirmEmail;
export const UndoEmailRoute = UndoEmail;
export const RestoreAccountRoute = RestoreAccount;
