import { cn } from '@/shared/lib/cn';
import { inSight } from '@/shared/lib/in-sight';
import { useTitle } from '@/shared/lib/use-title';
import { buttonClass } from '@/shared/ui/button';
import { Wordmark } from '@/shared/ui/logo';
import { Link } from '@tanstack/react-router';
import { ArrowLeft } from 'lucide-react';
import type { ReactNode } from 'react';

const sections = [['applications', 'Applications'], ['waitlist', 'Waitlist'], ['demos', 'Demos'], ['people', 'People'], ['organizations', 'Organizations'], ['campaigns', 'Campaigns'], ['outbox', 'Outbox'], ['webhooks', 'Webhooks'], ['notifications', 'Notifications']] as const;

/** Where whoever runs the installation looks after it; no organization's rail, since it belongs to none. */
export function AdminFrame({ section, children }: { section: string; children: ReactNode }) {
  useTitle(`${sections.find(([name]) => name === section)?.[1] ?? 'Admin'}, admin`);
  return (
    <div className="min-h-dvh">
      <header className="flex h-14 items-center gap-4 border-b px-6 max-sm:px-4">
        <Wordmark />
        <span className="grow text-sm text-ink-3 max-sm:sr-only">Admin area</span>
        <Link to="/" className={buttonClass('quiet', 'sm', 'ml-auto')}><ArrowLeft className="size-4" aria-hidden /> My desk</Link>
      </header>
      <div className="mx-auto grid w-full max-w-250 gap-x-12 gap-y-6 px-8 pt-10 pb-24 max-sm:px-4 max-sm:pt-6 md:grid-cols-[11rem_minmax(0,1fr)]">
        <nav aria-label="Admin" className="flex content-start gap-0.5 max-md:-mx-4 max-md:overflow-x-auto max-md:px-4 max-md:scroll-none md:sticky md:top-8 md:grid md:self-start">
          {sections.map(([name, label]) => (
            <Link key={name} to="/admin/$section" params={{ section: name }} search={{}} ref={name === section ? inSight : undefined} aria-current={name === section ? 'page' : undefined} className={cn('flex h-8 shrink-0 items-center rounded-md px-3 text-sm max-md:h-10 md:-ml-3', name === section ? 'bg-sunk font-semibold' : 'text-ink-2 hover:bg-sunk hover:text-ink')}>{label}</Link>
          ))}
        </nav>
        <main className="min-w-0">
          <h1 className="sr-only">Admin area</h1>
          <div>{children}</div>
        </main>
      </div>
    </div>
  );
}
