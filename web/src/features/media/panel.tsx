import { api, seen, take } from '@/shared/api/client';
import { asProblem } from '@/shared/api/problem';
import { keys } from '@/shared/api/queries';
import { useTargetName } from '@/shared/draft/draft-card';
import { cn } from '@/shared/lib/cn';
import { fullTime } from '@/shared/lib/time';
import { toast } from '@/shared/lib/toast';
import { useMay } from '@/shared/lib/use-may';
import { useMedia, wide } from '@/shared/lib/use-media';
import { useScope } from '@/shared/lib/use-scope';
import { Button, buttonClass, IconButton } from '@/shared/ui/button';
import { inputClass } from '@/shared/ui/field';
import { NetworkGlyph } from '@/shared/ui/network-glyph';
import { Fault, Notice } from '@/shared/ui/note';
import { ErrorState, Loading, Skeleton, SkeletonText } from '@/shared/ui/states';
import { Status } from '@/shared/ui/status';
import { TagsInput } from '@/shared/ui/tags-input';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { ArrowLeft, Download, Search, Trash2, Undo2, X } from 'lucide-react';
import { useId, useRef, useState } from 'react';
import { foldersQuery, mediaKeys, onePath, oneQuery, usesQuery, type Media } from './api';
import { Fits } from './fits';
import { Thumb } from './tile';
import { cleanTag, facts } from './words';

interface PanelProps { id: string; listed: Media | undefined; onClose: () => void; onTag: (tag: string) => void; onFolder: (folder: string) => void }

/** One file: what it looks like, what is said of it, where it is shown, and who takes it. */
export function Panel({ id, listed, onClose, onTag, onFolder }: PanelProps) {
  const { scope } = useScope();
  const one = useQuery({ ...oneQuery(scope, id), enabled: !listed });
  const media = listed ?? one.data;
  return (
    <section aria-label="File" className="min-w-0 border-l bg-sheet max-lg:border-0 max-lg:bg-transparent lg:h-desk lg:overflow-y-auto lg:scroll-thin">
      <div className="flex items-center px-6 pt-4 max-sm:px-4">
        <button type="button" onClick={onClose} className="inline-flex h-10 items-center gap-2 rounded-sm text-sm text-ink-3 lg:hidden"><ArrowLeft className="size-4" aria-hidden /> Media</button>
        <span className="grow" />
        <IconButton label="Close" keys="esc" className="-mr-2 max-lg:hidden" onClick={onClose}><X /></IconButton>
      </div>
      <div className="px-6 pb-16 max-sm:px-4">
        {media ? <Detail media={media} onClose={onClose} onTag={onTag} onFolder={onFolder} />
          : one.isError ? <ErrorState error={one.error} {...(asProblem(one.error).status === 404 ? { title: 'This file is not here' } : { retry: () => void one.refetch() })} />
            : <Loading what="the file"><div className="grid gap-5"><Skeleton className="aspect-[4/3] w-full rounded-lg" /><SkeletonText lines={4} /></div></Loading>}
      </div>
    </section>
  );
}

function Preview({ media: m }: { media: Media }) {
  const look = 'max-h-[46dvh] w-full rounded-lg border bg-sunk object-contain';
  if (m.kind === 'video') return <video src={m.url} controls preload="metadata" aria-label={m.alt_text || m.name} className={look} />;
  if (m.kind === 'image' || m.kind === 'gif') return <img src={m.url} alt={m.alt_text} width={m.width ?? undefined} height={m.height ?? undefined} className={cn(look, 'h-auto')} />;
  return <Thumb media={m} className="aspect-[4/3] w-full rounded-lg border" />;
}

interface Change { name?: string; folder?: string; alt_text?: string; tags?: string[] }

