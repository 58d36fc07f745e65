/** Letters have to contrast with what is behind them by so much: WCAG 2.2, 1.4.3. The server refuses less. */
export const readable = 4.5;
/** Bands and marks by so much, or they are hardly seen: WCAG 2.2, 1.4.11. Nobody refuses less. */
export const visible = 3;

/** `#1a2b3c` of what somebody wrote, also of `#abc` and `1A2B3C`; null where it is no colour. */
export function asColour(typed: string): string | null {
  const digits = /^#?([0-9a-f]{6}|[0-9a-f]{3})$/i.exec(typed.trim())?.[1]?.toLowerCase();
  if (!digits) return null;
  return `#${digits.length === 3 ? [...digits].map((d) => d + d).join('') : digits}`;
}

/** Relative luminance by WCAG 2.2. */
function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** Contrast of two colours by WCAG 2.2: 1 to 21; null where one of them is no colour. */
export function contrast(one: string, other: string): number | null {
  const [a, b] = [asColour(one), asColour(other)];
  if (!a || !b) return null;
  const [x, y] = [luminance(a), luminance(b)];
  return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05);
}

/** "4.5 : 1" on one line, rounded down: what is just below a limit must not look as if it reached it. */
export const sayRatio = (ratio: number) => `${(Math.floor(ratio * 10) / 10).toFixed(1)}\u00a0:\u00a01`;
