import { cn } from '@/shared/lib/cn';
import { addDays, dayNumber, dayOf, isDay } from '@/shared/lib/zone';
import { Segmented } from '@/shared/ui/choice';
import { inputClass, SelectField, TextField } from '@/shared/ui/field';
import { nameOf, placeOf, placesOf, read, weekdayOf, weekdays, written, type Frequency, type Rule } from './rule';

/** `month`: on the day's number, on its place such as `3MO`, or on the last day. */
export interface RuleForm { frequency: Frequency; interval: string; days: string[]; month: string; end: 'never' | 'until' | 'count'; count: string; until: string }

const whole = (text: string, most: number): number | null => (/^\d+$/.test(text.trim()) && Number(text) >= 1 && Number(text) <= most ? Number(text) : null);

/** What the fields say as a rule; null where one of them isn’t complete. */
export function ruleOf(form: RuleForm, at: string): Rule | null {
  const interval = whole(form.interval, 1_000);
  const count = form.end === 'count' ? whole(form.count, 10_000) : null;
  if (interval === null || (form.end === 'count' && count === null) || (form.end === 'until' && !isDay(form.until))) return null;
  if (form.frequency === 'WEEKLY' && form.days.length === 0) return null;
  const place = placesOf(at || '2026-01-01T00:00').find((p) => `${p.place}${p.day}` === form.month);
  const monthly = form.frequency === 'MONTHLY';
  return {
    frequency: form.frequency,
    interval,
    days: form.frequency === 'WEEKLY' ? weekdays.filter((d) => form.days.includes(d)).map((day) => ({ place: null, day })) : monthly && place ? [place] : [],
    monthDays: monthly && form.month === 'last' ? [-1] : [],
    count,
    until: form.end === 'until' ? form.until : null,
  };
}

/** A rule as the fields say it; null where they can't. */
export function formOf(text: string, at: string): RuleForm | null {
  const rule = read(text);
  if (!rule) return null;
  const [first] = rule.days;
  const form: RuleForm = {
    frequency: rule.frequency,
    interval: String(rule.interval),
    days: rule.frequency === 'WEEKLY' && rule.days.length > 0 ? rule.days.map((d) => d.day) : [weekdayOf(at)],
    month: rule.monthDays[0] === -1 ? 'last' : rule.frequency === 'MONTHLY' && first ? `${first.place}${first.day}` : 'day',
    end: rule.count !== null ? 'count' : rule.until !== null ? 'until' : 'never',
    count: String(rule.count ?? 10),
    until: rule.until ?? addDays(dayOf(at), 90),
  };
  const said = ruleOf(form, at);
  // a week's rule without a day means that of its first time
  const meant = rule.frequency === 'WEEKLY' && rule.days.length === 0 ? { ...rule, days: [{ place: null, day: weekdayOf(at) }] } : rule;
  return said && written(said) === written({ ...meant, days: sorted(meant.days) }) ? form : null;
}

const sorted = (days: Rule['days']) => [...days].sort((a, b) => weekdays.indexOf(a.day as 'MO') - weekdays.indexOf(b.day as 'MO'));

const units: Record<Frequency, [string, string]> = { DAILY: ['day', 'days'], WEEKLY: ['week', 'weeks'], MONTHLY: ['month', 'months'] };

export function RuleFields({ form, at, onForm, error }: { form: RuleForm; at: string; onForm: (form: RuleForm) => void; error?: string | undefined }) {
  const set = (part: Partial<RuleForm>) => onForm({ ...form, ...part });
  const interval = whole(form.interval, 1_000);
  const day = at === '' ? 1 : dayNumber(dayOf(at));
  const places = at === '' ? [] : placesOf(at);
  // The place that was chosen may be none of another first day.
  const month = ['day', 'last', ...places.map((p) => `${p.place}${p.day}`)].includes(form.month) ? form.month : 'day';
  return (
    <div className="grid gap-5">
      <fieldset className="grid gap-3">
        <legend className="mb-1.5 text-sm font-semibold">How often</legend>
        <div className="flex flex-wrap items-center gap-x-3 gap-y-2 text-sm">
          <label htmlFor="rule-interval">Every</label>
          <div className="w-16"><input id="rule-interval" inputMode="numeric" value={form.interval} aria-invalid={interval === null || undefined} onChange={(e) => set({ interval: e.target.value })} className={cn(inputClass, 'text-center tabular-nums')} /></div>
          <Segmented label="Unit" value={form.frequency} onChange={(frequency) => set({ frequency })} className="flex-nowrap" options={(Object.keys(units) as Frequency[]).map((value) => ({ value, label: units[value][interval === 1 ? 0 : 1] }))} />
        </div>
        {interval === null && <p className="text-xs text-bad">Write a whole number from 1.</p>}
        {form.frequency === 'WEEKLY' && (
          <div className="grid gap-1.5">
            <div role="group" aria-label="Days of the week" className="flex gap-1">
              {weekdays.map((d) => {
                const on = form.days.includes(d);
                return <button key={d} type="button" aria-pressed={on} aria-label={nameOf(d)} onClick={() => set({ days: on ? form.days.filter((x) => x !== d) : [...form.days, d] })} className={cn('size-9 rounded-md border text-xs transition-colors max-lg:size-10 max-sm:w-[min(2.5rem,10.5vw)]', on ? 'border-brass bg-brass-soft font-semibold text-brass-ink' : 'border-line text-ink-3 hover:border-line-strong')}>{nameOf(d).slice(0, 2)}</button>;
              })}
            </div>
            {form.days.length === 0 && <p className="text-xs text-bad">Choose at least one day.</p>}
          </div>
        )}
        {form.frequency === 'MONTHLY' && (
          <SelectField label="On" className="max-w-64" value={month} onChange={(e) => set({ month: e.target.value })}>
            <option value="day">Day {day}</option>
            {places.map((p) => <option key={`${p.place}${p.day}`} value={`${p.place}${p.day}`}>The {placeOf(p.place ?? 1)} {nameOf(p.day)}</option>)}
            <option value="last">The last day</option>
          </SelectField>
        )}
        {form.frequency === 'MONTHLY' && month === 'day' && day > 28 && <p className="text-xs text-ink-3">Months without a day {day} are left out.</p>}
      </fieldset>
      <fieldset className="grid gap-3">
        <legend className="mb-1.5 text-sm font-semibold">Until when</legend>
        <Segmented label="End" value={form.end} onChange={(end) => set({ end })} className="-ml-1" options={[{ value: 'never', label: 'No end' }, { value: 'until', label: 'Until a day' }, { value: 'count', label: 'So many times' }]} />
        {form.end === 'until' && <div className="max-w-48"><TextField label="Last day" type="date" min={dayOf(at)} value={form.until} onChange={(e) => set({ until: e.target.value })} error={isDay(form.until) ? undefined : 'Choose a day.'} /></div>}
        {form.end === 'count' && <div className="max-w-48"><TextField label="How many times" inputMode="numeric" value={form.count} onChange={(e) => set({ count: e.target.value })} error={whole(form.count, 10_000) === null ? 'Write a whole number from 1.' : undefined} /></div>}
      </fieldset>
      {error && <p role="alert" className="text-sm text-bad">{error}</p>}
    </div>
  );
}
