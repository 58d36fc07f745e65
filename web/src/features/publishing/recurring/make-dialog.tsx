import { api, take } from '@/shared/api/client';
import { asProblem } from '@/shared/api/problem';
import { keys, postQuery } from '@/shared/api/queries';
import type { Post } from '@/shared/api/types';
import { headline } from '@/shared/lib/content';
import { toast } from '@/shared/lib/toast';
import { useChanged, useUnsaved } from '@/shared/lib/unsaved';
import { useScope } from '@/shared/lib/use-scope';
import { addDays, dayOf, localAt, sayWhen, settled } from '@/shared/lib/zone';
import { Button, buttonClass } from '@/shared/ui/button';
import { Segmented } from '@/shared/ui/choice';
import { Dialog } from '@/shared/ui/dialog';
import { SelectField, TextField } from '@/shared/ui/field';
import { Fault, Notice } from '@/shared/ui/note';
import { Loading, SkeletonText } from '@/shared/ui/states';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { connectionsQuery, publishingKeys, recurrencesPath, scheduleQuery } from '../api/queries';
import type { Connection } from '../api/types';
import { useNetworkName } from '../names';
import { isPast, WhenField } from '../when-dialog';
import { Actions, RestField, TimesOfRule } from './fields';
import { PostsField } from './posts-field';
import { nextTimes, weekdayOf, written } from './rule';
import { RuleFields, ruleOf, type RuleForm } from './rule-fields';

type Kind = 'repetition' | 'rotation';
/** Networks that take the same text within a month for a mistake. */
const refuseDoubles = ['x', 'linkedin'];

/** Something to repeat: a post with its own times, or several that take turns at those of the queue. */
export function MakeDialog({ kind, post, zone, onKind, onClose, onMade }: { kind: Kind; post: string | undefined; zone: string; onKind: (kind: Kind) => void; onClose: () => void; onMade: (id: string) => void }) {
  const { scope } = useScope();
  const connections = useQuery(connectionsQuery(scope));
  const first = useQuery({ ...postQuery(scope, post ?? ''), enabled: post !== undefined, retry: false });
  const works = connections.data?.items.filter((c) => c.status !== 'disconnected' && (!first.data || c.network === first.data.network || c.network === 'sandbox')) ?? [];
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} size="lg" title={kind === 'rotation' ? 'New rotation' : 'Repeat a post'} description={kind === 'rotation' ? 'Posts that stay good take turns at free times of the queue. Each rests before it is said again.' : 'At its own times, for as long as you like. What is planned stands in the calendar a week ahead.'}>
      {connections.isPending || (post !== undefined && first.isPending) ? <Loading what="the accounts"><SkeletonText lines={6} /></Loading>
        : connections.isError ? <Fault error={connections.error} />
          : works.length === 0 ? <NoAccount network={first.data?.network} />
            : <Form key={kind} kind={kind} first={first.data} accounts={works} zone={zone} onKind={onKind} onClose={onClose} onMade={onMade} />}
    </Dialog>
  );
}

function NoAccount({ network }: { network: string | undefined }) {
  const { scope } = useScope();
  const name = useNetworkName();
  return (
    <div className="grid justify-items-start gap-4">
      <p className="text-sm text-ink-2">{network ? `No ${name(network)} account is connected to this brand yet.` : 'No account is connected to this brand yet.'} What recurs goes out on one account of its network.</p>
      <Link to="/$org/$brand/brand/$section" params={{ ...scope, section: 'connections' }} className={buttonClass('primary')}>Connect an account</Link>
    </div>
  );
}

