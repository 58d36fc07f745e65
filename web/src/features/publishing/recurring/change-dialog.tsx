import { api, seen, take } from '@/shared/api/client';
import { asProblem } from '@/shared/api/problem';
import { keys, postQuery } from '@/shared/api/queries';
import type { Post } from '@/shared/api/types';
import { toast } from '@/shared/lib/toast';
import { useChanged, useUnsaved } from '@/shared/lib/unsaved';
import { useScope } from '@/shared/lib/use-scope';
import { sayWhen, settled } from '@/shared/lib/zone';
import { Button } from '@/shared/ui/button';
import { Dialog } from '@/shared/ui/dialog';
import { TextField } from '@/shared/ui/field';
import { Fault, Notice } from '@/shared/ui/note';
import { Loading, SkeletonText } from '@/shared/ui/states';
import { useMutation, useQueries, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { publishingKeys, recurrencePath } from '../api/queries';
import type { RecurrenceDetail } from '../api/types';
import { WhenField } from '../when-dialog';
import { PostsField } from './posts-field';
import { Actions, RestField, TimesOfRule } from './fields';
import { nextTimes, read, weekdayOf, written } from './rule';
import { formOf, RuleFields, ruleOf } from './rule-fields';

/** Changes what recurs: its name, posts, times and rest. Account and kind stay. */
export function ChangeDialog({ recurrence, zone, onClose }: { recurrence: RecurrenceDetail; zone: string; onClose: () => void }) {
  const { scope } = useScope();
  const posts = useQueries({ queries: recurrence.post_ids.map((post) => ({ ...postQuery(scope, post), retry: false })) });
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} size="lg" title={`Change “${recurrence.name}”`} description="What it has planned is taken back and planned anew. What is out stays out.">
      {posts.some((p) => p.isPending) ? <Loading what="its posts"><SkeletonText lines={6} /></Loading>
        : <Form recurrence={recurrence} posts={posts.flatMap((p) => (p.data ? [p.data] : []))} zone={zone} onClose={onClose} />}
    </Dialog>
  );
}

function Form({ recurrence: r, posts: before, zone, onClose }: { recurrence: RecurrenceDetail; posts: Post[]; zone: string; onClose: () => void }) {
  const { scope } = useScope();
  const client = useQueryClient();
  const repeats = r.kind === 'repetition';
  const [name, setName] = useState(r.name);
  const [posts, setPosts] = useState(before);
  const [at, setAt] = useState(r.first_time ?? '');
  const usual = r.rule && r.first_time ? formOf(r.rule, r.first_time) : null;
  const [form, setForm] = useState(usual);
  const [rest, setRest] = useState(String(r.rest_days));
  // A rule of another program may say what the fields can't: it stays as it is.
  const rule = form ? ruleOf(form, at) : r.rule ? read(r.rule) : null;
  const days = rest.trim() === '' ? NaN : Number(rest);
  const badRest = !(Number.isInteger(days) && days >= 0 && days <= 3650);
  const times = rule && at !== '' ? nextTimes(rule, at, null, 5) : [];
  const change = useMutation({
    mutationFn: () => take(api.PATCH(recurrencePath, {
      params: { path: { ...scope, recurrence: r.id }, header: seen(r.version) },
      body: {
        name: name.trim(), post_ids: posts.map((p) => p.id),
        ...(repeats && { first_time: settled(at, zone), ...(form && rule && { rule: written(rule) }) }),
        ...(!repeats && { rest_days: days }),
      },
    })),
    onSuccess: (fresh) => {
      client.setQueryData([...publishingKeys.all(scope), 'recurrences', 'one', r.id], fresh);
      const soon = fresh.occurrences.filter((o) => o.publication_id && o.state !== 'published').map((o) => o.local_time).sort()[0];
      toast('It is changed', soon ? { detail: `Next on ${sayWhen(soon)}.` } : fresh.words ? { detail: fresh.words } : {});
      onClose();
    },
    onSettled: () => Promise.all([publishingKeys.all(scope), keys.posts(scope)].map((queryKey) => client.invalidateQueries({ queryKey }))),
  });
  const problem = change.error ? asProblem(change.error) : null;
  useUnsaved(useChanged({ name, posts: posts.map((p) => p.id), at, form, rest }));
  const ready = name.trim() !== '' && posts.length > 0 && (repeats ? at !== '' && rule !== null && times.length > 0 : !badRest);
  return (
    <form
      noValidate
      className="grid gap-6"
      onSubmit={(e) => {
        e.preventDefault();
        if (ready && !change.isPending) change.mutate();
      }}
    >
      <TextField label="Name" maxLength={120} value={name} onChange={(e) => setName(e.target.value)} error={name.trim() === '' ? 'Give it a name.' : problem?.at('name')} hint="For your team; nobody else sees it." />
      <PostsField several={!repeats} network={r.network} chosen={posts} onChosen={setPosts} error={posts.length === 0 ? 'Choose at least one post.' : problem?.at('post_ids')} />
      {repeats ? (
        <>
          <WhenField label="First time" zone={zone} value={at} onChange={(next) => {
            setForm((f) => (f && next && at && f.days.length === 1 && f.days[0] === weekdayOf(at) ? { ...f, days: [weekdayOf(next)] } : f));
            setAt(next);
          }} error={problem?.at('first_time')} />
          {form ? <RuleFields form={form} at={at} onForm={setForm} error={problem?.at('rule')} />
            : <Notice>Its rule says more than these fields can. It stays as it is; the API changes it.</Notice>}
          {rule && at !== '' && <TimesOfRule rule={rule} at={at} times={times} />}
        </>
      ) : <RestField value={rest} onChange={setRest} error={badRest ? 'Write 0 to 3650.' : problem?.at('rest_days')} />}
      <Fault error={change.error} fields={['name', 'rule', 'first_time', 'rest_days', 'post_ids']} />
      <Actions>
        <Button onClick={onClose}>Cancel</Button>
        <Button type="submit" variant="primary" busy={change.isPending}>Save and plan anew</Button>
      </Actions>
    </form>
  );
}
