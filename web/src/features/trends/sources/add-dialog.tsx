import { asProblem } from '@/shared/api/problem';
import { ago } from '@/shared/lib/time';
import { toast } from '@/shared/lib/toast';
import { useScope } from '@/shared/lib/use-scope';
import { Button } from '@/shared/ui/button';
import { Dialog } from '@/shared/ui/dialog';
import { Disclosure } from '@/shared/ui/disclosure';
import { Field, inputClass, TextField } from '@/shared/ui/field';
import { Fault, Notice } from '@/shared/ui/note';
import { Loading, SkeletonText } from '@/shared/ui/states';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useEffect, useId, useRef, useState } from 'react';
import { addSource, detectSources, trendKeys } from '../api/queries';
import type { Candidate, Frequency } from '../api/types';
import { SourceGlyph } from '../glyph';
import { handle, kinds, needsAccount, shownUrl, usualPriority } from '../words';
import { Weight } from './edit-dialog';

/** What is kept, and not read as things are. */
const unread = (c: Candidate) => c.kind === 'linkedin' || waits(c);
/** What is read once an account is connected. */
const waits = (c: Candidate) => needsAccount(c.kind) && !c.read_through;

/** Whatever one knows of a source finds it: what stands behind it is shown before it is added. */
export function AddDialog({ start = '', onClose }: { start?: string; onClose: () => void }) {
  const { scope } = useScope();
  const client = useQueryClient();
  const navigate = useNavigate();
  const id = useId();
  const [text, setText] = useState(start);
  const [chosen, setChosen] = useState<string | null>(null);
  const [name, setName] = useState('');
  const [weight, setWeight] = useState<{ priority: number; frequency: Frequency }>({ priority: usualPriority, frequency: 'auto' });
  const find = useMutation({
    mutationFn: (what: string) => detectSources(scope, what),
    onSuccess: ({ candidates }) => {
      // Another way to a place that is listened to already is for the person to choose: it may say the same twice.
      const first = candidates.some(isKnown) ? undefined : candidates[0];
      setChosen(first ? keyOf(first) : null);
      setName('');
    },
  });
  const candidates = find.data?.candidates ?? [];
  const one = candidates.find((c) => keyOf(c) === chosen);
  // Only a name that somebody gave is sent: without one it goes by its own, as soon as it was read.
  const own = name.trim();
  const add = useMutation({
    mutationFn: (c: Candidate) => addSource(scope, { kind: c.kind, url: c.url, ...(c.feed_url && { feed_url: c.feed_url }), ...(own && { name: own }), ...weight }),
    onSuccess: (made, c) => {
      toast(`${own || c.name} is added`, made.state === 'unsupported' || (one && waits(one)) ? { detail: made.state === 'unsupported' ? 'It is kept, and not read.' : 'It is read as soon as an account is connected.' } : {
        detail: 'What it has to say stands in the reader in a moment.', action: { label: 'Read it', keys: 'w', run: () => void navigate({ to: '/$org/$brand/reader', params: scope, search: { source: made.id } }) },
      });
      onClose();
    },
    onSettled: () => client.invalidateQueries({ queryKey: trendKeys.sources(scope) }),
  });
  const look = (what: string) => {
    add.reset();
    if (what.trim() !== '') find.mutate(what.trim());
  };
  // What was chosen on the page before is looked at without another press.
  const began = useRef(false);
  useEffect(() => {
    if (began.current || start === '' || start.endsWith('/')) return;
    began.current = true;
    find.mutate(start);
  }, [start, find]);
  const fault = find.error ? asProblem(find.error) : null;
  const refused = add.error ? asProblem(add.error) : null;
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      size="lg"
      dirty={own !== ''}
      title="Add a source"
      description="A blog or newsletter, a channel, a subreddit, a page without a feed, an account. What stands behind it is shown before it is added."
      footer={<><Button onClick={onClose}>Cancel</Button><Button variant="primary" disabled={!one || find.isPending} busy={add.isPending} onClick={() => one && add.mutate(one)}>{one && unread(one) ? 'Keep it' : 'Add it'}</Button></>}
    >
      <div className="grid gap-6">
        <form
          noValidate
          onSubmit={(e) => {
            e.preventDefault();
            look(text);
          }}
        >
          <Field label="Address, @handle, #hashtag, r/name or channel" error={fault?.at('text')} hint="For example: example.org, r/gardening, news.ycombinator.com, youtube.com/@name">
            {(ids) => (
              <div className="flex gap-2">
                <input
                  {...ids}
                  autoFocus
                  autoCapitalize="off"
                  autoComplete="off"
                  spellCheck={false}
                  value={text}
                  onChange={(e) => {
                    setText(e.target.value);
                    if (find.data || find.error) find.reset();
                  }}
                  onPaste={(e) => {
                    const pasted = e.clipboardData.getData('text').trim();
                    if (text !== '' || pasted === '') return;
                    e.preventDefault();
                    setText(pasted);
                    look(pasted);
                  }}
                  className={inputClass}
                />
                <Button type="submit" busy={find.isPending} disabled={text.trim() === ''}>Find</Button>
              </div>
            )}
          </Field>
        </form>
        <Fault error={find.error} fields={['text']} />
        {find.isPending && <Loading what="what stands behind it"><SkeletonText lines={4} /></Loading>}
        {find.isSuccess && candidates.length === 0 && <Notice title="Nothing was found there">It has no feed, and nothing that could be watched. Try the address of one of its pages.</Notice>}
        {candidates.some(isKnown) && (
          <Notice kind="warn" title="You listen to it already">
            {candidates.every(isKnown) ? 'There is nothing else to add there.' : 'Another way may bring the same once more, so none is chosen. Choose one if it is what you want.'}
          </Notice>
        )}
        {candidates.length > 0 && (
          <fieldset>
            <legend className="mb-2 text-sm font-semibold">{candidates.length === 1 ? 'This stands behind it' : `${candidates.length} ways to read it`}</legend>
            <div className="grid gap-2">
              {candidates.map((c) => <Choice key={keyOf(c)} candidate={c} group={id} chosen={keyOf(c) === chosen} scope={scope} choose={() => {
                setChosen(keyOf(c));
                setName('');
                add.reset();
              }} />)}
            </div>
          </fieldset>
        )}
        {one && (
          <Disclosure label="Name, priority and how often" open={Boolean(refused?.at('name') ?? refused?.at('priority') ?? refused?.at('frequency'))}>
            <div className="mt-4 grid gap-5">
              <TextField label="Name" maxLength={200} placeholder={one.name} value={name} onChange={(e) => setName(e.target.value)} error={refused?.at('name')} />
              <Weight {...weight} change={(part) => setWeight((w) => ({ ...w, ...part }))} errors={{ priority: refused?.at('priority'), frequency: refused?.at('frequency') }} />
            </div>
          </Disclosure>
        )}
        {refused?.code === 'already_known' ? <div role="alert"><Notice kind="warn">It is among your sources already: somebody was faster, or it goes by another name there.</Notice></div> : <Fault error={add.error} fields={['name', 'priority', 'frequency']} />}
      </div>
    </Dialog>
  );
}