function Form({ kind, first, accounts, zone, onKind, onClose, onMade }: { kind: Kind; first: Post | undefined; accounts: Connection[]; zone: string; onKind: (kind: Kind) => void; onClose: () => void; onMade: (id: string) => void }) {
  const { scope } = useScope();
  const client = useQueryClient();
  const networkName = useNetworkName();
  const [connection, setConnection] = useState((accounts.find((c) => c.status === 'active' && c.network === first?.network) ?? accounts.find((c) => c.status === 'active'))?.id ?? accounts[0]?.id ?? '');
  const [posts, setPosts] = useState<Post[]>(first ? [first] : []);
  const [name, setName] = useState('');
  const [at, setAt] = useState(() => settled(`${addDays(dayOf(localAt(new Date(), zone)), 1)}T09:00`, zone));
  const [form, setForm] = useState<RuleForm>({ frequency: 'WEEKLY', interval: '1', days: [weekdayOf(at)], month: 'day', end: 'never', count: '10', until: addDays(dayOf(at), 90) });
  const [rest, setRest] = useState('30');
  const [asked, setAsked] = useState(false);
  const account = accounts.find((c) => c.id === connection);
  const { data: schedule } = useQuery({ ...scheduleQuery(scope), enabled: kind === 'rotation' });
  const rule = ruleOf(form, at);
  const repeats = kind === 'repetition';
  const times = repeats && rule && at !== '' ? nextTimes(rule, at, null, 5) : [];
  const usualName = headline(posts[0]?.content ?? { shape: 'post', post: '' } as Post['content']).slice(0, 80);
  const past = repeats && at !== '' && isPast(at, zone);
  const restDays = rest.trim() === '' ? NaN : Number(rest);
  const badRest = !repeats && !(Number.isInteger(restDays) && restDays >= 0 && restDays <= 3650);
  const make = useMutation({
    mutationFn: () => take(api.POST(recurrencesPath, {
      params: { path: scope },
      body: { name: name.trim() || usualName || 'Untitled', connection_id: connection, post_ids: posts.map((p) => p.id), ...(repeats && rule ? { rule: written(rule), first_time: settled(at, zone) } : { rest_days: restDays }) },
    })),
    onSuccess: (made) => {
      const soon = made.occurrences.filter((o) => o.publication_id).map((o) => o.local_time).sort()[0];
      toast(repeats ? 'It recurs from now on' : 'The rotation has begun', soon ? { detail: `First on ${sayWhen(soon)}.` } : made.words ? { detail: made.words } : {});
      onMade(made.id);
    },
    onSettled: () => Promise.all([publishingKeys.all(scope), keys.posts(scope)].map((queryKey) => client.invalidateQueries({ queryKey }))),
  });
  const problem = make.error ? asProblem(make.error) : null;
  useUnsaved(useChanged({ posts: posts.map((p) => p.id), name, at, form, rest }));
  const ready = connection !== '' && posts.length > 0 && (repeats ? rule !== null && at !== '' && !past && times.length > 0 : !badRest);
  const waits = posts.filter((p) => p.status === 'pending').length;
  const refuses = account && refuseDoubles.includes(account.network) && posts.length === 1;
  return (
    <form
      noValidate
      className="grid gap-6"
      onSubmit={(e) => {
        e.preventDefault();
        setAsked(true);
        if (ready && !make.isPending) make.mutate();
      }}
    >
      <Segmented label="How it recurs" value={kind} onChange={onKind} className="-ml-1" options={[{ value: 'repetition', label: 'At its own times' }, { value: 'rotation', label: 'In a rotation' }]} />
      <div className="grid items-start gap-4 sm:grid-cols-2">
        <SelectField
          label="Account"
          value={connection}
          onChange={(e) => {
            setConnection(e.target.value);
            // Posts are written for a network: those of another don’t go along, but the sandbox takes any.
            const next = accounts.find((c) => c.id === e.target.value)?.network;
            if (next !== 'sandbox') setPosts((all) => all.filter((p) => p.network === next));
          }}
          error={problem?.at('connection_id')}
        >
          {accounts.map((c) => <option key={c.id} value={c.id}>{networkName(c.network)}: {c.name}</option>)}
        </SelectField>
        <TextField label="Name" maxLength={120} value={name} placeholder={usualName} onChange={(e) => setName(e.target.value)} error={problem?.at('name')} hint="For your team; nobody else sees it." />
      </div>
      <PostsField several={!repeats} network={account?.network} chosen={posts} onChosen={setPosts} error={asked && posts.length === 0 ? 'Choose at least one post.' : problem?.at('post_ids')} />
      {refuses && <Notice kind="warn">{networkName(account.network)} refuses the same text twice within a month. Choose variations of the post too; they take turns.</Notice>}
      {waits > 0 && <Notice>{waits === 1 ? (posts.length === 1 ? 'This post is' : 'One of these posts is') : `${waits} of these posts are`} not approved yet. What is planned of {waits === 1 ? 'it' : 'them'} waits for the approval.</Notice>}
      {repeats ? (
        <>
          <WhenField label="First time" zone={zone} value={at} onChange={(next) => {
            // The day of the week that is meant goes along, as long as nobody has chosen days.
            setForm((f) => (next && at && f.days.length === 1 && f.days[0] === weekdayOf(at) ? { ...f, days: [weekdayOf(next)] } : f));
            setAt(next);
          }} error={past && asked ? 'This time has passed; choose one that is to come.' : problem?.at('first_time')} />
          <RuleFields form={form} at={at} onForm={setForm} error={problem?.at('rule')} />
          {rule && at !== '' && (
            <TimesOfRule rule={rule} at={at} times={times} />
          )}
        </>
      ) : (
        <div className="grid gap-4">
          <RestField value={rest} onChange={setRest} error={(asked || rest !== '') && badRest ? 'Write 0 to 3650.' : problem?.at('rest_days')} />
          {schedule?.slots.length === 0 && <Notice kind="warn">There are no queue times yet, so a rotation has no times. <Link to="/$org/$brand/brand/$section" params={{ ...scope, section: 'queue-times' }} className="underline underline-offset-4">Set queue times</Link></Notice>}
          <p className="text-sm text-ink-2">The post that rested longest is next. One at a time is planned, so what you add to the queue goes first.</p>
        </div>
      )}
      <Fault error={make.error} fields={['name', 'connection_id', 'rule', 'first_time', 'rest_days', 'post_ids']} />
      <Actions>
        <Button onClick={onClose}>Cancel</Button>
        <Button type="submit" variant="primary" busy={make.isPending}>{repeats ? 'Repeat it' : 'Begin the rotation'}</Button>
      </Actions>
    </form>
  );
}
