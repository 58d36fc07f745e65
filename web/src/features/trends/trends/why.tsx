import { ago, fullTime, span } from '@/shared/lib/time';
import { useScope } from '@/shared/lib/use-scope';
import { Disclosure } from '@/shared/ui/disclosure';
import { Hint } from '@/shared/ui/hint';
import { Link } from '@tanstack/react-router';
import { CircleCheck, CircleSlash } from 'lucide-react';
import type { ReactNode } from 'react';
import type { TrendContribution, TrendDetail, TrendWhy, TrendWhyYou } from '../api/contract';
import { meanings, outcome, percent, plural, signed } from './words';

/** Sentences of the server, one below the other. */
function Sentences({ all }: { all: string[] }) {
  return <div className="grid max-w-prose gap-1.5 text-sm text-ink-2">{all.map((s) => <p key={s}>{s}</p>)}</div>;
}

/** A share as a bar, drawn within its row. */
function Share({ value, className = 'fill-brass' }: { value: number; className?: string }) {
  return <svg aria-hidden viewBox="0 0 100 4" preserveAspectRatio="none" className="h-1.5 w-full overflow-hidden rounded-full"><rect width="100" height="4" className="fill-line" /><rect width={Math.min(1, Math.max(0, value)) * 100} height="4" className={className} /></svg>;
}

export function WhyTrend({ why, keywords }: { why: TrendWhy; keywords: string[] }) {
  const { scope } = useScope();
  return (
    <div className="grid gap-4">
      <Sentences all={why.sentences} />
      {keywords.length > 0 && (
        <ul className="flex flex-wrap gap-1.5" aria-label="Its words">
          {keywords.map((k) => <li key={k}><Link to="/$org/$brand/reader" params={scope} search={{ q: k }} className="block rounded-lg bg-sunk px-3 py-1 text-sm text-ink-2 wrap-anywhere hover:text-ink">{k}</Link></li>)}
        </ul>
      )}
      <Disclosure label="The numbers behind it">
        <div className="mt-3 grid gap-6">
          <dl className="grid grid-cols-2 gap-x-6 gap-y-3 text-sm sm:grid-cols-3">
            <Amount name={`Seen in ${plural(why.window_hours, 'hour')}`}>{rounded(why.seen)}</Amount>
            <Amount name="Usual in that time">{rounded(why.usual)}</Amount>
            <Amount name="By chance, once in">{chance(why.surprise)}</Amount>
            <Amount name="Different wordings">{why.wordings.toLocaleString('en')}</Amount>
            <Amount name="From the busiest source">{percent(why.top_source)}</Amount>
          </dl>
          {why.phrases.length > 0 && (
            <Table caption="What its titles share" heads={['Phrase', 'Titles with it']}>
              {why.phrases.map((p) => <tr key={p.text} className="border-b"><th scope="row" className="py-2 pr-4 font-normal wrap-anywhere">{p.text}</th><td className="w-32 py-2 text-right tabular-nums"><span className="flex items-center gap-2"><Share value={p.share} /> <span className="grow whitespace-nowrap">{percent(p.share)}</span></span></td></tr>)}
            </Table>
          )}
          {why.contributions.length > 0 && (
            <Table caption="What raises and lowers the confidence" heads={['What', 'Effect']}>
              {why.contributions.map((c) => <Contribution key={c.what} contribution={c} most={Math.max(...why.contributions.map((all) => Math.abs(all.effect)), 0.01)} />)}
            </Table>
          )}
        </div>
      </Disclosure>
    </div>
  );
}

const rounded = (n: number) => (n >= 10 ? Math.round(n).toLocaleString('en') : (Math.round(n * 10) / 10).toLocaleString('en'));
/** The chance of it is one in ten to the power of `surprise`. */
const chance = (surprise: number) => (surprise > 9 ? 'more than a billion' : Math.max(1, Math.round(10 ** surprise)).toLocaleString('en', { maximumSignificantDigits: 2 }));

function Amount({ name, children }: { name: string; children: ReactNode }) {
  return <div className="flex flex-col-reverse"><dt className="text-xs text-ink-3">{name}</dt><dd className="font-semibold tabular-nums">{children}</dd></div>;
}

function Table({ caption, heads, children }: { caption: string; heads: string[]; children: ReactNode }) {
  return (
    <table className="w-full text-left text-sm">
      <caption className="pb-1 text-left text-sm font-semibold">{caption}</caption>
      <thead className="text-xs text-ink-3"><tr className="border-b">{heads.map((h, i) => <th key={h} scope="col" className={`py-1.5 font-normal ${i > 0 ? 'text-right' : ''}`}>{h}</th>)}</tr></thead>
      <tbody>{children}</tbody>
    </table>
  );
}

