import { cn } from '../lib/cn';
import { Hint } from '../ui/hint';
import type { Reason, Score } from './api';
import { capital, matchOf, matchWords, measure, scaleOf, sentence, twoDigits, type Match } from './words';

export const matchLook: Record<Match, { text: string; dot: string; fill: string }> = {
  yours: { text: 'text-good', dot: 'bg-good', fill: 'fill-good' },
  near: { text: 'text-brass-ink', dot: 'bg-brass', fill: 'fill-brass' },
  unsure: { text: 'text-ink-2', dot: 'bg-ink-3', fill: 'fill-ink-3' },
  off: { text: 'text-bad', dot: 'bg-bad', fill: 'fill-bad' },
};

/** The number, large, with its word and a line on which it stands. */
export function MatchNumber({ confidence, behind }: { confidence: number; behind?: boolean }) {
  const match = matchOf(confidence);
  return (
    <div aria-busy={behind} className="grid gap-2">
      <p className="flex items-baseline gap-3">
        <span className="font-serif text-3xl tabular-nums">{twoDigits(confidence)}</span>
        <span className={cn('font-semibold', matchLook[match].text)}>{matchWords[match]}</span>
      </p>
      <svg role="meter" aria-label="Voice match" aria-valuemin={0} aria-valuemax={1} aria-valuenow={Number(twoDigits(confidence))} viewBox="0 0 100 2" preserveAspectRatio="none" className="h-1 w-full overflow-hidden rounded-full">
        <rect width="100" height="2" className="fill-line" />
        <rect width={confidence * 100} height="2" className={matchLook[match].fill} />
      </svg>
    </div>
  );
}

/** Why a text sounds like its author or not: what to change first, then what fits. */
export function Reasons({ score, most = 5 }: { score: Score; most?: number }) {
  return (
    <div className="grid gap-5">
      {score.off.length > 0 && <List title="What to change" reasons={score.off.slice(0, most)} />}
      {score.fits.length > 0 && (
        <section className="grid gap-1.5">
          <h3 className="text-xs text-ink-3">What fits</h3>
          <p className="text-sm text-ink-2">{score.fits.slice(0, most).map((r) => capital(r.label)).join(' · ')}</p>
        </section>
      )}
      <p className="text-xs text-ink-3">
        {score.wording >= 0 ? 'The choice of small words and endings speaks for you.' : 'The choice of small words and endings speaks against you: say it as you would aloud.'}
        {score.model && <> Held against version {score.model.version} of your voice.</>}
      </p>
    </div>
  );
}

function List({ title, reasons }: { title: string; reasons: Reason[] }) {
  return (
    <section className="grid gap-2.5">
      <h3 className="text-xs text-ink-3">{title}</h3>
      <ul className="grid gap-3">
        {reasons.map((r) => (
          <li key={r.name} className="grid gap-1">
            <p className="text-sm font-semibold">{sentence(r.advice)}</p>
            <Hint text={`${capital(r.label)}: ${measure(r.value, r.unit)} here, you mostly ${measure(Math.max(0, r.usual - r.spread), r.unit)} to ${measure(r.usual + r.spread, r.unit)}`}>
              <div><Track reason={r} /></div>
            </Hint>
            <p className="text-xs text-ink-3">{capital(r.label)}: {measure(r.value, r.unit)} here, you usually {measure(r.usual, r.unit)}</p>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** The author's usual band, and where this text stands. */
function Track({ reason: { value, usual, spread } }: { reason: Reason }) {
  const at = scaleOf([value, usual + spread]);
  const from = at(usual - spread);
  return (
    <svg aria-hidden width="100%" height="10" className="block overflow-visible">
      <line x1="0" x2="100%" y1="5" y2="5" strokeWidth="1" className="stroke-line" />
      <rect x={`${from}%`} width={`${Math.max(1, at(usual + spread) - from)}%`} y="2" height="6" rx="3" className="fill-brass/40" />
      <circle cx={`${at(value)}%`} cy="5" r="4" className="fill-bad" />
    </svg>
  );
}
