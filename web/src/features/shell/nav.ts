import { createStore } from '@/shared/lib/store';
import { LibraryBig, PenLine, Settings, Store, Sun, type LucideIcon } from 'lucide-react';

export interface Place { to: '/$org/$brand/today' | '/$org/$brand/studio' | '/$org/$brand/library' | '/$org/$brand/brand' | '/$org/$brand/settings'; name: string; icon: LucideIcon; keys: string }
export const places: Place[] = [
  { to: '/$org/$brand/today', name: 'Today', icon: Sun, keys: 'g t' },
  { to: '/$org/$brand/studio', name: 'Studio', icon: PenLine, keys: 'g s' },
  { to: '/$org/$brand/library', name: 'Library', icon: LibraryBig, keys: 'g l' },
  { to: '/$org/$brand/brand', name: 'Brand', icon: Store, keys: 'g b' },
  { to: '/$org/$brand/settings', name: 'Settings', icon: Settings, keys: 'g e' },
];

/** Which sheet lies over the page. */
export const sheet = createStore<'palette' | 'shortcuts' | null>(null);
