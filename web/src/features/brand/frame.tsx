import { cn } from '@/shared/lib/cn';
import { inSight } from '@/shared/lib/in-sight';
import { useScope } from '@/shared/lib/use-scope';
import { useTitle } from '@/shared/lib/use-title';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';

export interface BrandPage { name: string; label: string }

/** The frame of all that a brand knows of itself. */
export function BrandFrame({ pages, section, children }: { pages: BrandPage[]; section: string; children: ReactNode }) {
  const { scope } = useScope();
  useTitle(`${pages.find((p) => p.name === section)?.label ?? 'Profile'} of the brand`);
  return (
    <div className="mx-auto w-full max-w-290 px-8 pt-14 pb-24 max-sm:px-4 max-sm:pt-6">
      <h1 className="font-serif text-3xl max-sm:text-2xl">Brand</h1>
      <div className="mt-8 grid gap-x-12 gap-y-6 md:grid-cols-[11rem_minmax(0,1fr)] max-sm:mt-5">
        <nav aria-label="Brand" className="flex content-start gap-0.5 max-md:relative max-md:-mx-4 max-md:overflow-x-auto max-md:px-4 max-md:scroll-none md:sticky md:top-8 md:grid md:self-start">
          {pages.map(({ name, label }) => (
            <Link
              key={name}
              to="/$org/$brand/brand/$section"
              params={{ ...scope, section: name }}
              aria-current={name === section ? 'page' : undefined}
              ref={name === section ? inSight : undefined}
              className={cn('flex h-8 shrink-0 items-center rounded-md px-3 text-sm max-md:h-10 md:-ml-3', name === section ? 'bg-sunk font-semibold' : 'text-ink-2 hover:bg-sunk hover:text-ink')}
            >
              {label}
            </Link>
          ))}
        </nav>
        <div className="max-w-200 min-w-0">{children}</div>
      </div>
    </div>
  );
}
