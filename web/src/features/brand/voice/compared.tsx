import type { VoiceModel } from '@/shared/voice/api';

const hundredths = (area: number) => Math.min(100, Math.floor(area * 100 + 1e-6));

/**
 * How a version does against the one before it: both learned anew without some texts, and tried on these. It says nothing
 * of their own scores, which were each found on other texts.
 */
export function Compared({ model: { before_score: before, after_score: after } }: { model: Pick<VoiceModel, 'before_score' | 'after_score'> }) {
  if (before == null || after == null) return null;
  const [was, is] = [hundredths(before), hundredths(after)];
  return (
    <p className="text-sm text-ink-2">
      Against the version before, on the same held-out texts:{' '}
      <span className={is > was ? 'font-semibold whitespace-nowrap text-good' : is < was ? 'font-semibold whitespace-nowrap text-bad' : 'font-semibold whitespace-nowrap'}>
        <span aria-hidden className="tabular-nums">{was} → {is}</span>
        <span className="sr-only">{was} for the version before, {is} for this one</span>
      </span>
    </p>
  );
}

export const incomparable = 'Scores of versions that learned from different samples can’t be compared: each is tried on other texts.';
