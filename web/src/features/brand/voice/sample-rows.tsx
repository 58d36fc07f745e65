import type { VoiceSample } from '@/shared/voice/api';
import { sentence, sourceWords } from '@/shared/voice/words';
import { cn } from '@/shared/lib/cn';
import { ago, fullTime } from '@/shared/lib/time';
import { IconButton } from '@/shared/ui/button';
import { Checkbox } from '@/shared/ui/choice';
import { Hint } from '@/shared/ui/hint';
import { Meter } from '@/shared/ui/meter';
import { NetworkGlyph } from '@/shared/ui/network-glyph';
import { Trash2 } from 'lucide-react';
import { NetworkName } from '../network-name';

export interface RowActions { may: boolean; open: (id: string) => void; use: (sample: VoiceSample, used: boolean) => void; remove: (sample: VoiceSample) => void }
interface RowsProps { items: VoiceSample[]; actions: RowActions; busy: boolean }

const short = (text: string) => {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > 40 ? `${line.slice(0, 40)}…` : line;
};

/** All of them side by side, where there is room. */
export function SampleTable({ items, actions, busy }: RowsProps) {
  return (
    <table className="w-full table-fixed border-collapse text-left" aria-label="Samples" aria-busy={busy || undefined}>
      <thead className="text-xs text-ink-3">
        <tr className="border-b">
          <th className="py-2 pr-4 font-normal">Text</th>
          <th className="w-28 py-2 pr-4 font-normal">Quality</th>
          <th className="w-32 py-2 pr-4 font-normal">From</th>
          <th className="w-16 py-2 pr-4 text-right font-normal">Words</th>
          <th className="w-24 py-2 pr-4 text-right font-normal">Reactions</th>
          {actions.may && <th className="w-11 py-2 font-normal">Use</th>}
          {actions.may && <th className="w-9 py-2"><span className="sr-only">Delete</span></th>}
        </tr>
      </thead>
      <tbody>
        {items.map((s) => (
          <tr key={s.id} className={cn('border-b align-top', !s.used_for_training && 'text-ink-3')}>
            <td className="py-3 pr-4"><Text sample={s} open={() => actions.open(s.id)} /></td>
            <td className="py-3 pr-4"><Quality sample={s} /></td>
            <td className="py-3 pr-4"><From sample={s} /></td>
            <td className="py-3 pr-4 text-right text-sm tabular-nums">{s.words.toLocaleString()}</td>
            <td className="py-3 pr-4 text-right text-sm tabular-nums"><Engagement of={s.engagement} /></td>
            {actions.may && <td className="py-3"><Use sample={s} use={actions.use} /></td>}
            {actions.may && <td className="py-2"><IconButton label={`Delete “${short(s.text)}”`} onClick={() => actions.remove(s)}><Trash2 /></IconButton></td>}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** The same on a phone, one beneath the other. */
export function SampleCards({ items, actions, busy }: RowsProps) {
  return (
    <ul className="divide-y border-y" aria-label="Samples" aria-busy={busy || undefined}>
      {items.map((s) => (
        <li key={s.id} className={cn('grid gap-3 py-4', !s.used_for_training && 'text-ink-3')}>
          <div className="flex items-start gap-2">
            <div className="min-w-0 grow"><Text sample={s} open={() => actions.open(s.id)} /></div>
            {actions.may && <IconButton label={`Delete “${short(s.text)}”`} className="-mt-2 -mr-2" onClick={() => actions.remove(s)}><Trash2 /></IconButton>}
          </div>
          <div className="flex flex-wrap items-center gap-x-5 gap-y-2">
            <div className="w-24"><Quality sample={s} /></div>
            <From sample={s} />
            <span className="text-xs text-ink-3 tabular-nums">{s.words.toLocaleString()} words</span>
            {total(s.engagement) > 0 && <span className="text-xs text-ink-3"><Engagement of={s.engagement} /> reactions</span>}
            {actions.may && <span className="ml-auto flex items-center gap-2 text-xs"><Use sample={s} use={actions.use} />Use</span>}
          </div>
        </li>
      ))}
    </ul>
  );
}

function Text({ sample: s, open }: { sample: VoiceSample; open: () => void }) {
  return (
    <div className="grid gap-1">
      <button type="button" className="line-clamp-2 rounded-sm text-left font-serif text-base wrap-anywhere hover:text-brass-ink" onClick={open}>{s.text}</button>
      {s.reasons[0] && <p className="text-xs text-ink-3">{sentence(s.reasons[0])}</p>}
    </div>
  );
}

export function Quality({ sample: s }: { sample: VoiceSample }) {
  return (
    <Hint text={s.reasons.map(sentence).join(' ') || 'Nothing speaks against it.'}>
      <div className="grid gap-1.5 pt-0.5">
        <p className="flex items-baseline justify-between gap-2 text-sm tabular-nums">{s.quality}{s.rank != null && <span className="text-xs text-ink-3">no. {s.rank}</span>}</p>
        <Meter goal label="Quality" used={s.quality} limit={100} />
      </div>
    </Hint>
  );
}

function From({ sample: s }: { sample: VoiceSample }) {
  const when = s.published_at ?? s.created_at;
  return (
    <div className="grid gap-0.5 text-xs">
      {s.network ? <span className="flex items-center gap-1.5 text-ink-2"><NetworkGlyph network={s.network} className="size-3.5" /><NetworkName id={s.network} /></span> : <span className="text-ink-2">{sourceWords[s.source]}</span>}
      <span className="text-ink-3">{s.network && <>{sourceWords[s.source]}, </>}<time dateTime={when} title={fullTime(when)}>{ago(when)}</time></span>
    </div>
  );
}

export const total = (engagement: Record<string, number>) => Object.values(engagement).reduce((sum, n) => sum + n, 0);
function Engagement({ of }: { of: Record<string, number> }) {
  const parts = Object.entries(of).filter(([, n]) => n > 0);
  if (parts.length === 0) return <span className="text-ink-3"><span aria-hidden>–</span><span className="sr-only">none</span></span>;
  return <Hint text={parts.map(([name, n]) => `${n.toLocaleString()} ${name.replaceAll('_', ' ')}`).join(', ')}><span>{total(of).toLocaleString()}</span></Hint>;
}

function Use({ sample: s, use }: { sample: VoiceSample; use: RowActions['use'] }) {
  return <Checkbox label={`Learn from “${short(s.text)}”`} checked={s.used_for_training} onChange={(on) => use(s, on)} />;
}
