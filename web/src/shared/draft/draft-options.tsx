import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { asProblem } from '../api/problem';
import { networksQuery, type Scope } from '../api/queries';
import type { Post } from '../api/types';
import { cn } from '../lib/cn';
import { roughCount } from '../lib/count';
import { toast } from '../lib/toast';
import { useMay } from '../lib/use-may';
import { Checkbox } from '../ui/choice';
import { Disclosure } from '../ui/disclosure';
import { Field, inputClass, SelectField, TextField } from '../ui/field';
import { chosenOf, means, merged, rulesOf, sayChosen, taken, withChoice, type Chosen, type OptionRule, type OptionValue, type TargetRules } from './options';
import { saveExtras } from './sessions';

interface Held { comment: string; chosen: Chosen }

/** What a draft's network lets choose beside the text, and its first comment; the form is made of the network's rules. */
export function DraftOptions({ scope, post }: { scope: Scope; post: Post }) {
  const { data } = useQuery(networksQuery);
  const may = useMay('posts.write');
  const rules = rulesOf(data?.networks, post.target);
  const readOnly = !may || post.status === 'published' || post.status === 'archived';
  if (!rules || (rules.options.length === 0 && !rules.first_comment)) return null;
  const said = sayChosen(rules, chosenOf(post), post.first_comment);
  if (readOnly && !said) return null;
  return (
    <section aria-label="Options" className="border-t px-5 py-3 max-sm:px-4">
      <Disclosure quiet label={<span className="text-sm"><span className="text-ink-2">Options</span>{said && <span className="text-ink-3"> · {said}</span>}</span>}>
        <Form key={post.id} scope={scope} post={post} rules={rules} readOnly={readOnly} />
      </Disclosure>
    </section>
  );
}

function Form({ scope, post, rules, readOnly }: { scope: Scope; post: Post; rules: TargetRules; readOnly: boolean }) {
  const client = useQueryClient();
  const kept: Held = { comment: post.first_comment ?? '', chosen: chosenOf(post) };
  // what is typed or refused stays here until it is kept
  const [held, setHeld] = useState<Held | null>(null);
  const now = held ?? kept;
  const put = useMutation({
    // one after the other: each change is made to what the one before left
    scope: { id: `options ${post.id}` },
    mutationFn: (next: Held) => saveExtras(client, scope, post, { first_comment: next.comment.trim() || null, options: merged(post.options, rules.options, next.chosen) }),
    onSuccess: (_, next) => setHeld((there) => (there === next ? null : there)),
    onError: (error) => {
      const problem = asProblem(error);
      if (problem.errors.length === 0) toast('The options stay as they were', { kind: 'error', detail: problem.status === 412 ? 'Somebody changed the draft meanwhile. Try again.' : problem.message });
    },
  });
  const problem = put.error ? asProblem(put.error) : null;
  const save = (next: Held) => {
    setHeld(next);
    put.mutate(next);
  };
  const choose = (name: string, value: OptionValue | undefined) => save({ ...now, chosen: withChoice(rules.options, now.chosen, name, value) });
  const comment = rules.first_comment;
  return (
    <div className="grid gap-4 pt-3 pb-1" aria-busy={put.isPending || undefined}>
      {comment && (
        <Field
          label="First comment"
          hint={now.comment ? `${roughCount(now.comment, comment.unit)} of ${comment.max}. Said below the post once it is out.` : 'Said below the post once it is out. Empty, there is none.'}
          error={problem?.at('first_comment')}
        >
          {(ids) => (
            <textarea
              {...ids}
              rows={2}
              readOnly={readOnly}
              value={now.comment}
              onChange={(e) => setHeld({ ...now, comment: e.target.value })}
              onBlur={() => held && held.comment.trim() !== kept.comment && save(held)}
              className={cn(inputClass, 'field-sizing-content h-auto min-h-16 py-2 max-lg:h-auto')}
            />
          )}
        </Field>
      )}
      {rules.options.filter((o) => means(o, rules.options, now.chosen)).map((o) => (
        <Option key={o.name} option={o} chosen={now.chosen} readOnly={readOnly} error={problem?.at(`options/${o.name}`)} choose={(value) => choose(o.name, value)} />
      ))}
    </div>
  );
}

function Option({ option, chosen, readOnly, error, choose }: { option: OptionRule; chosen: Chosen; readOnly: boolean; error: string | undefined; choose: (value: OptionValue | undefined) => void }) {
  const value = taken(option, chosen);
  const { kind, label, help } = option;
  if (kind.type === 'flag') return <Flag label={label} help={help} on={value === true} readOnly={readOnly} error={error} onChange={choose} />;
  if (kind.type === 'choice') {
    return (
      <SelectField label={label} hint={help} error={error} disabled={readOnly} value={String(value ?? '')} onChange={(e) => choose(e.target.value || undefined)}>
        {!kind.default && <option value="">Not chosen</option>}
        {kind.values.map((v) => <option key={v.value} value={v.value}>{v.label}</option>)}
      </SelectField>
    );
  }
  return <Typed option={option} value={value} readOnly={readOnly} error={error} onChange={choose} />;
}

function Flag({ label, help, on, readOnly, error, onChange }: { label: string; help: string; on: boolean; readOnly: boolean; error: string | undefined; onChange: (on: boolean) => void }) {
  const id = useId();
  return (
    <div className="grid grid-cols-[1.25rem_minmax(0,1fr)] items-start gap-x-2.5 gap-y-0.5">
      <Checkbox label={label} checked={on} disabled={readOnly} onChange={onChange} />
      <span aria-hidden className="text-sm">{label}</span>
      <p id={id} className={cn('col-start-2 text-xs', error ? 'text-bad' : 'text-ink-3')}>{error ?? help}</p>
    </div>
  );
}

/** A line that is kept when it is left. */
function Typed({ option, value, readOnly, error, onChange }: { option: OptionRule; value: OptionValue | undefined; readOnly: boolean; error: string | undefined; onChange: (value: OptionValue | undefined) => void }) {
  const [typed, setTyped] = useState<string | null>(null);
  const { kind, label, help } = option;
  const kept = value === undefined ? '' : String(value);
  const done = () => {
    const text = typed?.trim();
    if (text !== undefined && text !== kept) onChange(text === '' ? undefined : kind.type === 'number' && /^\d+$/.test(text) ? Number(text) : text);
    setTyped(null);
  };
  const shared = { readOnly, value: typed ?? kept, onBlur: done };
  if (kind.type === 'text' && kind.max > 500) {
    return (
      <Field label={label} hint={help} error={error}>
        {(ids) => <textarea {...ids} {...shared} rows={3} onChange={(e) => setTyped(e.target.value)} className={cn(inputClass, 'field-sizing-content h-auto min-h-20 py-2 max-lg:h-auto')} />}
      </Field>
    );
  }
  return (
    <TextField
      label={label}
      hint={help}
      error={error}
      {...shared}
      {...(kind.type === 'time' && { type: 'datetime-local', step: 60, className: 'max-w-64 tabular-nums' })}
      inputMode={kind.type === 'number' ? 'numeric' : kind.type === 'url' ? 'url' : 'text'}
      {...(kind.type === 'url' && { placeholder: 'https://' })}
      {...(kind.type === 'language' && { placeholder: 'en', className: 'w-32' })}
      onChange={(e) => setTyped(kind.type === 'time' ? e.target.value.slice(0, 16) : e.target.value)}
      onKeyDown={(e) => e.key === 'Enter' && e.currentTarget.blur()}
    />
  );
}
