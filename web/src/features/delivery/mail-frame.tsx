import { useLayoutEffect, useMemo, useRef, useState } from 'react';
import { putOn, setAside } from './mail';

const widths = { phone: 375, desktop: 660 } as const;

/** A mail as it will look: so wide as a phone or a window, light or dark. Wider than there is room, it is drawn smaller. */
export function MailFrame({ html, width, look, title }: { html: string; width: keyof typeof widths; look: 'light' | 'dark'; title: string }) {
  const box = useRef<HTMLDivElement>(null);
  const frame = useRef<HTMLIFrameElement>(null);
  const [room, setRoom] = useState(0);
  const [height, setHeight] = useState(480);
  const document = useMemo(() => setAside(html), [html]);
  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    const watcher = new ResizeObserver(() => setRoom(element.clientWidth));
    watcher.observe(element);
    setRoom(element.clientWidth);
    return () => watcher.disconnect();
  }, []);
  const wide = widths[width];
  // A phone's mail fills what is there, down to the narrowest phones; a window's is scaled.
  const drawn = width === 'phone' && room > 0 ? Math.min(wide, room) : wide;
  const scale = room > 0 ? Math.min(1, room / drawn) : 1;
  const dress = () => {
    const inside = frame.current?.contentDocument;
    if (!inside?.body) return;
    putOn(inside, look);
    setHeight(Math.max(120, inside.body.scrollHeight));
  };
  const latest = useRef(dress);
  useLayoutEffect(() => {
    latest.current = dress;
    dress();
  }, [look, drawn]); // eslint-disable-line react-hooks/exhaustive-deps
  const onLoad = () => {
    latest.current();
    const inside = frame.current?.contentDocument;
    // Links lead into the app: in a page of their own, not in the frame.
    inside?.addEventListener('click', (event) => {
      const link = (event.target as Element | null)?.closest?.('a[href]');
      if (!link) return;
      event.preventDefault();
      window.open((link as HTMLAnchorElement).href, '_blank', 'noopener,noreferrer');
    });
    void inside?.fonts?.ready.then(() => latest.current());
  };
  return (
    <div className="max-h-[72dvh] overflow-y-auto rounded-md border scroll-thin" tabIndex={0} role="region" aria-label={title}>
      <div ref={box} className="w-full overflow-hidden" style={{ height: Math.ceil(height * scale) }}>
        <iframe
          ref={frame}
          title={title}
          // Same origin, so that it can be dressed; without scripts of its own, whatever it says.
          sandbox="allow-same-origin"
          srcDoc={document}
          onLoad={onLoad}
          tabIndex={-1}
          className="mx-auto block origin-top-left border-0"
          style={{ width: drawn, height, ...(scale < 1 && { transform: `scale(${scale})` }) }}
        />
      </div>
    </div>
  );
}
