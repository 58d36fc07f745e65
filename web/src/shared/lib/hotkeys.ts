import { useEffect, useLayoutEffect, useRef } from 'react';

export type Hotkeys = Record<string, (event: KeyboardEvent) => void>;

/** Is the person writing, choosing from a menu, or inside a dialog? Single letters belong to that then. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target.closest('[role="menu"],[role="listbox"],[role="dialog"],[role="alertdialog"]')) return true;
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement
    || (target instanceof HTMLInputElement && !['checkbox', 'radio', 'button'].includes(target.type));
}

/** A `g` that waits for its second key: until when, and the press that used it up. */
let prefix: { key: string; until: number; used: KeyboardEvent | null } | null = null;

/** The name of a key press: `a`, `?`, `mod+k`, `mod+enter`, or with a letter before it `g t`. */
export function keyName(event: KeyboardEvent): string {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key.toLowerCase();
  const mod = event.metaKey || event.ctrlKey;
  return mod ? `mod+${key}` : key;
}

/**
 * Keys of the screen that is up. Letters are ignored while somebody types or a dialog is open; chords with ⌘/Ctrl
 * are heard everywhere. `g` starts a two-key sequence.
 */
export function useHotkeys(keys: Hotkeys, enabled = true): void {
  const current = useRef(keys);
  // Before the browser paints: a key acts on what is in sight, not on what was a moment ago.
  useLayoutEffect(() => {
    current.current = keys;
  });
  useEffect(() => {
    if (!enabled) return;
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.altKey) return;
      const name = keyName(event);
      const chord = name.startsWith('mod+');
      if (!chord && (isTyping(event.target) || document.querySelector('[role="dialog"],[role="alertdialog"]'))) return;
      const sequence = prefix?.used === event ? `${prefix.key} ${name}` : null;
      const action = (sequence && current.current[sequence]) || (!sequence && current.current[name]);
      if (!action) return;
      event.preventDefault();
      action(event);
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [enabled]);
}

/** Remembers a `g` for the next key; mounted once. Hears each press before the listeners above do. */
export function listenForPrefix(): () => void {
  const onKey = (event: KeyboardEvent) => {
    if (isTyping(event.target) || event.metaKey || event.ctrlKey || event.altKey || event.key === 'Shift') return;
    if (prefix && prefix.used === null && prefix.until > Date.now()) prefix.used = event;
    else prefix = event.key === 'g' ? { key: 'g', until: Date.now() + 1200, used: null } : null;
  };
  window.addEventListener('keydown', onKey, true);
  return () => window.removeEventListener('keydown', onKey, true);
}

export const isMac = typeof navigator !== 'undefined' && /Mac|iPhone|iPad/.test(navigator.userAgent);
export const modKey = isMac ? '⌘' : 'Ctrl';
