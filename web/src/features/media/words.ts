import type { Fit, Media, MediaKind } from './api';

export const kindNames: Record<MediaKind, string> = { image: 'Picture', gif: 'GIF', video: 'Video', document: 'PDF' };
export const kinds: { value: MediaKind; label: string }[] = [{ value: 'image', label: 'Pictures' }, { value: 'gif', label: 'GIFs' }, { value: 'video', label: 'Videos' }, { value: 'document', label: 'PDFs' }];

/** Decimal units, as networks and the rules of the library count. */
export function sayBytes(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`;
  const [unit, by] = bytes < 999_500 ? ['kB', 1e3] as const : bytes < 999_500_000 ? ['MB', 1e6] as const : ['GB', 1e9] as const;
  const n = bytes / by;
  return `${n >= 10 || unit === 'kB' ? Math.round(n) : n.toFixed(1)} ${unit}`;
}
export const saySeconds = (seconds: number) => `${Math.floor(seconds / 60)}:${String(Math.round(seconds) % 60).padStart(2, '0')}`;

/** "Picture, 1200 × 800, 2.3 MB". */
export function facts(m: Pick<Media, 'kind' | 'bytes' | 'width' | 'height' | 'seconds'>): string {
  return [kindNames[m.kind], m.width && m.height ? `${m.width} × ${m.height}` : null, m.seconds ? saySeconds(m.seconds) : null, sayBytes(m.bytes)].filter(Boolean).join(', ');
}

/** Networks by what they say of a file: refused, changed for them, taken as it is. */
export function byVerdict(fits: Fit[]): { refused: Fit[]; changed: Fit[]; taken: Fit[] } {
  return {
    refused: fits.filter((f) => !f.fits),
    changed: fits.filter((f) => f.fits && f.findings.length > 0),
    taken: fits.filter((f) => f.fits && f.findings.length === 0),
  };
}

/** A folder by its last name and how deep it lies. */
export const folderName = (folder: string) => folder.split('/').at(-1) ?? folder;
export const folderDepth = (folder: string) => folder.split('/').length - 1;
export const cleanTag = (typed: string) => typed.trim().replace(/^#+/, '').toLowerCase();
