import { deleteLater } from '@/shared/lib/deletion';
import { toast } from '@/shared/lib/toast';
import { useChanged } from '@/shared/lib/unsaved';
import { useScope } from '@/shared/lib/use-scope';
import { Button, IconButton } from '@/shared/ui/button';
import { TextField } from '@/shared/ui/field';
import { changes, FormDialog, LongField, useVersioned } from '@/shared/ui/forms';
import { useQueryClient } from '@tanstack/react-query';
import { Plus, Trash2, X } from 'lucide-react';
import { useState } from 'react';
import { addSmartFeed, changeSmartFeed, removeSmartFeed, trendKeys } from '../api/queries';
import type { NewSmartFeed, SmartFeed, Topic } from '../api/types';

const most = 3;
const empty: Topic = { topic: '', description: '' };
const named = (topics: Topic[]) => topics.map((t) => ({ topic: t.topic.trim(), description: (t.description ?? '').trim() })).filter((t) => t.topic !== '');

/** A smart feed: a name and up to three topics, each with what belongs to it. */
export function FeedDialog({ feed, onMade, onGone, onClose }: { feed?: SmartFeed; onMade: (feed: SmartFeed) => void; onGone: () => void; onClose: () => void }) {
  const { scope } = useScope();
  const client = useQueryClient();
  const refresh = () => client.invalidateQueries({ queryKey: trendKeys.smartFeeds(scope) });
  const [before] = useState<NewSmartFeed>({ name: feed?.name ?? '', topics: feed?.topics ?? [empty] });
  const [form, setForm] = useState(before);
  const dirty = useChanged(form);
  // A topic that was just asked for is written next.
  const [added, setAdded] = useState(false);
  const put = (i: number, part: Partial<Topic>) => setForm((f) => ({ ...f, topics: f.topics.map((t, at) => (at === i ? { ...t, ...part } : t)) }));
  const topics = named(form.topics);
  // One that is called like its only topic needs no second word.
  const name = form.name.trim() || topics.map((t) => t.topic).join(', ').slice(0, 120);
  const { save, busy, problem, stale } = useVersioned({
    version: feed?.version ?? 0,
    save: (version) => feed
      ? changeSmartFeed(scope, feed.id, version, changes({ ...before, topics: named(before.topics) }, { name, topics }) as Partial<NewSmartFeed>)
      : addSmartFeed(scope, { name, topics }),
    refresh,
    done: (fresh) => {
      void refresh();
      toast(feed ? 'Saved' : `${fresh.name} is made`);
      onMade(fresh);
    },
  });
  const remove = (it: SmartFeed) => {
    deleteLater(it.id, { said: `${it.name} is deleted`, detail: 'Items and sources stay.', remove: (keepalive) => removeSmartFeed(scope, it.id, keepalive), settled: refresh });
    onGone();
  };
  return (
    <FormDialog
      size="lg"
      title={feed ? `Edit ${feed.name}` : 'New smart feed'}
      description="What your sources say of up to three topics, the best first. Describe each as you would to somebody who reads for you."
      action={feed ? 'Save' : 'Make the feed'}
      busy={busy}
      problem={problem}
      stale={stale}
      fields={['name', ...form.topics.flatMap((_, i) => [`topics/${i}/topic`, `topics/${i}/description`])]}
      dirty={dirty}
      empty={topics.length === 0}
      onSave={save}
      onClose={onClose}
    >
      <ol className="grid gap-4" aria-label="Topics">
        {form.topics.map((t, i) => (
          <li key={i} className="grid gap-4 rounded-lg border px-4 py-4">
            <div className="flex items-end gap-2">
              <div className="min-w-0 grow"><TextField label={form.topics.length === 1 ? 'Topic' : `Topic ${i + 1}`} autoFocus={i === form.topics.length - 1 && (added || !feed)} maxLength={100} placeholder={['Cold frames', 'Composting', 'Small gardens'][i]} value={t.topic} onChange={(e) => put(i, { topic: e.target.value })} error={problem?.at(`topics/${i}/topic`)} /></div>
              {form.topics.length > 1 && <IconButton label={`Leave out topic ${i + 1}`} className="mb-0.5" onClick={() => setForm((f) => ({ ...f, topics: f.topics.filter((_, at) => at !== i) }))}><X /></IconButton>}
            </div>
            <LongField label="What belongs to it" rows={2} hint={i === 0 ? 'The telling words of it are looked for as well.' : undefined} value={t.description ?? ''} onChange={(description) => put(i, { description })} error={problem?.at(`topics/${i}/description`)} />
          </li>
        ))}
      </ol>
      {form.topics.length < most && <Button size="sm" variant="quiet" className="-mt-2 -ml-3 justify-self-start" onClick={() => {
        setAdded(true);
        setForm((f) => ({ ...f, topics: [...f.topics, empty] }));
      }}><Plus className="size-4" /> Another topic</Button>}
      <TextField label="Name" maxLength={120} placeholder={name || 'After its topics'} value={form.name} onChange={(e) => setForm((f) => ({ ...f, name: e.target.value }))} error={problem?.at('name')} />
      {feed && (
        <div className="flex flex-wrap items-start justify-between gap-3 border-t pt-4">
          <p className="min-w-0 grow basis-64 text-sm text-ink-3">{feed.keywords.length > 0 && <>Looks for: {feed.keywords.join(', ')}.</>}</p>
          <Button size="sm" variant="danger" onClick={() => remove(feed)}><Trash2 className="size-4" /> Delete this feed</Button>
        </div>
      )}
    </FormDialog>
  );
}
