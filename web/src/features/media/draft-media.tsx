import { asProblem } from '@/shared/api/problem';
import { networksQuery } from '@/shared/api/queries';
import type { Network, Post } from '@/shared/api/types';
import { ofMedia } from '@/shared/draft/check';
import { drawSlides, saveMedia, useDraft, type Attached } from '@/shared/draft/sessions';
import { Issues } from '@/shared/draft/words';
import { cn } from '@/shared/lib/cn';
import { toast } from '@/shared/lib/toast';
import { useMay } from '@/shared/lib/use-may';
import { useScope } from '@/shared/lib/use-scope';
import { Button, IconButton } from '@/shared/ui/button';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { ArrowDown, ArrowUp, GalleryHorizontalEnd, GripVertical, ImagePlus, Quote, Upload, X } from 'lucide-react';
import { lazy, Suspense, useEffect, useRef, useState } from 'react';
import { mediaKeys, type Media } from './api';
import type { Slides } from './cards/api';
import { quotable, sizeFor, slideFault } from './cards/words';
import { FileInput } from './drop';
import { moved } from './order';
import { Thumb } from './tile';
import { useUploads } from './uploads';
import { kinds, sayBytes } from './words';

/** The largest file that the library takes, whatever the network would. */
const libraryMost = 1_000_000_000;
const MakeCard = lazy(() => import('./cards/make-dialog').then((m) => ({ default: m.MakeCard })));
const MakeSlides = lazy(() => import('./cards/slides-dialog').then((m) => ({ default: m.MakeSlides })));
const Picker = lazy(() => import('./picker').then((m) => ({ default: m.Picker })));
type Used = Post['media'][number];
const asAttached = (media: readonly Used[]): Attached[] => media.map((m) => ({ media_id: m.media_id, alt_text: m.own_alt_text ?? null }));