/** To the right it raised the confidence, to the left it lowered it. */
function Contribution({ contribution: { what, effect, words }, most }: { contribution: TrendContribution; most: number }) {
  const width = (Math.abs(effect) / most) * 50;
  return (
    <tr className="border-b">
      <th scope="row" className="py-2 pr-4 font-normal">{words || what.replaceAll('_', ' ')}</th>
      <td className="w-32 py-2">
        <Hint text={effect >= 0 ? 'Raises the confidence' : 'Lowers the confidence'}>
          <span className="flex items-center gap-2">
            <svg aria-hidden viewBox="0 0 100 6" preserveAspectRatio="none" className="h-2 min-w-0 grow"><line x1="50" x2="50" y1="0" y2="6" vectorEffect="non-scaling-stroke" className="stroke-line-strong" /><rect x={effect >= 0 ? 50 : 50 - width} width={width} height="6" className={effect >= 0 ? 'fill-brass' : 'fill-ink-3'} /></svg>
            <span className="w-11 text-right text-xs tabular-nums">{signed(effect)}</span>
          </span>
        </Hint>
      </td>
    </tr>
  );
}

export function WhyYou({ why, relevance }: { why: TrendWhyYou; relevance: number | null }) {
  const { scope } = useScope();
  return (
    <div className="grid gap-4">
      <Sentences all={why.sentences} />
      {relevance === null && (
        <p className="text-sm text-ink-2">
          There is nothing to compare it with yet. <Link to="/$org/$brand/brand/$section" params={{ ...scope, section: 'pillars' }} className="rounded-sm text-link underline underline-offset-4">Say what the brand writes about</Link>, and trends are ranked by it.
        </p>
      )}
      {why.pillars.length > 0 && (
        <ul className="grid max-w-110 gap-2" aria-label="Pillars">
          {why.pillars.map((p) => (
            <li key={p.id} className="grid grid-cols-[minmax(0,1fr)_6rem_3rem] items-center gap-3 text-sm">
              <Link to="/$org/$brand/brand/$section" params={{ ...scope, section: 'pillars' }} className="truncate rounded-sm underline-offset-4 hover:underline">{p.name}</Link>
              <Share value={p.share} />
              <span className="text-right text-xs text-ink-3 tabular-nums">{percent(p.share)}</span>
            </li>
          ))}
        </ul>
      )}
      {why.matched.length > 0 && <p className="text-sm text-ink-3">In your own words: {why.matched.map((w) => `“${w}”`).join(', ')}</p>}
    </div>
  );
}

export function Ends({ trend: { ends, state, last_item_at }, now }: { trend: TrendDetail; now: Date }) {
  const left = new Date(ends.over_at).getTime() - now.getTime();
  return (
    <div className="grid gap-3">
      <Sentences all={ends.sentences} />
      {state !== 'expired' && left > 0 && (
        <p className="text-sm text-ink-3">
          The last came <time dateTime={last_item_at} title={fullTime(last_item_at)}>{ago(last_item_at, now)}</time>; without another it is over in <time dateTime={ends.over_at} title={fullTime(ends.over_at)} className="font-semibold text-ink">{span(left)}</time>.
        </p>
      )}
    </div>
  );
}

/** What was said when it was found, and what came: so that nobody has to believe the next one blindly. */
export function Outcome({ trend: { predicted, evaluation } }: { trend: TrendDetail }) {
  const said = outcomeWords(predicted);
  const came = evaluation && outcome(evaluation);
  const marks: [string, string, boolean | null][] = [
    ['Peak', said.peak, evaluation?.peak_hit ?? null], ['Size', said.size, evaluation?.size_hit ?? null],
  ];
  return (
    <div className="grid gap-3 text-sm">
      <p className="text-xs text-ink-3">Predicted <time dateTime={predicted.made_at}>{fullTime(predicted.made_at)}</time></p>
      <dl className="grid gap-3">
        {marks.map(([name, words, hit]) => (
          <div key={name} className="grid gap-x-4 gap-y-0.5 sm:grid-cols-[4rem_minmax(0,1fr)]">
            <dt className="text-ink-3"><Hint text={name === 'Peak' ? meanings.peak : meanings.size}><span>{name}</span></Hint></dt>
            <dd className="text-ink-2">
              {words}
              {came && hit !== null && <span className={`mt-0.5 flex items-start gap-1.5 ${hit ? 'text-good' : 'text-bad'}`}>{hit ? <CircleCheck className="mt-0.5 size-4 shrink-0" aria-hidden /> : <CircleSlash className="mt-0.5 size-4 shrink-0" aria-hidden />}<span>{name === 'Peak' ? came.peak : came.size} {hit ? 'Within the range.' : 'Outside the range.'}</span></span>}
            </dd>
          </div>
        ))}
      </dl>
      {evaluation && <p className="text-ink-2">{evaluation.held ? 'It went on after it was found, so it was a trend.' : 'It hardly went on after it was found, so it may not have been a trend.'}</p>}
      {!evaluation && <p className="text-ink-3">Once it is over, this says how it turned out.</p>}
    </div>
  );
}

function outcomeWords({ peak, size }: TrendDetail['predicted']): { peak: string; size: string } {
  return {
    peak: `Most likely ${fullTime(peak.likely)}, between ${fullTime(peak.low)} and ${fullTime(peak.high)}.`,
    size: `${size.low.toLocaleString('en')} to ${plural(size.high, 'item')} in the end, most likely ${size.likely.toLocaleString('en')}.`,
  };
}
