import { buttonClass } from '@/shared/ui/button';
import { HintProvider } from '@/shared/ui/hint';
import { Wordmark } from '@/shared/ui/logo';
import { ErrorState } from '@/shared/ui/states';
import { Toaster } from '@/shared/ui/toaster';
import { Link, Outlet, type ErrorComponentProps } from '@tanstack/react-router';

export function Root() {
  return (
    <HintProvider delayDuration={400} skipDelayDuration={200}>
      <Outlet />
      <Toaster />
    </HintProvider>
  );
}

export function Missing() {
  return (
    <div className="mx-auto grid max-w-120 gap-4 px-6 py-24">
      <Wordmark />
      <h1 className="mt-6 font-serif text-2xl">Nothing lies here</h1>
      <p className="text-ink-2">This address leads nowhere, or to something that isn’t yours to see. If somebody sent you the link, ask them to invite you.</p>
      <div><Link to="/" className={buttonClass('primary', 'lg')}>Back to my desk</Link></div>
    </div>
  );
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
