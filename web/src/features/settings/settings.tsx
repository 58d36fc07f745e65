import { cn } from '@/shared/lib/cn';
import { inSight } from '@/shared/lib/in-sight';
import { useScope } from '@/shared/lib/use-scope';
import { useTitle } from '@/shared/lib/use-title';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';

export interface SettingsGroup { title: string; sections: { name: string; label: string }[] }

/** The frame of all settings: what is one's own, what is the organization's. */
export function SettingsFrame({ groups, section, children, roomy }: { groups: SettingsGroup[]; section: string; children: ReactNode; /** Two columns stand in it. */ roomy?: boolean }) {
  const { scope } = useScope();
  const label = groups.flatMap((g) => g.sections).find((s) => s.name === section)?.label ?? 'Settings';
  useTitle(`${label} settings`);
  return (
    <div className={cn('mx-auto w-full px-8 pt-14 pb-24 max-sm:px-4 max-sm:pt-6', roomy ? 'max-w-350' : 'max-w-290')}>
      <h1 className="font-serif text-3xl max-sm:text-2xl">Settings</h1>
      <div className="mt-8 grid gap-x-12 gap-y-6 md:grid-cols-[11rem_minmax(0,1fr)]">
        <nav aria-label="Settings" className="flex content-start max-md:relative max-md:-mx-4 max-md:overflow-x-auto max-md:px-4 max-md:scroll-none md:sticky md:top-8 md:grid md:gap-6 md:self-start">
          {groups.map((group) => (
            <div key={group.title} className="flex shrink-0 gap-0.5 max-md:not-first:border-l max-md:not-first:pl-1 md:grid">
              <h2 className="pb-1 text-xs text-ink-3 max-md:sr-only">{group.title}</h2>
              {group.sections.map(({ name, label: text }) => (
                <Link
                  key={name}
                  to="/$org/$brand/settings/$section"
                  params={{ ...scope, section: name }}
                  aria-current={name === section ? 'page' : undefined}
                  ref={name === section ? inSight : undefined}
                  className={cn('flex h-8 shrink-0 items-center rounded-md px-3 text-sm max-md:h-10 md:-ml-3', name === section ? 'bg-sunk font-semibold' : 'text-ink-2 hover:bg-sunk hover:text-ink')}
                >
                  {text}
                </Link>
              ))}
            </div>
          ))}
        </nav>
        <div className={cn('min-w-0', !roomy && 'max-w-200')}>{children}</div>
      </div>
    </div>
  );
}
