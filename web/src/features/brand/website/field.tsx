import { networksQuery } from '@/shared/api/queries';
import { Button } from '@/shared/ui/button';
import { inputClass } from '@/shared/ui/field';
import { useQuery } from '@tanstack/react-query';
import { Check, Pencil } from 'lucide-react';
import { useId, useState } from 'react';
import { priceWords } from '../price';
import type { Accepted, Finding, FoundValue } from './api';
import { accepted, aside, changeable, inWords, labelOf, pageShown } from './found';

/** What was picked of a finding, and the words that were changed. */
export interface Picked { picked: number[]; edited: Record<number, string> }

/** One field: what the profile says beside what the website says, each value with the words that say it. */
export function Found({ found, state, may, busy, change, accept }: { found: Finding; state: Picked; may: boolean; busy: boolean; change: (state: Picked) => void; accept: (fields: Accepted[]) => void }) {
  const label = labelOf(found);
  const group = useId();
  const fields = accepted(found, state.picked, state.edited);
  const pick = (i: number) => change({ ...state, picked: found.list ? (state.picked.includes(i) ? state.picked.filter((p) => p !== i) : [...state.picked, i].sort((a, b) => a - b)) : [i] });
  const networks = useQuery(networksQuery).data?.networks;
  const named = (text: string) => (found.field === 'posts.networks' && networks?.find((n) => n.id === text)?.name) || text;
  const current = inWords(found.current, named);
  return (
    <li className="grid gap-4 py-5">
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
        <h4 className="text-sm font-semibold">{label}</h4>
        {may && <Button size="sm" disabled={busy || fields.length === 0} aria-label={`Accept ${label}`} onClick={() => accept(fields)}><Check className="size-4" /> Accept</Button>}
      </div>
      <div className="grid gap-x-8 gap-y-4 sm:grid-cols-[minmax(0,1fr)_minmax(0,2fr)]">
        <div className="grid content-start gap-1">
          <p className="text-xs text-ink-3">In the profile</p>
          <p className="text-sm whitespace-pre-line text-ink-2 wrap-anywhere">{current || <span className="text-ink-3">Nothing yet</span>}</p>
        </div>
        <fieldset className="grid content-start gap-3" disabled={!may || busy}>
          <legend className="mb-1 text-xs text-ink-3">On the website{!found.list && found.values.length > 1 && ', choose one'}</legend>
          {found.values.map((value, i) => (
            <Value key={i} found={found} value={value} shown={state.edited[i] ?? inWords(value.value, named)} nth={i} group={group} label={label} may={may} picked={state.picked.includes(i)} pick={() => pick(i)} edit={(text) => change({ picked: state.picked.includes(i) ? state.picked : found.list ? [...state.picked, i] : [i], edited: { ...state.edited, [i]: text } })} />
          ))}
        </fieldset>
      </div>
    </li>
  );
}

function Value({ found, value, shown, nth, group, label, may, picked, pick, edit }: { found: Finding; value: FoundValue; shown: string; nth: number; group: string; label: string; may: boolean; picked: boolean; pick: () => void; edit: (text: string) => void }) {
  const [editing, setEditing] = useState(false);
  const more = aside(value.value, priceWords);
  const id = `${group}-${nth}`;
  return (
    <div className="grid grid-cols-[auto_minmax(0,1fr)_auto] items-start gap-x-3 gap-y-1">
      {value.known ? <Check aria-hidden className="mt-0.5 size-4 text-good" /> : may ? <input id={id} type={found.list ? 'checkbox' : 'radio'} name={group} checked={picked} onChange={pick} aria-label={`${label}: ${shown}`} className="mt-0.5 size-4 accent-brass" /> : <span className="size-4" />}
      {editing
        ? <textarea aria-label={`${label}, changed`} autoFocus rows={2} defaultValue={shown} onChange={(e) => edit(e.target.value)} className={`${inputClass} h-auto py-2 field-sizing-content max-lg:h-auto`} />
        : <label htmlFor={id} className="text-sm whitespace-pre-line wrap-anywhere">{shown}{more && <span className="text-ink-2"> · {more}</span>}{value.known && <span className="text-ink-3"> · in the profile</span>}</label>}
      {may && !value.known && !editing && changeable(found.field, value.value) ? <Button size="sm" variant="quiet" className="-my-1.5" aria-label={`Change ${label}: ${shown.slice(0, 60)}`} onClick={() => setEditing(true)}><Pencil className="size-4" /> Change</Button> : <span />}
      <figure className="col-start-2 border-l-2 border-brass pl-3">
        <blockquote className="font-serif text-sm text-ink-2 wrap-anywhere">{value.evidence}</blockquote>
        <figcaption className="mt-0.5 text-xs text-ink-3 wrap-anywhere"><a href={value.page} target="_blank" rel="noreferrer noopener" className="underline-offset-4 hover:text-ink hover:underline">{pageShown(value.page)}</a> · {value.how}</figcaption>
      </figure>
    </div>
  );
}
