import { Button } from '@/shared/ui/button';
import { inputClass } from '@/shared/ui/field';
import { Check, Pencil } from 'lucide-react';
import { useState } from 'react';
import type { FieldFound } from './api';
import { asText, changeable, fieldOf, fromText, labelOf, sureness } from './found';

/** One field: what the profile says beside what the website says, with the sentence that says it. */
export function Found({ found, value, may, busy, change, accept }: { found: FieldFound; value: unknown; may: boolean; busy: boolean; change: (value: unknown) => void; accept: () => void }) {
  const [editing, setEditing] = useState(false);
  const label = labelOf(found);
  const options = fieldOf(found)?.options;
  const shown = (v: unknown) => (typeof v === 'string' && options?.[v]) || asText(v);
  return (
    <li className="grid gap-3 py-5">
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
        <h4 className="text-sm font-semibold">{label}<span className="ml-3 text-xs font-normal text-ink-3">{sureness(found.confidence)}</span></h4>
        {may && (
          <div className="flex gap-1">
            {changeable(found.value) && !options && !editing && <Button size="sm" variant="quiet" aria-label={`Change ${label}`} onClick={() => setEditing(true)}><Pencil className="size-4" /> Change</Button>}
            <Button size="sm" disabled={busy || asText(value).trim() === ''} aria-label={`Accept ${label}`} onClick={accept}><Check className="size-4" /> Accept</Button>
          </div>
        )}
      </div>
      <div className="grid gap-x-8 gap-y-3 sm:grid-cols-2">
        <div className="grid content-start gap-1">
          <p className="text-xs text-ink-3">In the profile</p>
          <p className="text-sm whitespace-pre-line text-ink-2 wrap-anywhere">{shown(found.current) || <span className="text-ink-3">Nothing yet</span>}</p>
        </div>
        <div className="grid content-start gap-1">
          <p className="text-xs text-ink-3">On the website</p>
          {editing
            ? <textarea aria-label={label} autoFocus rows={3} defaultValue={asText(value)} onChange={(e) => change(fromText(e.target.value, found.value))} className={`${inputClass} h-auto py-2 field-sizing-content max-lg:h-auto`} />
            : <p className="text-sm whitespace-pre-line wrap-anywhere">{shown(value)}</p>}
        </div>
      </div>
      <figure className="border-l-2 border-brass pl-3">
        <blockquote className="font-serif text-base text-ink-2 wrap-anywhere">{found.evidence}</blockquote>
        <figcaption className="mt-0.5 truncate text-xs text-ink-3"><a href={found.page} target="_blank" rel="noreferrer noopener" className="underline-offset-4 hover:text-ink hover:underline">{found.page.replace(/^https?:\/\/(www\.)?/, '')}</a></figcaption>
      </figure>
    </li>
  );
}
