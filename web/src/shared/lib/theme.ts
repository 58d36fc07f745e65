import { createStore } from './store';

export type Theme = 'light' | 'dark' | 'system';
const key = 'bellwether.theme';
const systemDark = () => matchMedia('(prefers-color-scheme: dark)');

function read(): Theme {
  const saved = remembered(key);
  return saved === 'light' || saved === 'dark' ? saved : 'system';
}

export const themeStore = createStore<Theme>(read());

export function setTheme(theme: Theme): void {
  remember(key, theme);
  themeStore.set(theme);
  apply();
}

function apply(): void {
  const theme = themeStore.get();
  const dark = theme === 'dark' || (theme === 'system' && systemDark().matches);
  document.documentElement.dataset['theme'] = dark ? 'dark' : 'light';
  document.querySelector('meta[name="theme-color"]')?.setAttribute('content', dark ? '#181613' : '#faf8f4');
}

/** Follows the system while nothing else is chosen. */
export function followSystemTheme(): void {
  apply();
  systemDark().addEventListener('change', apply);
}

/** Small choices of this browser (theme, last brand, last targets). Storage may be forbidden; then they are forgotten. */
export function remembered(name: string): string | null {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}
export function remember(name: string, value: string): void {
  try {
    localStorage.setItem(name, value);
  } catch {
    // Forgotten on reload, which is all that is lost.
  }
}
export function forget(name: string): void {
  try {
    localStorage.removeItem(name);
  } catch {
    // It was never kept then.
  }
}
/** Forgets everything that one person left in this browser; the theme stays. */
export function forgetPerson(): void {
  try {
    for (const name of Object.keys(localStorage)) if (name.startsWith('bellwether.') && name !== key) localStorage.removeItem(name);
  } catch {
    // Nothing was kept.
  }
}
