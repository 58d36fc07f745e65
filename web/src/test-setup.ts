import { cleanup, configure } from '@testing-library/react';
import { afterEach } from 'vitest';

afterEach(cleanup);
// a second, the default, is little where much else runs; it is waited for by failing tests alone
configure({ asyncUtilTimeout: 20_000 });

// jsdom has no layout; what only moves pixels does nothing here.
Element.prototype.scrollIntoView = () => undefined;
window.matchMedia = (query) => Object.assign(new EventTarget(), { matches: false, media: query, onchange: null, addListener: () => undefined, removeListener: () => undefined }) as MediaQueryList;
class NoResize implements ResizeObserver {
  observe(): void {}
  unobserve(): void {}
  disconnect(): void {}
}
window.ResizeObserver = NoResize;
