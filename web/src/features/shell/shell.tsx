import { streamStore, useEventStream } from '@/shared/api/events';
import { meQuery, todayQuery } from '@/shared/api/queries';
import { ReasonHost } from '@/shared/draft/reason';
import { guardUnsaved } from '@/shared/draft/sessions';
import { cn } from '@/shared/lib/cn';
import { listenForPrefix, useHotkeys } from '@/shared/lib/hotkeys';
import { useStore } from '@/shared/lib/store';
import { remember } from '@/shared/lib/theme';
import { actLast, undoLast } from '@/shared/lib/toast';
import { useScope } from '@/shared/lib/use-scope';
import { IconButton } from '@/shared/ui/button';
import { Kbd } from '@/shared/ui/kbd';
import { Menu, MenuItem } from '@/shared/ui/menu';
import { useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { Link, useLocation, useNavigate } from '@tanstack/react-router';
import { Ellipsis, Handshake, Keyboard, Plus, Search } from 'lucide-react';
import { lazy, Suspense, useEffect, useLayoutEffect, useRef, type ReactNode } from 'react';
import { Account } from './account';
import { Bell } from './bell';
import { places, rooms, sheet, standsIn } from './nav';
import { Switcher } from './switcher';

const Palette = lazy(() => import('./palette').then((m) => ({ default: m.Palette })));
const Shortcuts = lazy(() => import('./shortcuts').then((m) => ({ default: m.Shortcuts })));

/** `banner` is what is said on every page of the brand while it holds. */
export function Shell({ children, banner }: { children: ReactNode; banner?: ReactNode }) {
  const { scope, user } = useScope();
  const navigate = useNavigate();
  const open = useStore(sheet);
  useEventStream(scope, user.id);
  useEffect(listenForPrefix, []);
  useEffect(guardUnsaved, []);
  useEffect(() => remember('bellwether.brand', `${scope.org}/${scope.brand}`), [scope.org, scope.brand]);
  const go = (to: (typeof places)[number]['to']) => void navigate({ to, params: scope });
  useHotkeys({
    'g t': () => go('/$org/$brand/today'),
    'g u': () => go('/$org/$brand/trends'),
    'g r': () => go('/$org/$brand/reader'),
    'g o': () => go('/$org/$brand/sources'),
    'g s': () => go('/$org/$brand/studio'),
    'g c': () => go('/$org/$brand/calendar'),
    'g q': () => go('/$org/$brand/queue'),
    'g l': () => go('/$org/$brand/library'),
    'g m': () => go('/$org/$brand/media'),
    'g b': () => go('/$org/$brand/brand'),
    'g e': () => go('/$org/$brand/settings'),
    'g n': () => sheet.set('notices'),
    c: () => go('/$org/$brand/studio'),
    z: () => undoLast(),
    w: () => actLast(),
    'mod+k': () => sheet.set((s) => (s === 'palette' ? null : 'palette')),
    '?': () => sheet.set('shortcuts'),
  });
  return (
    <div className="lg:grid lg:grid-cols-[15rem_1fr]">
      <a href="#content" className="sr-only z-60 rounded-md bg-ink px-4 py-2 text-paper focus:not-sr-only focus:fixed focus:top-3 focus:left-3">Skip to content</a>
      <Rail />
      <TopBar />
      <main id="content" tabIndex={-1} className="min-w-0 outline-none max-lg:pb-20">
        <Above>
          {banner}
          <Acting />
        </Above>
        {children}
      </main>
      <BottomBar />
      <ReasonHost />
      <Suspense>
        {open === 'palette' && <Palette />}
        {open === 'shortcuts' && <Shortcuts />}
      </Suspense>
    </div>
  );
}

/** What is said above every page. Pages that are as high as the window are less high by it. */
function Above({ children }: { children: ReactNode }) {
  const box = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    const { style } = document.documentElement;
    const tell = () => style.setProperty('--above', `${element.offsetHeight}px`);
    tell();
    const watcher = new ResizeObserver(tell);
    watcher.observe(element);
    return () => {
      watcher.disconnect();
      style.removeProperty('--above');
    };
  }, []);
  return <div ref={box}>{children}</div>;
}

