import { api, take } from '@/shared/api/client';
import { asProblem } from '@/shared/api/problem';
import { brandQuery } from '@/shared/api/queries';
import { useChanged } from '@/shared/lib/unsaved';
import { useScope } from '@/shared/lib/use-scope';
import { addDays, dayOf, localAt, sayZone } from '@/shared/lib/zone';
import { Button } from '@/shared/ui/button';
import { Checkbox } from '@/shared/ui/choice';
import { Dialog } from '@/shared/ui/dialog';
import { SelectField, TextField } from '@/shared/ui/field';
import { Fault, Notice } from '@/shared/ui/note';
import { ShownOnce } from '@/shared/ui/once';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { linksPath, reviewKeys } from './api';

const spans = [[7, 'A week'], [14, 'Two weeks'], [30, 'A month'], [90, 'Three months'], [365, 'A year']] as const;

/** A link for a client: over the days that are chosen, or over one post. Its address is shown this once. */
export function NewLink({ post, title, onClose }: { post?: string; title?: string; onClose: () => void }) {
  const { scope } = useScope();
  const client = useQueryClient();
  const { data: brand } = useQuery(brandQuery(scope));
  const zone = brand?.time_zone ?? 'UTC';
  const today = dayOf(localAt(new Date(), zone));
  const [label, setLabel] = useState('');
  const [first, setFirst] = useState<string | null>(null);
  const [last, setLast] = useState<string | null>(null);
  const [approves, setApproves] = useState(true);
  const [days, setDays] = useState(30);
  const range = { first_day: first ?? today, last_day: last ?? addDays(today, 13) };
  const make = useMutation({
    mutationFn: () => take(api.POST(linksPath, { params: { path: scope }, body: { label: label.trim(), may_approve: approves, days, ...(post ? { post_ids: [post] } : range) } })),
    onSettled: () => client.invalidateQueries({ queryKey: reviewKeys.links(scope) }),
  });
  const problem = make.error ? asProblem(make.error) : null;
  const dirty = useChanged({ label, first, last, approves, days });
  if (make.data) {
    return (
      <Dialog open held={Boolean(make.data.url)} onOpenChange={(open) => !open && onClose()} title="Send this link" description="It is shown this once. Whoever has it can read these posts and say something of them." footer={<Button variant="primary" onClick={onClose}>I have it</Button>}>
        {make.data.url ? <ShownOnce label={`For ${make.data.label}`} value={make.data.url} /> : <Notice kind="warn">The address was shown before. Take this link back and make another one.</Notice>}
      </Dialog>
    );
  }
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      dirty={dirty}
      title={post ? 'A link to this post' : 'New client link'}
      description={title ?? 'What is planned on these days, also what you plan later.'}
      footer={<><Button onClick={onClose}>Cancel</Button><Button type="submit" form="new-link" variant="primary" busy={make.isPending}>Make the link</Button></>}
    >
      <form
        id="new-link"
        noValidate
        className="grid gap-5"
        onSubmit={(e) => {
          e.preventDefault();
          make.mutate();
        }}
      >
        <TextField label="For whom" autoFocus maxLength={120} placeholder="Bell Rock Bakery" value={label} onChange={(e) => setLabel(e.target.value)} error={problem?.at('label')} hint="They see this name at the top of the page." />
        {!post && (
          <div className="grid gap-5 sm:grid-cols-2">
            <TextField label="From" type="date" value={range.first_day} onChange={(e) => setFirst(e.target.value)} error={problem?.at('first_day')} />
            <TextField label="Until" type="date" value={range.last_day} min={range.first_day} onChange={(e) => setLast(e.target.value)} error={problem?.at('last_day')} hint={`Days in ${sayZone(zone)}`} />
          </div>
        )}
        <SelectField label="It opens for" className="max-w-52" value={days} onChange={(e) => setDays(Number(e.target.value))} error={problem?.at('days')}>
          {spans.map(([n, words]) => <option key={n} value={n}>{words}</option>)}
        </SelectField>
        <label className="flex items-start gap-3 text-sm">
          <Checkbox label="They may approve" checked={approves} onChange={setApproves} />
          <span>They may approve<span className="block text-xs text-ink-3">Without it they comment and ask for changes.</span></span>
        </label>
        <Fault error={problem} fields={['label', 'first_day', 'last_day', 'days']} />
      </form>
    </Dialog>
  );
}
