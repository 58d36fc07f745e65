import type { VoiceSample } from '@/shared/voice/api';
import { capital, sentence, sourceWords } from '@/shared/voice/words';
import { fullTime } from '@/shared/lib/time';
import { Dialog } from '@/shared/ui/dialog';
import { Disclosure } from '@/shared/ui/disclosure';
import { NetworkName } from '../network-name';

/** One sample whole, why it is worth what it is, and what was measured of it. */
export function SampleDialog({ sample: s, onClose }: { sample: VoiceSample; onClose: () => void }) {
  const features = Object.entries(s.features);
  const facts: [string, React.ReactNode][] = [
    ['Quality', `${s.quality} of 100${s.rank == null ? '' : `, no. ${s.rank}`}`], ['From', <>{sourceWords[s.source]}{s.network && <> · <NetworkName id={s.network} /></>}</>],
    ['Written', fullTime(s.published_at ?? s.created_at)], ['Words', s.words.toLocaleString()], ...(s.language ? [['Language', language(s.language)] as [string, string]] : []), ['Weight', s.weight.toLocaleString()],
    ...Object.entries(s.engagement).map(([name, n]): [string, string] => [capital(name.replaceAll('_', ' ')), n.toLocaleString()]),
  ];
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title="Sample" size="lg">
      <div className="grid gap-6">
        <p className="font-serif text-lg whitespace-pre-wrap wrap-anywhere">{s.text}</p>
        {s.reasons.length > 0 && <ul className="grid gap-1 text-sm text-ink-2" aria-label="Why it is worth what it is">{s.reasons.map((r) => <li key={r}>{sentence(r)}</li>)}</ul>}
        <dl className="grid gap-x-8 gap-y-3 border-t pt-5 text-sm grid-cols-2 sm:grid-cols-3">
          {facts.map(([label, value]) => <div key={label}><dt className="text-xs text-ink-3">{label}</dt><dd>{value}</dd></div>)}
        </dl>
        {features.length > 0 && (
          <Disclosure label="What was measured">
            <dl className="mt-4 grid gap-x-8 gap-y-1 text-sm sm:grid-cols-2">
              {features.map(([name, value]) => <div key={name} className="flex justify-between gap-4 border-b py-1"><dt className="text-ink-2">{capital(name.replaceAll('_', ' '))}</dt><dd className="tabular-nums">{value.toLocaleString(undefined, { maximumFractionDigits: 2 })}</dd></div>)}
            </dl>
          </Disclosure>
        )}
      </div>
    </Dialog>
  );
}

function language(code: string): string {
  try {
    return new Intl.DisplayNames(undefined, { type: 'language' }).of(code) ?? code;
  } catch {
    return code;
  }
}
