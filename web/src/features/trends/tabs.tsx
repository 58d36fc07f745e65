import { cn } from '@/shared/lib/cn';
import { useScope } from '@/shared/lib/use-scope';
import { Link } from '@tanstack/react-router';

const pages = [{ to: '/$org/$brand/trends', name: 'Trends' }, { to: '/$org/$brand/reader', name: 'Reader' }, { to: '/$org/$brand/sources', name: 'Sources' }] as const;

/** What rises, what is said, and who says it: three pages of one place. */
export function Tabs({ here, tight }: { here: (typeof pages)[number]['name']; tight?: boolean }) {
  const { scope } = useScope();
  return (
    <nav aria-label="What others say" className={cn('mb-5 flex gap-5 border-b max-sm:mb-4', tight && 'lg:mb-4')}>
      {pages.map(({ to, name }) => (
        <Link
          key={name}
          to={to}
          params={scope}
          aria-current={name === here ? 'page' : undefined}
          className={cn('-mb-px flex h-9 items-center border-b-2 text-sm transition-colors max-lg:h-11', name === here ? 'border-brass font-semibold' : 'border-transparent text-ink-2 hover:text-ink')}
        >
          {name}
        </Link>
      ))}
    </nav>
  );
}