function Rail() {
  const { scope } = useScope();
  return (
    <aside className="sticky top-0 flex h-dvh flex-col gap-6 border-r px-3 pt-4 pb-3 max-lg:hidden">
      <Switcher />
      <Link to="/$org/$brand/studio" params={scope} className="flex h-9 items-center gap-3 rounded-md border border-line-strong bg-sheet px-3 text-sm font-semibold transition-colors hover:border-brass">
        <Plus className="size-4.5 text-brass-ink" aria-hidden /> <span className="grow">New drafts</span> <Kbd keys="c" />
      </Link>
      <nav aria-label="Main" className="grid gap-0.5">
        <Places />
      </nav>
      <div className="mt-auto grid gap-2">
        <StreamState />
        <button type="button" onClick={() => sheet.set('palette')} className="flex h-9 items-center gap-3 rounded-md px-3 text-sm text-ink-2 hover:bg-sunk hover:text-ink">
          <Search className="size-4" aria-hidden /> <span className="grow text-left">Search or do</span> <Kbd keys="mod+k" />
        </button>
        <div className="flex items-center gap-1 border-t pt-2">
          <div className="min-w-0 grow"><Account /></div>
          <Bell />
          <IconButton label="Shortcuts" keys="?" onClick={() => sheet.set('shortcuts')}><Keyboard /></IconButton>
        </div>
      </div>
    </aside>
  );
}

function Places() {
  const { scope } = useScope();
  const { data: today } = useQuery({ ...todayQuery(scope), staleTime: 30_000 });
  const { pathname } = useLocation();
  return rooms.map((place) => {
    const { to, name, icon: Icon } = place;
    const here = standsIn(place, pathname, scope);
    return (
      <Link
        key={to}
        to={to}
        params={scope}
        className={cn('flex h-9 items-center gap-3 rounded-md px-3 text-sm transition-colors', here ? 'bg-sunk font-semibold text-ink [&_svg]:text-brass-ink' : 'text-ink-2 hover:bg-sunk hover:text-ink')}
      >
        <Icon className="size-4.5" strokeWidth={1.75} aria-hidden />
        <span className="grow">{name}</span>
        {name === 'Library' && today && today.to_review > 0 && (
          <span className="text-xs font-normal text-ink-3 tabular-nums"><span className="sr-only">, </span>{today.to_review}<span className="sr-only"> to review</span></span>
        )}
      </Link>
    );
  });
}

function StreamState() {
  const state = useStore(streamStore);
  return <p role="status" className={cn('px-3 text-xs text-ink-3', state !== 'lost' && 'sr-only')}>{state === 'lost' ? 'Live updates paused; reconnecting…' : ''}</p>;
}

function TopBar() {
  return (
    <header className="sticky top-0 z-30 flex h-14 items-center gap-1 border-b bg-paper px-2 lg:hidden">
      <div className="min-w-0 grow"><Switcher /></div>
      <IconButton label="Search or do" onClick={() => sheet.set('palette')}><Search /></IconButton>
      <Bell compact />
      <Account compact />
    </header>
  );
}

function BottomBar() {
  const { scope } = useScope();
  return (
    <nav aria-label="Main" className="fixed inset-x-0 bottom-0 z-30 grid grid-cols-5 border-t bg-paper pb-[env(safe-area-inset-bottom)] lg:hidden">
      {places.filter((p) => p.foot).map(({ to, name, icon: Icon }) => (
        <Link
          key={to}
          to={to}
          params={scope}
          className="flex h-14 flex-col items-center justify-center gap-1 text-xs"
          activeProps={{ className: 'font-semibold text-ink [&_svg]:text-brass-ink' }}
          inactiveProps={{ className: 'text-ink-2' }}
        >
          <Icon className="size-5" strokeWidth={1.75} aria-hidden /> {name}
        </Link>
      ))}
      <More />
    </nav>
  );
}

/** The places that the foot of a phone's page has no room for. */
function More() {
  const { scope } = useScope();
  const navigate = useNavigate();
  const { pathname } = useLocation();
  const rest = rooms.filter((p) => !p.foot);
  const here = rest.some((p) => standsIn(p, pathname, scope));
  return (
    <Menu side="top" trigger={<button type="button" className={cn('flex h-14 flex-col items-center justify-center gap-1 text-xs', here ? 'font-semibold text-ink [&_svg]:text-brass-ink' : 'text-ink-2')}><Ellipsis className="size-5" strokeWidth={1.75} aria-hidden /> More</button>}>
      {rest.map((p) => <MenuItem key={p.to} icon={p.icon} onSelect={() => void navigate({ to: p.to, params: scope })}>{p.name}</MenuItem>)}
    </Menu>
  );
}

/** Whoever comes as an agency's sees so on every page: all they do is marked as the agency's. */
function Acting() {
  const { organization } = useScope();
  const { data: me } = useSuspenseQuery(meQuery);
  if (!organization.agency) return null;
  const home = me.organizations.find((o) => o.id === organization.agency?.id);
  return (
    <p role="status" className="flex flex-wrap items-center gap-x-3 border-b bg-brass-soft px-8 py-2 text-sm text-brass-ink max-sm:px-4">
      <Handshake className="size-4 shrink-0" aria-hidden />
      <span className="grow">You work for <strong>{organization.name}</strong> as {organization.agency.name}.</span>
      {home && <Link to="/$org" params={{ org: home.slug }} className="rounded-sm font-semibold underline decoration-1 underline-offset-4">Back to {home.name}</Link>}
    </p>
  );
}
