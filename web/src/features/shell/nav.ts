import { createStore } from '@/shared/lib/store';
import { CalendarDays, Images, LibraryBig, ListOrdered, Newspaper, PenLine, Rss, Settings, Store, Sun, TrendingUp, type LucideIcon } from 'lucide-react';

export interface Place { to: '/$org/$brand/today' | '/$org/$brand/trends' | '/$org/$brand/reader' | '/$org/$brand/sources' | '/$org/$brand/studio' | '/$org/$brand/calendar' | '/$org/$brand/queue' | '/$org/$brand/library' | '/$org/$brand/media' | '/$org/$brand/brand' | '/$org/$brand/settings'; name: string; icon: LucideIcon; keys: string; /** Among the few at the foot of a phone's page; the others are behind “More”. */ foot?: boolean; /** Found within this other place: named in the palette, but not in the rail. */ within?: '/$org/$brand/trends' }
export const places: Place[] = [
  { to: '/$org/$brand/today', name: 'Today', icon: Sun, keys: 'g t', foot: true },
  { to: '/$org/$brand/trends', name: 'Trends', icon: TrendingUp, keys: 'g u' },
  { to: '/$org/$brand/reader', name: 'Reader', icon: Newspaper, keys: 'g r', within: '/$org/$brand/trends' },
  { to: '/$org/$brand/studio', name: 'Studio', icon: PenLine, keys: 'g s', foot: true },
  { to: '/$org/$brand/calendar', name: 'Calendar', icon: CalendarDays, keys: 'g c', foot: true },
  { to: '/$org/$brand/queue', name: 'Queue', icon: ListOrdered, keys: 'g q' },
  { to: '/$org/$brand/library', name: 'Library', icon: LibraryBig, keys: 'g l', foot: true },
  { to: '/$org/$brand/media', name: 'Media', icon: Images, keys: 'g m' },
  { to: '/$org/$brand/sources', name: 'Sources', icon: Rss, keys: 'g o', within: '/$org/$brand/trends' },
  { to: '/$org/$brand/brand', name: 'Brand', icon: Store, keys: 'g b' },
  { to: '/$org/$brand/settings', name: 'Settings', icon: Settings, keys: 'g e' },
];

/** The few that the rail names. */
export const rooms = places.filter((p) => !p.within);
/** Whether one stands in a place, or in one that is found within it. */
export function standsIn({ to }: Place, pathname: string, { org, brand }: { org: string; brand: string }): boolean {
  const at = (place: Place['to']) => {
    const path = place.replace('$org', org).replace('$brand', brand);
    return pathname === path || pathname.startsWith(`${path}/`);
  };
  return at(to) || places.some((p) => p.within === to && at(p.to));
}

/** Which sheet lies over the page. */
export const sheet = createStore<'palette' | 'shortcuts' | 'notices' | null>(null);