function Detail({ media: m, onClose, onTag, onFolder }: Omit<PanelProps, 'id' | 'listed'> & { media: Media }) {
  const { scope } = useScope();
  const client = useQueryClient();
  const may = useMay('posts.write');
  const gone = m.deleted_at != null;
  const Heading = useMedia(wide) ? 'h2' : 'h1';
  const path = { ...scope, media: m.id };
  const refresh = () => Promise.all([client.invalidateQueries({ queryKey: mediaKeys.all(scope) }), client.invalidateQueries({ queryKey: keys.posts(scope) })]);
  // Fields are saved one after the other, each on top of what the one before made: a quick hand must not be refused its own changes.
  const saved = useRef({ id: m.id, version: 0 });
  const change = useMutation({
    scope: { id: `media ${m.id}` },
    mutationFn: (body: Change) => take(api.PATCH(onePath, { params: { path, header: seen(saved.current.id === m.id ? Math.max(m.version, saved.current.version) : m.version) }, body })),
    onSuccess: (fresh) => {
      saved.current = { id: fresh.id, version: fresh.version };
      client.setQueryData(oneQuery(scope, m.id).queryKey, fresh);
    },
    onSettled: refresh,
  });
  const restore = useMutation({
    mutationFn: () => take(api.POST(`${onePath}/restore`, { params: { path } })),
    onSuccess: () => toast(`${m.name} is back`),
    onError: (error) => toast('It could not be brought back', { kind: 'error', detail: asProblem(error).message }),
    onSettled: refresh,
  });
  const remove = useMutation({
    mutationFn: () => api.DELETE(onePath, { params: { path } }),
    onSuccess: () => {
      onClose();
      toast(`${m.name} is deleted`, { detail: 'It can be brought back for 14 days.', undo: () => restore.mutate() });
    },
    onSettled: refresh,
  });
  const problem = change.error ? asProblem(change.error) : null;
  const readOnly = !may || gone;
  return (
    <div className="grid gap-6">
      <Preview media={m} />
      <header className="grid gap-1">
        <Heading className="sr-only">{m.name}</Heading>
        <Text label="Name" value={m.name} readOnly={readOnly} error={problem?.at('name')} onSave={(name) => change.mutate({ name })} required />
        <p className="mt-1 text-xs text-ink-3">{facts(m)} · <time dateTime={m.created_at}>{fullTime(m.created_at)}</time></p>
      </header>
      {gone && <Notice kind="warn" title="Deleted">It can be brought back for 14 days after it was deleted.</Notice>}
      <div className="flex flex-wrap gap-2">
        {!gone && <a href={`${m.url}?download=true`} download={m.name} className={buttonClass('line', 'sm')}><Download className="size-4" aria-hidden /> Download</a>}
        {may && !gone && <Button size="sm" variant="danger" busy={remove.isPending} onClick={() => remove.mutate()}><Trash2 className="size-4" /> Delete</Button>}
        {may && gone && <Button size="sm" variant="primary" busy={restore.isPending} onClick={() => restore.mutate()}><Undo2 className="size-4" /> Bring back</Button>}
      </div>
      <Fault error={remove.error ? new Error(asProblem(remove.error).message) : null} />
      {m.kind !== 'document' && <Text label="Alt text" hint="What it shows, for those who can’t see it. Posts use it unless they say it in their own words." value={m.alt_text} readOnly={readOnly} error={problem?.at('alt_text')} onSave={(alt_text) => change.mutate({ alt_text })} long />}
      <Folder value={m.folder} readOnly={readOnly} error={problem?.at('folder')} onSave={(folder) => change.mutate({ folder })} onOpen={onFolder} />
      <div className="grid gap-1.5">
        <p className="text-sm font-semibold" id="media-tags">Tags</p>
        <TagsInput label="Tags" one="a tag" tags={m.tags} readOnly={readOnly} clean={cleanTag} onChange={(tags) => change.mutate({ tags })} />
        {problem?.at('tags') && <p className="text-xs text-bad">{problem.at('tags')}</p>}
        {m.tags.length > 0 && <p className="flex flex-wrap gap-x-3 gap-y-1 text-xs text-ink-3">{m.tags.map((t) => <button key={t} type="button" onClick={() => onTag(t)} className="inline-flex items-center gap-1 rounded-sm underline-offset-4 hover:text-ink hover:underline"><Search className="size-3" aria-hidden /> all with “{t}”</button>)}</p>}
      </div>
      {problem?.status === 412 ? <Notice kind="warn">Somebody changed it meanwhile. This is how it is now: change it again.</Notice> : <Fault error={change.error} fields={['name', 'folder', 'alt_text', 'tags']} />}
      <Uses media={m} />
      {!gone && <Fits media={m.id} />}
    </div>
  );
}

