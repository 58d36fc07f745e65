import { cn } from '@/shared/lib/cn';
import { Hint } from '@/shared/ui/hint';
import { ArrowDown, ArrowDownRight, ArrowRight, ArrowUp, ArrowUpRight, Timer, type LucideIcon } from 'lucide-react';
import type { TrendRange, TrendState } from '../api/contract';
import { capital, countdown, countdownWords, meanings, momentumWord, signed, stateLooks, type Direction } from './words';

const arrows: Record<Direction, LucideIcon> = { up: ArrowUp, 'rather-up': ArrowUpRight, level: ArrowRight, 'rather-down': ArrowDownRight, down: ArrowDown };
const colours: Record<Direction, string> = { up: 'text-good', 'rather-up': 'text-good', level: 'text-ink-2', 'rather-down': 'text-brass-ink', down: 'text-brass-ink' };

/** An arrow, a word and the number. */
export function Momentum({ value, className }: { value: number; className?: string }) {
  const { word, direction } = momentumWord(value);
  const Arrow = arrows[direction];
  return (
    <Hint text={meanings.momentum}>
      <span className={cn('inline-flex items-center gap-1 text-xs whitespace-nowrap', colours[direction], className)}>
        <Arrow className="size-3.5 shrink-0" strokeWidth={2.5} aria-hidden />
        <span className="font-semibold">{word}</span> <span className="text-ink-3 tabular-nums"><span className="sr-only">, momentum </span>{signed(value)}</span>
      </span>
    </Hint>
  );
}

/** A dot and a word. */
export function TrendStatus({ state }: { state: TrendState }) {
  const { label, dot, text } = stateLooks[state];
  return <span className={cn('inline-flex items-center gap-1.5 text-xs whitespace-nowrap', text)}><span aria-hidden className={cn('size-2 rounded-full', dot)} />{label}</span>;
}

/** When its peak comes. `now` moves on. */
export function Peak({ peak, state, now, whole }: { peak: TrendRange; state: TrendState; now: Date; whole?: boolean }) {
  const left = countdown(peak, now);
  // What loses pace has most likely had its peak, whatever was expected of it.
  if (state === 'declining') return <span className="inline-flex items-center gap-1 text-ink-2" title={meanings.peak}><Timer className="size-3.5 shrink-0" aria-hidden />Probably past its peak</span>;
  return (
    <span className={cn('inline-flex min-w-0 items-center gap-1', left.soon ? 'font-semibold text-brass-ink' : 'text-ink-2')} title={meanings.peak}>
      <Timer className="size-3.5 shrink-0" aria-hidden />
      <span>{whole ? countdownWords(left) : <>{capital(left.short)}{left.range && <span className="font-normal text-ink-3">, {left.range}</span>}</>}</span>
    </span>
  );
}