const isKnown = (c: Candidate) => typeof c.known === 'string';
const keyOf = (c: Candidate) => `${c.kind} ${c.feed_url ?? c.url}`;

function Choice({ candidate: c, group, chosen, choose, scope }: { candidate: Candidate; group: string; chosen: boolean; choose: () => void; scope: { org: string; brand: string } }) {
  const known = isKnown(c);
  return (
    <label className={`grid grid-cols-[auto_minmax(0,1fr)] gap-x-3 gap-y-2 rounded-lg border px-4 py-3 ${known ? 'bg-sunk' : chosen ? 'border-brass bg-sheet' : 'border-line hover:border-line-strong'}`}>
      <input type="radio" name={group} checked={chosen} disabled={known} onChange={choose} className="mt-1 size-4 accent-brass" />
      <span className="min-w-0">
        <span className="flex items-center gap-2 font-semibold"><SourceGlyph kind={c.kind} className="text-ink-3" /> <span className="min-w-0 truncate">{c.name}</span></span>
        <span className="block truncate text-sm text-ink-3">{kinds[c.kind]} · {shownUrl(c.feed_url ?? c.url)}</span>
      </span>
      {(known || c.note) && <span className={`col-start-2 text-sm ${unread(c) ? 'text-brass-ink' : 'text-ink-2'}`}>{known ? 'It is among your sources already.' : c.note}{!known && waits(c) && <> <Link to="/$org/$brand/brand/$section" params={{ ...scope, section: 'connections' }} className="underline underline-offset-4">Open Connections</Link></>}</span>}
      {!known && c.read_through && <span className="col-start-2 text-sm text-ink-2">Read through {handle(c.read_through)}{c.kind === 'youtube' ? ', with views, likes and comments' : ''}.</span>}
      {c.recent.length > 0 && (
        <span className="col-start-2 grid gap-1 border-l-2 border-line pl-3">
          {c.recent.map((r, i) => (
            <span key={i} className="flex items-baseline gap-3 text-sm">
              <span className="min-w-0 grow truncate font-serif">{r.title}</span>
              {r.published_at && <time dateTime={r.published_at} className="shrink-0 text-xs text-ink-3">{ago(r.published_at)}</time>}
            </span>
          ))}
        </span>
      )}
    </label>
  );
}
