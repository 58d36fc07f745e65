import type { Habit } from '@/shared/voice/api';
import { capital, measure, scaleOf } from '@/shared/voice/words';
import { Button } from '@/shared/ui/button';
import { Segmented } from '@/shared/ui/choice';
import { Hint } from '@/shared/ui/hint';
import { useState } from 'react';
import { grouped } from './habits';

const first = 8;

/** Rhythm and habits of an author against those of others: to be hovered, or read as a table. */
export function HabitCharts({ habits }: { habits: Habit[] }) {
  const [as, setAs] = useState<'chart' | 'table'>('chart');
  const groups = grouped(habits);
  return (
    <section aria-labelledby="habits" className="grid gap-6">
      <div className="flex flex-wrap items-center justify-between gap-x-6 gap-y-2">
        <h3 id="habits" className="font-serif text-xl">In numbers</h3>
        <Segmented<'chart' | 'table'> label="Show as" value={as} onChange={setAs} options={[{ value: 'chart', label: 'Chart' }, { value: 'table', label: 'Table' }]} />
      </div>
      {as === 'chart' && (
        <p className="flex flex-wrap gap-x-6 gap-y-1 text-xs text-ink-2" aria-hidden>
          <span className="flex items-center gap-2"><svg width="28" height="10"><rect width="28" height="6" y="2" rx="3" className="fill-brass/40" /><circle cx="14" cy="5" r="5" className="fill-brass" /></svg>You, and where you mostly are</span>
          <span className="flex items-center gap-2"><svg width="4" height="14"><rect width="2" height="14" x="1" className="fill-ink-2" /></svg>Others</span>
        </p>
      )}
      {([['Rhythm', groups.rhythm], ['Habits', groups.habits]] as const).filter(([, list]) => list.length > 0).map(([title, list]) => (
        <div key={title} className="grid gap-3">
          <h4 className="text-sm font-semibold">{title}</h4>
          {as === 'chart' ? <Chart title={title} habits={list} /> : <Table title={title} habits={list} />}
        </div>
      ))}
    </section>
  );
}

const said = (h: Habit) => `You ${measure(h.value, h.unit)}, mostly ${measure(Math.max(0, h.value - h.spread), h.unit)} to ${measure(h.value + h.spread, h.unit)}. Others ${measure(h.others, h.unit)}.`;

function Chart({ title, habits }: { title: string; habits: Habit[] }) {
  const [all, setAll] = useState(false);
  const shown = all ? habits : habits.slice(0, first);
  return (
    <div className="grid gap-2">
      <ul aria-label={`${title}, as a chart`} className="grid">
        {shown.map((h) => (
          <li key={h.name}>
            <Hint text={said(h)}>
              <div className="grid items-center gap-x-5 gap-y-1 rounded-md py-1.5 hover:bg-sunk sm:-mx-3 sm:grid-cols-[13rem_minmax(0,1fr)_7.5rem] sm:px-3">
                <span className="text-sm text-ink-2">{capital(h.label)}</span>
                <Track habit={h} />
                <span className="text-xs tabular-nums max-sm:-mt-0.5 sm:text-right"><span aria-hidden className="font-semibold">{measure(h.value, h.unit)}</span><span className="sr-only">{said(h)}</span></span>
              </div>
            </Hint>
          </li>
        ))}
      </ul>
      {habits.length > first && <div><Button variant="quiet" size="sm" className="-ml-3" onClick={() => setAll(!all)} aria-expanded={all}>{all ? 'Show fewer' : `Show all ${habits.length}`}</Button></div>}
    </div>
  );
}

function Track({ habit: { value, spread, others } }: { habit: Habit }) {
  const at = scaleOf([value + spread, others]);
  const from = at(value - spread);
  return (
    <svg aria-hidden width="100%" height="16" className="block overflow-visible">
      <line x1="0" x2="100%" y1="8" y2="8" strokeWidth="1" className="stroke-line" />
      <rect x={`${from}%`} width={`${Math.max(1, at(value + spread) - from)}%`} y="5" height="6" rx="3" className="fill-brass/40" />
      <line x1={`${at(others)}%`} x2={`${at(others)}%`} y1="1" y2="15" strokeWidth="2" className="stroke-ink-2" />
      <circle cx={`${at(value)}%`} cy="8" r="5" className="fill-brass stroke-paper" strokeWidth="1.5" />
    </svg>
  );
}

function Table({ title, habits }: { title: string; habits: Habit[] }) {
  return (
    <div className="overflow-x-auto scroll-thin" tabIndex={0} role="region" aria-label={`${title}, as a table`}>
      <table className="w-full text-left text-sm">
        <thead className="text-xs text-ink-3">
          <tr className="border-b"><th scope="col" className="py-2 pr-4 font-normal">Habit</th><th scope="col" className="py-2 pr-4 text-right font-normal">You</th><th scope="col" className="py-2 pr-4 text-right font-normal">Mostly</th><th scope="col" className="py-2 text-right font-normal">Others</th></tr>
        </thead>
        <tbody>
          {habits.map((h) => (
            <tr key={h.name} className="border-b">
              <th scope="row" className="py-2 pr-4 font-normal text-ink-2">{capital(h.label)}</th>
              <td className="py-2 pr-4 text-right whitespace-nowrap tabular-nums">{measure(h.value, h.unit)}</td>
              <td className="py-2 pr-4 text-right whitespace-nowrap text-ink-2 tabular-nums">{band(h)}</td>
              <td className="py-2 text-right whitespace-nowrap text-ink-2 tabular-nums">{measure(h.others, h.unit)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** "6 to 12", in the unit of the row. */
function band({ value, spread, unit }: Habit): string {
  const times = unit === 'share' ? 100 : 1;
  const digits = (value + spread) * times < 10 ? 1 : 0;
  const show = (n: number) => new Intl.NumberFormat(undefined, { maximumFractionDigits: digits }).format(Math.max(0, n) * times);
  return `${show(value - spread)} to ${show(value + spread)}`;
}
