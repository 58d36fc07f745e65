import { useScope } from '@/shared/lib/use-scope';
import { useTitle } from '@/shared/lib/use-title';
import { Link } from '@tanstack/react-router';
import { Brands } from './brands';
import { Organization } from './organization';
import { Profile } from './profile';
import { Sessions } from './sessions';

export const sections = { profile: 'Profile', sessions: 'Sessions', organization: 'Organization', brands: 'Brands' } as const;
export type SectionName = keyof typeof sections;

export function Settings({ section }: { section: SectionName }) {
  const { scope } = useScope();
  useTitle(`${sections[section]} settings`);
  return (
    <div className="mx-auto w-full max-w-240 px-8 pt-14 pb-24 max-sm:px-4 max-sm:pt-6">
      <h1 className="font-serif text-3xl max-sm:text-2xl">Settings</h1>
      <div className="mt-8 grid gap-x-12 gap-y-8 md:grid-cols-[10rem_minmax(0,1fr)]">
        <nav aria-label="Settings" className="flex content-start gap-0.5 max-md:-mx-1 max-md:overflow-x-auto max-md:scroll-none md:grid">
          {(Object.keys(sections) as SectionName[]).map((name) => (
            <Link
              key={name}
              to="/$org/$brand/settings/$section"
              params={{ ...scope, section: name }}
              className="flex h-8 shrink-0 items-center rounded-md px-3 text-sm max-md:h-10 md:-ml-3"
              activeProps={{ className: 'bg-sunk font-semibold' }}
              inactiveProps={{ className: 'text-ink-2 hover:bg-sunk hover:text-ink' }}
            >
              {sections[name]}
            </Link>
          ))}
        </nav>
        <div className="min-w-0">
          {section === 'profile' && <Profile />}
          {section === 'sessions' && <Sessions />}
          {section === 'organization' && <Organization />}
          {section === 'brands' && <Brands />}
        </div>
      </div>
    </div>
  );
}
