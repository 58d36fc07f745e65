/**
 * A mail as a document for a frame. Our policy allows no inline styles, and a frame whose text is given inherits it: so they
 * are set aside here, and put on by script once the frame is there, which the policy allows. Nothing of a mail runs.
 */
export function setAside(html: string): string {
  return html
    .replace(/<script\b[\s\S]*?(<\/script\s*>|$)/gi, '')
    .replace(/<style\b[^>]*>([\s\S]*?)<\/style\s*>/gi, (_, css: string) => `<template data-css>${css.replaceAll('<', '&lt;')}</template>`)
    .replace(/(<[^<>]*?)\sstyle=(["'])/gi, '$1 data-style=$2');
}

/** `all` for the look that is shown, `not all` for the other one; the rest of a media query stays. */
export function decided(media: string, look: 'light' | 'dark'): string {
  const asked = /\(\s*prefers-color-scheme\s*:\s*(light|dark)\s*\)/i.exec(media)?.[1]?.toLowerCase();
  if (!asked) return media;
  if (asked !== look) return 'not all';
  const rest = media.replace(/\(\s*prefers-color-scheme\s*:\s*(light|dark)\s*\)/i, '').replace(/^\s*and\s+|\s+and\s*$/gi, '').replace(/\s+and\s+and\s+/gi, ' and ').trim();
  return rest === '' ? 'all' : rest;
}

/** Puts on what was set aside, with the light or dark look whatever the system has. */
export function putOn(document: Document, look: 'light' | 'dark'): void {
  for (const element of document.querySelectorAll<HTMLElement>('[data-style]')) element.style.cssText = element.dataset['style'] ?? '';
  const Sheet = (document.defaultView as (Window & typeof globalThis) | null)?.CSSStyleSheet;
  if (Sheet) {
    document.adoptedStyleSheets = [...document.querySelectorAll<HTMLTemplateElement>('template[data-css]')].map((template) => {
      const sheet = new Sheet();
      sheet.replaceSync(template.content.textContent ?? '');
      for (const rule of sheet.cssRules) {
        if ('media' in rule) {
          const { media } = rule as CSSMediaRule;
          media.mediaText = decided(media.mediaText, look);
        }
      }
      return sheet;
    });
  }
  document.documentElement.style.setProperty('color-scheme', look, 'important');
}
