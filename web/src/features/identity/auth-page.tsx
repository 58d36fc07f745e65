import { Wordmark } from '@/shared/ui/logo';
import type { ReactNode } from 'react';

/** Links and quiet buttons below a form. */
export const quiet = 'w-fit rounded-sm text-sm font-semibold text-brass-ink underline decoration-1 underline-offset-4';

/** The quiet page before the desk: what this is at one side, the form at the other. */
export function AuthPage({ title, lead, children, foot, wide }: { title: string; lead?: ReactNode; children: ReactNode; foot?: ReactNode; wide?: boolean }) {
  return (
    <div className="grid min-h-dvh lg:grid-cols-[1fr_1.1fr]">
      <aside className="flex flex-col justify-between border-r bg-sunk p-12 max-lg:hidden">
        <Wordmark />
        <div className="max-w-110">
          <p className="font-serif text-3xl text-balance">Write it once. Say it well everywhere.</p>
          <p className="mt-4 text-base text-ink-2">Paste an article, drop a file or give a link. Bellwether drafts a fitting post for every network; you read, mend and approve.</p>
        </div>
        <p className="text-xs text-ink-3">Open source. Runs on a machine of your own.</p>
      </aside>
      <main className="flex flex-col px-6 py-12 max-sm:pt-16 sm:justify-center sm:px-12">
        <div className={`mx-auto grid w-full gap-8 ${wide ? 'max-w-130' : 'max-w-100'}`}>
          <div className="lg:hidden"><Wordmark /></div>
          <div>
            <h1 className="font-serif text-2xl">{title}</h1>
            {lead && <p className="mt-2 text-ink-2">{lead}</p>}
          </div>
          {children}
          {foot && <div className="text-sm text-ink-2">{foot}</div>}
        </div>
      </main>
    </div>
  );
}