/** The files of a draft: put in, put in order, described, taken out; and what its network says of them. */
export function DraftMedia({ post }: { post: Post }) {
  const { scope } = useScope();
  const client = useQueryClient();
  const may = useMay('posts.write');
  const { data } = useQuery(networksQuery);
  const { all, send } = useUploads();
  const { content } = useDraft(scope, post).state;
  const [open, setOpen] = useState<'picker' | 'card' | 'slides' | null>(null);
  const [dragged, setDragged] = useState<number | null>(null);
  const [said, setSaid] = useState('');
  const [mine, setMine] = useState<ReadonlySet<string>>(new Set());
  const files = useRef<HTMLInputElement>(null);
  const list = useRef<HTMLUListElement>(null);
  const readOnly = !may || post.status === 'published' || post.status === 'archived';
  // what the draft shows by the server's last word: an upload may arrive long after it was begun
  const known = useRef(post.media);
  useEffect(() => {
    known.current = post.media;
  }, [post.media]);
  const put = useMutation({
    // one after the other: each change is made to what the one before left
    scope: { id: `media ${post.id}` },
    mutationFn: async (change: (there: Attached[]) => Attached[]) => {
      const fresh = await saveMedia(client, scope, post, change(asAttached(known.current)));
      known.current = fresh.media;
    },
    onSettled: () => client.invalidateQueries({ queryKey: mediaKeys.all(scope) }),
    onError: (error) => {
      const problem = asProblem(error);
      toast('The files of this draft stay as they were', { kind: 'error', detail: problem.status === 412 ? 'Somebody changed the draft meanwhile. Try again.' : problem.errors[0]?.message ?? problem.message });
    },
  });
  const add = (media: Pick<Media, 'id'>[]) => put.mutate((there) => [...there, ...media.filter((m) => !there.some((u) => u.media_id === m.id)).map((m) => ({ media_id: m.id }))]);
  const draw = useMutation({
    scope: { id: `media ${post.id}` },
    mutationFn: async (asked: Slides) => {
      const before = asAttached(known.current);
      const fresh = await drawSlides(client, scope, post, asked);
      known.current = fresh.media;
      return { before, fresh };
    },
    onSuccess: ({ before, fresh }, { form }) => {
      setOpen((now) => (now === 'slides' ? null : now));
      toast(form === 'document' ? 'The PDF is in this draft' : `${fresh.media.length} pictures are in this draft`, before.length > 0 ? { detail: 'In place of the files before.', undo: () => put.mutate(() => before) } : {});
    },
    // where nobody looks at the dialog any more, the draft itself says it
    onSettled: () => client.invalidateQueries({ queryKey: mediaKeys.all(scope) }),
  });
  const drawFault = draw.error ? slideFault(asProblem(draw.error)) : null;
  const upload = (chosen: File[]) => {
    setMine((old) => new Set([...old, ...chosen.map((f) => f.name)]));
    send(chosen, '', (media) => add([media]));
  };
  const move = (from: number, to: number) => {
    if (to < 0 || to >= post.media.length) return;
    put.mutate((there) => moved(there, from, to));
    setSaid(`${post.media[from]?.name ?? 'It'} is now ${to + 1} of ${post.media.length}`);
    // the focus goes along with what was moved
    requestAnimationFrame(() => list.current?.querySelectorAll<HTMLElement>('[data-grip]')[to]?.focus());
  };
  const rules = data?.networks.find((n) => n.id === post.network)?.media ?? [];
  const issues = post.issues.filter(ofMedia);
  const coming = all.filter((it) => mine.has(it.name) && it.phase !== 'done');
  if (readOnly && post.media.length === 0) return null;
  if (rules.length === 0 && post.media.length === 0) return null;
  return (
    <section aria-label="Media" className="grid gap-3 border-t px-5 py-3 max-sm:px-4">
      {post.media.length > 0 && (
        <ul ref={list} aria-label="Files of this draft" aria-busy={put.isPending || undefined} className="grid gap-2">
          {post.media.map((m, i) => (
            <li
              key={m.media_id}
              className={cn('flex items-start gap-3 rounded-md max-sm:flex-wrap', dragged !== null && dragged !== i && 'hover:bg-sunk')}
              onDragOver={(e) => dragged !== null && e.preventDefault()}
              onDrop={(e) => {
                if (dragged === null) return;
                e.preventDefault();
                e.stopPropagation();
                move(dragged, i);
                setDragged(null);
              }}
            >
              {!readOnly && post.media.length > 1 && (
                <button
                  type="button"
                  data-grip
                  draggable
                  aria-label={`${m.name}, ${i + 1} of ${post.media.length}: move with the arrow keys`}
                  onDragStart={(e) => {
                    e.dataTransfer.effectAllowed = 'move';
                    e.dataTransfer.setData('text/plain', m.name);
                    setDragged(i);
                  }}
                  onDragEnd={() => setDragged(null)}
                  onKeyDown={(e) => {
                    const by = e.key === 'ArrowUp' ? -1 : e.key === 'ArrowDown' ? 1 : 0;
                    if (by === 0) return;
                    e.preventDefault();
                    e.stopPropagation();
                    move(i, i + by);
                  }}
                  className="mt-2 -ml-2 flex h-10 w-6 shrink-0 cursor-grab items-center justify-center rounded-sm text-ink-3 hover:text-ink max-lg:hidden"
                ><GripVertical className="size-4" aria-hidden /></button>
              )}
              <Thumb media={m} className="size-14 shrink-0 rounded-md border" />
              <div className="grid min-w-0 grow basis-40 gap-1">
                <p className="truncate text-sm">{m.name}{m.deleted && <span className="ml-2 text-xs text-bad">deleted</span>}</p>
                {m.kind !== 'document' && <Alt used={m} readOnly={readOnly} onSave={(alt) => put.mutate((there) => there.map((a) => (a.media_id === m.media_id ? { ...a, alt_text: alt } : a)))} />}
                <Issues issues={issues.filter((x) => x.path === `media/${i}` || x.path.startsWith(`media/${i}/`))} />
              </div>
              {!readOnly && (
                <div className="flex max-sm:-mt-2 max-sm:w-full max-sm:justify-end">
                  {post.media.length > 1 && <span className="flex lg:hidden"><IconButton label={`Move ${m.name} up`} disabled={i === 0} onClick={() => move(i, i - 1)}><ArrowUp /></IconButton><IconButton label={`Move ${m.name} down`} disabled={i === post.media.length - 1} onClick={() => move(i, i + 1)}><ArrowDown /></IconButton></span>}
                  <IconButton
                    label={`Take out ${m.name}`}
                    onClick={() => {
                      const before = asAttached(post.media);
                      put.mutate((there) => there.filter((a) => a.media_id !== m.media_id), { onSuccess: () => toast(`${m.name} is out of this draft`, { undo: () => put.mutate(() => before) }) });
                    }}
                  ><X /></IconButton>
                </div>
              )}
            </li>
          ))}
        </ul>
      )}
      {coming.map((it) => <p key={it.key} role="status" className={cn('text-xs', it.phase === 'failed' ? 'text-bad' : 'text-ink-3')}>{it.name}: {it.phase === 'failed' ? (it.problem?.errors[0]?.message ?? it.problem?.message) : it.phase === 'finishing' ? 'being looked at' : `${it.bytes === 0 ? 0 : Math.floor((it.sent / it.bytes) * 100)} % uploaded`}</p>)}
      {draw.isPending && open !== 'slides' && <p role="status" className="animate-breathe text-xs text-ink-3">The slides are being drawn. They come by themselves.</p>}
      {drawFault && !draw.isPending && open !== 'slides' && <p role="alert" className="text-xs text-bad">The slides could not be drawn. {drawFault}</p>}
      <Issues issues={issues.filter((x) => x.path === 'media')} />
      {!readOnly && (
        <div className="flex flex-wrap items-center gap-x-1 gap-y-2">
          <Button size="sm" variant="quiet" className="-ml-2 px-2" onClick={() => setOpen('picker')}><ImagePlus className="size-4" /> Add media</Button>
          <FileInput ref={files} label="Files for this draft" take={upload}>
            <Button size="sm" variant="quiet" className="px-2" onClick={() => files.current?.click()}><Upload className="size-4" /> Upload</Button>
          </FileInput>
          {content.shape === 'carousel' ? <Button size="sm" variant="quiet" className="px-2" busy={draw.isPending} onClick={() => setOpen('slides')}><GalleryHorizontalEnd className="size-4" /> {post.network === 'linkedin' ? 'Make the PDF' : 'Make the pictures'}</Button>
            : <Button size="sm" variant="quiet" className="px-2" onClick={() => setOpen('card')}><Quote className="size-4" /> Make a card</Button>}
          {rules.length > 0 && <p className="min-w-0 grow text-right text-xs text-ink-3 max-sm:text-left">{sayRules(rules)}</p>}
        </div>
      )}
      <p role="status" className="sr-only">{said}</p>
      <Suspense>
        {open === 'picker' && <Picker there={post.media.map((m) => m.media_id)} onPick={add} onClose={() => setOpen(null)} />}
        {open === 'card' && <MakeCard action="Draw and attach" sentences={quotable(content)} size={sizeFor(post.network)} folder="cards" onMade={(media) => {
          add([media]);
          toast('The card is in this draft');
        }} onClose={() => setOpen(null)} />}
        {open === 'slides' && content.shape === 'carousel' && <MakeSlides post={post} content={content} busy={draw.isPending} fault={drawFault} draw={(asked) => draw.mutate(asked)} onClose={() => setOpen(null)} />}
      </Suspense>
    </section>
  );
}

