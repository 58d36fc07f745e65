import { cn } from '@/shared/lib/cn';
import { useEffect, useMemo, useState } from 'react';
import { layOut, type Font, type Measure, type Size, type Template, type Words } from './layout';

export interface Colours { background: string; ink: string; accent: string }

/** Our letters beside the server's (Inter, Source Serif 4), which are wider: enlarged, they take about the same room. */
const faces: Record<Font, { family: string; weight: number; scale: number }> = {
  plain: { family: '"Source Sans 3 Variable", sans-serif', weight: 400, scale: 1.12 },
  bold: { family: '"Source Sans 3 Variable", sans-serif', weight: 700, scale: 1.12 },
  serif: { family: '"Newsreader Variable", serif', weight: 600, scale: 1.06 },
};

const canvas = typeof document === 'undefined' ? null : document.createElement('canvas');
const measured: Measure = (font, text) => {
  const { family, weight, scale } = faces[font];
  const pen = canvas?.getContext('2d');
  if (!pen) return text.length * 0.55;
  pen.font = `${weight} 100px ${family}`;
  return (pen.measureText(text).width / 100) * scale;
};

/** Letters are measured anew once they have arrived. */
function useFonts(): number {
  const [at, setAt] = useState(0);
  useEffect(() => {
    let gone = false;
    void document.fonts?.ready.then(() => !gone && setAt(1));
    return () => {
      gone = true;
    };
  }, []);
  return at;
}

/** A card as it will about look. Its name is what stands on it. */
export function CardFace({ template, size, words, colours, logo, label, className }: { template: Template; size: Size; words: Words; colours: Colours; logo?: string | null | undefined; label?: string; className?: string }) {
  const fonts = useFonts();
  const { heading, text, author, source, page } = words;
  const [at, of] = page ?? [];
  const sketch = useMemo(
    () => layOut(template, size, { ...(heading && { heading }), ...(text && { text }), ...(author && { author }), ...(source && { source }), ...(at && of && { page: [at, of] as const }), logo: Boolean(logo) }, measured),
    // eslint-disable-next-line react-hooks/exhaustive-deps -- what is measured changes with the fonts
    [template, size, heading, text, author, source, at, of, logo, fonts],
  );
  const spoken = [heading, text, author, source].filter((t) => t?.trim()).join('. ');
  return (
    <svg role="img" aria-label={`${label ?? 'Sketch of the card'}: ${spoken || 'empty'}`} viewBox={`0 0 ${sketch.width} ${sketch.height}`} className={cn('block h-auto w-full rounded-lg border', className)}>
      <rect width={sketch.width} height={sketch.height} fill={colours.background} />
      {sketch.bars.map((b, i) => <rect key={i} {...b} fill={colours.accent} />)}
      {sketch.lines.map((l, i) => (
        <text key={i} x={l.x} y={l.y} fontFamily={faces[l.font].family} fontWeight={faces[l.font].weight} fontSize={l.size * faces[l.font].scale} fill={l.accent ? colours.accent : colours.ink} textAnchor={l.end ? 'end' : 'start'}>{l.text}</text>
      ))}
      {sketch.logo && logo && <image href={logo} {...sketch.logo} preserveAspectRatio="xMaxYMax meet" />}
    </svg>
  );
}

/** Whether a field is too long by the sketch's letters; the server has the last word. */
export function tooLong(template: Template, size: Size, words: Words): string | null {
  return layOut(template, size, words, measured).tooLong;
}