/** A field that is kept when it is left. */
function Text({ label, hint, value, onSave, readOnly, error, long, required }: { label: string; hint?: string; value: string; onSave: (text: string) => void; readOnly: boolean; error?: string | undefined; long?: boolean; required?: boolean }) {
  const [typed, setTyped] = useState<string | null>(null);
  const id = useId();
  const note = error ?? hint;
  const done = () => {
    const text = typed?.trim();
    if (text !== undefined && text !== value && !(required && text === '')) onSave(text);
    setTyped(null);
  };
  const common = {
    id, readOnly, value: typed ?? value, 'aria-invalid': error ? (true as const) : undefined, 'aria-describedby': note ? `${id}-note` : undefined, onBlur: done,
    onKeyDown: (e: React.KeyboardEvent<HTMLInputElement | HTMLTextAreaElement>) => {
      if (e.key === 'Escape') {
        e.stopPropagation();
        setTyped(null);
      }
      if (e.key === 'Enter' && (!long || e.metaKey || e.ctrlKey)) e.currentTarget.blur();
    },
  };
  return (
    <div className="grid gap-1.5">
      <label htmlFor={id} className="text-sm font-semibold">{label}</label>
      {long ? <textarea {...common} rows={2} maxLength={2000} onChange={(e) => setTyped(e.target.value)} className={cn(inputClass, 'h-auto min-h-16 resize-y py-2 max-lg:h-auto field-sizing-content')} />
        : <input {...common} maxLength={200} onChange={(e) => setTyped(e.target.value)} className={inputClass} />}
      {note && <p id={`${id}-note`} className={cn('text-xs', error ? 'text-bad' : 'text-ink-3')}>{note}</p>}
    </div>
  );
}

function Folder({ value, readOnly, error, onSave, onOpen }: { value: string; readOnly: boolean; error: string | undefined; onSave: (folder: string) => void; onOpen: (folder: string) => void }) {
  const { scope } = useScope();
  const { data } = useQuery(foldersQuery(scope));
  const [typed, setTyped] = useState<string | null>(null);
  const id = useId();
  const done = () => {
    if (typed !== null && typed.trim() !== value) onSave(typed.trim());
    setTyped(null);
  };
  return (
    <div className="grid gap-1.5">
      <label htmlFor={id} className="text-sm font-semibold">Folder</label>
      <input id={id} list={`${id}-known`} readOnly={readOnly} placeholder="None" value={typed ?? value} aria-invalid={error ? true : undefined} aria-describedby={`${id}-note`} onChange={(e) => setTyped(e.target.value)} onBlur={done} onKeyDown={(e) => e.key === 'Enter' && e.currentTarget.blur()} className={inputClass} />
      <datalist id={`${id}-known`}>{data?.items.filter((f) => f.folder).map((f) => <option key={f.folder} value={f.folder} />)}</datalist>
      <p id={`${id}-note`} className={cn('text-xs', error ? 'text-bad' : 'text-ink-3')}>{error ?? <>A new name makes a new folder; a slash makes one inside. {value && <button type="button" onClick={() => onOpen(value)} className="rounded-sm underline underline-offset-4 hover:text-ink">All in this folder</button>}</>}</p>
    </div>
  );
}

function Uses({ media: m }: { media: Media }) {
  const { scope } = useScope();
  const name = useTargetName();
  const uses = useQuery(usesQuery(scope, m.id));
  return (
    <section aria-label="Where it is shown" className="grid gap-2 border-t pt-5">
      <h3 className="text-sm font-semibold">Where it is shown</h3>
      {uses.isPending ? <Loading what="where it is shown"><SkeletonText lines={2} /></Loading>
        : uses.isError ? <ErrorState error={uses.error} retry={() => void uses.refetch()} compact />
          : uses.data.items.length === 0 ? <p className="text-sm text-ink-3">In no post yet.</p>
            : (
              <ul>
                {uses.data.items.map((u) => {
                  const { network, type } = name(u.target);
                  return (
                    <li key={u.post_id} className="flex items-center gap-2.5 py-1.5 text-sm">
                      <NetworkGlyph network={u.target.split('.')[0] ?? ''} className="size-3.5 text-ink-3" />
                      <Link to="/$org/$brand/library" params={scope} search={{ post: u.post_id }} className="min-w-0 grow truncate rounded-sm underline-offset-4 hover:underline">{network} {type.toLowerCase()}</Link>
                      {u.planned && <span className="text-xs text-ink-3">planned</span>}
                      <Status status={u.status} />
                    </li>
                  );
                })}
              </ul>
            )}
    </section>
  );
}