/** "4 pictures, 1 video up to 512 MB". */
function sayRules(rules: Network['media']): string {
  const one: Record<string, string> = { image: 'picture', gif: 'GIF', video: 'video', document: 'PDF' };
  return rules.map((r) => `${r.max_count} ${r.max_count === 1 ? one[r.kind] : kinds.find((k) => k.value === r.kind)?.label.replace(/^[PV]/, (c) => (r.kind === 'document' ? c : c.toLowerCase()))}${r.kind === 'video' && r.max_bytes ? ` up to ${sayBytes(Math.min(r.max_bytes, libraryMost))}` : ''}`).join(', or ');
}

/** The alternative text of this use; empty it says what the library says. */
function Alt({ used: m, readOnly, onSave }: { used: Used; readOnly: boolean; onSave: (alt: string | null) => void }) {
  const [typed, setTyped] = useState<string | null>(null);
  const own = m.own_alt_text ?? '';
  const done = () => {
    if (typed !== null && typed.trim() !== own) onSave(typed.trim() || null);
    setTyped(null);
  };
  return (
    <input
      aria-label={`Alt text of ${m.name}`}
      readOnly={readOnly}
      maxLength={2000}
      value={typed ?? own}
      placeholder={(own ? '' : m.alt_text) || 'What it shows, for those who can’t see it'}
      onChange={(e) => setTyped(e.target.value)}
      onBlur={done}
      onKeyDown={(e) => {
        if (e.key === 'Enter') e.currentTarget.blur();
        if (e.key === 'Escape') {
          e.stopPropagation();
          setTyped(null);
        }
      }}
      className="h-7 w-full min-w-0 truncate rounded-sm bg-transparent text-sm text-ink-2 hover:bg-sunk focus-visible:bg-sunk focus-visible:outline-none max-lg:h-9"
    />
  );
}
