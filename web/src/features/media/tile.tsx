import { cn } from '@/shared/lib/cn';
import { Clapperboard, FileText, ImageOff } from 'lucide-react';
import { useState } from 'react';
import type { MediaKind } from './api';
import { kindNames, saySeconds } from './words';

interface Shown { kind: MediaKind; name: string; thumbnail_url?: string | null | undefined; seconds?: number | null | undefined; deleted?: boolean }

/** The small picture of a file, or what kind of file it is. Named by what stands beside it. */
export function Thumb({ media: m, className }: { media: Shown; className?: string }) {
  const [broken, setBroken] = useState(false);
  const picture = m.thumbnail_url && !broken && !m.deleted;
  const Icon = m.deleted || broken ? ImageOff : m.kind === 'document' ? FileText : Clapperboard;
  return (
    <span className={cn('relative flex items-center justify-center overflow-hidden bg-sunk text-ink-3', className)}>
      {picture ? <img src={m.thumbnail_url ?? ''} alt="" loading="lazy" decoding="async" onError={() => setBroken(true)} className="size-full object-cover" />
        : <span className="grid justify-items-center gap-1.5 p-2 text-center text-xs"><Icon className="size-6" strokeWidth={1.5} aria-hidden /></span>}
      {m.kind !== 'image' && <span className="absolute bottom-1.5 left-1.5 rounded-sm bg-ink/80 px-1.5 text-xs text-paper">{m.seconds ? saySeconds(m.seconds) : kindNames[m.kind]}</span>}
    </span>
  );
}
