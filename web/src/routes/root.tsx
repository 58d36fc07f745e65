import { buttonClass } from '@/shared/ui/button';
import { SignedOut } from '@/features/identity/signed-out';
import { HintProvider } from '@/shared/ui/hint';
import { LeaveGuard } from '@/shared/ui/leave-guard';
import { Wordmark } from '@/shared/ui/logo';
import { ErrorState } from '@/shared/ui/states';
import { Toaster } from '@/shared/ui/toaster';
import { Link, Outlet, type ErrorComponentProps } from '@tanstack/react-router';

export function Root() {
  return (
    <HintProvider delayDuration={400} skipDelayDuration={200}>
      <Outlet />
      <Toaster />
      <LeaveGuard />
      <SignedOut />
    </HintProvider>
  );
}

const nothing = (
  <>
    <h1 className="font-serif text-2xl">Nothing lies here</h1>
    <p className="text-ink-2">This address leads nowhere, or to something that isn’t yours to see. If somebody sent you the link, ask them to invite you.</p>
    <div><Link to="/" className={buttonClass('primary', 'lg')}>Back to my desk</Link></div>
  </>
);

export function Missing() {
  return <div className="mx-auto grid max-w-120 gap-4 px-6 py-24"><Wordmark className="mb-6" />{nothing}</div>;
}

/** The same within the app's frame, where every page begins. */
export function MissingPage() {
  return <div className="mx-auto w-full max-w-290 px-8 pt-10 pb-24 max-sm:px-4 max-sm:pt-6"><div className="grid max-w-120 gap-4">{nothing}</div></div>;
}

export function Broken({ error, reset }: ErrorComponentProps) {
  return (
    <div className="mx-auto grid max-w-120 gap-4 px-6 py-24">
      <Wordmark />
      <ErrorState error={error} title="This page could not be shown" retry={() => {
        reset();
        window.location.reload();
      }} />
    </div>
  );
}
