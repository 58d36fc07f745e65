import { createStore } from '@/shared/lib/store';
import { CalendarDays, Images, LibraryBig, ListOrdered, Newspaper, PenLine, Rss, Settings, Store, Sun, type LucideIcon } from 'lucide-react';

export interface Place { to: '/$org/$brand/today' | '/$org/$brand/reader' | '/$org/$brand/sources' | '/$org/$brand/studio' | '/$org/$brand/calendar' | '/$org/$brand/queue' | '/$org/$brand/library' | '/$org/$brand/media' | '/$org/$brand/brand' | '/$org/$brand/settings'; name: string; icon: LucideIcon; keys: string; /** Among the few at the foot of a phone's page; the others are behind “More”. */ foot?: boolean }
export const places: Place[] = [
  { to: '/$org/$brand/today', name: 'Today', icon: Sun, keys: 'g t', foot: true },
  { to: '/$org/$brand/reader', name: 'Reader', icon: Newspaper, keys: 'g r' },
  { to: '/$org/$brand/studio', name: 'Studio', icon: PenLine, keys: 'g s', foot: true },
  { to: '/$org/$brand/calendar', name: 'Calendar', icon: CalendarDays, keys: 'g c', foot: true },
  { to: '/$org/$brand/queue', name: 'Queue', icon: ListOrdered, keys: 'g q' },
  { to: '/$org/$brand/library', name: 'Library', icon: LibraryBig, keys: 'g l', foot: true },
  { to: '/$org/$brand/media', name: 'Media', icon: Images, keys: 'g m' },
  { to: '/$org/$brand/sources', name: 'Sources', icon: Rss, keys: 'g o' },
  { to: '/$org/$brand/brand', name: 'Brand', icon: Store, keys: 'g b' },
  { to: '/$org/$brand/settings', name: 'Settings', icon: Settings, keys: 'g e' },
];

/** Which sheet lies over the page. */
export const sheet = createStore<'palette' | 'shortcuts' | 'notices' | null>(null);
