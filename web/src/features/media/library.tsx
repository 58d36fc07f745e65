import { useHotkeys } from '@/shared/lib/hotkeys';
import { useMay } from '@/shared/lib/use-may';
import { useMedia, wide } from '@/shared/lib/use-media';
import { useScope } from '@/shared/lib/use-scope';
import { useTitle } from '@/shared/lib/use-title';
import { cn } from '@/shared/lib/cn';
import { Button } from '@/shared/ui/button';
import { Empty, ErrorState, Loading, Skeleton } from '@/shared/ui/states';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Images, Quote, Upload } from 'lucide-react';
import { lazy, Suspense, useMemo, useRef, useState } from 'react';
import { mediaQuery, type MediaKind } from './api';
import { DropSign, FileInput, useDrop } from './drop';
import { Filters } from './filters';
import { Grid, More } from './grid';
import { Panel } from './panel';
import { Tray } from './tray';
import { useUploads } from './uploads';
import { folderName } from './words';

const MakeCard = lazy(() => import('./cards/make-dialog').then((m) => ({ default: m.MakeCard })));

/** What is looked at: all of it stands in the address. */
export interface MediaView { kind?: MediaKind | undefined; folder?: string | undefined; tag?: string | undefined; q?: string | undefined; show?: 'used' | 'unused' | 'deleted' | undefined; item?: string | undefined }

/** The brand's pictures, videos and documents. */
export function MediaLibrary({ view, onView }: { view: MediaView; onView: (view: MediaView, replace?: boolean) => void }) {
  useTitle('Media');
  const { scope } = useScope();
  const may = useMay('posts.write');
  const { kind, folder, tag, q, show } = view;
  const list = useInfiniteQuery(mediaQuery(scope, { kind, folder, tag, q, ...(show === 'used' && { used: true }), ...(show === 'unused' && { used: false }), ...(show === 'deleted' && { deleted: true }) }));
  const items = useMemo(() => list.data?.pages.flatMap((p) => p.items) ?? [], [list.data]);
  const isWide = useMedia(wide);
  const search = useRef<HTMLInputElement>(null);
  const picker = useRef<HTMLInputElement>(null);
  const [making, setMaking] = useState(false);
  const { send } = useUploads();
  const take = (files: File[]) => send(files, folder ?? '');
  const over = useDrop(take, may && show !== 'deleted');
  const open = (item: string | undefined) => onView({ ...view, item }, view.item !== undefined);
  const step = (by: number) => {
    const at = items.findIndex((m) => m.id === view.item);
    const next = items[at < 0 ? 0 : at + by];
    if (next) open(next.id);
  };
  useHotkeys({ '/': () => search.current?.focus(), u: () => may && picker.current?.click(), j: () => step(1), k: () => step(-1), escape: () => view.item && open(undefined) });
  const filtered = Boolean(kind ?? folder ?? tag ?? q ?? show);
  const opened = Boolean(view.item);
  return (
    <div className={cn('lg:grid lg:h-desk lg:overflow-hidden', opened ? 'lg:grid-cols-[minmax(0,1fr)_26rem]' : 'lg:grid-cols-1')}>
      {(isWide || !opened) && (
        <section aria-label="Files" className="min-w-0 lg:h-desk lg:overflow-y-auto lg:scroll-thin">
          <div className={cn('mx-auto w-full px-8 pt-14 pb-24 max-sm:px-4 max-sm:pt-6', opened ? 'lg:px-6 lg:pt-8' : 'max-w-290')}>
            <div className="flex items-center gap-2">
              <h1 className={cn('grow font-serif text-3xl max-sm:text-2xl', opened && 'lg:text-2xl')}>Media</h1>
              {may && show !== 'deleted' && <Button onClick={() => setMaking(true)} className="max-sm:px-3"><Quote className="size-4 max-sm:hidden" /> Make a card</Button>}
              {may && show !== 'deleted' && (
                <FileInput ref={picker} label="Files to upload" take={take}>
                  <Button variant="primary" onClick={() => picker.current?.click()}><Upload className="size-4" /> Upload</Button>
                </FileInput>
              )}
            </div>
            <Filters view={view} onView={onView} search={search} narrow={opened} />
            <div className="grid gap-6">
              <Tray open={(id) => open(id)} />
              {list.isPending ? <Waiting />
                : list.isError ? <ErrorState error={list.error} retry={() => void list.refetch()} />
                  : items.length === 0 ? <Nothing filtered={filtered} deleted={show === 'deleted'} may={may} reset={() => onView({})} upload={() => picker.current?.click()} />
                    : (
                      <Grid label="Files" items={items} busy={list.isPlaceholderData} narrow={opened} wrap={(m, look, inside) => (
                        <Link to="/$org/$brand/media" params={scope} search={{ ...view, item: m.id }} replace={opened} aria-current={m.id === view.item || undefined} className={cn(look, m.id === view.item && '[&>span:first-child]:border-brass [&>span:first-child]:ring-1 [&>span:first-child]:ring-brass')}>{inside}</Link>
                      )} />
                    )}
            </div>
            {list.hasNextPage && <More busy={list.isFetchingNextPage} load={() => void list.fetchNextPage()} />}
          </div>
        </section>
      )}
      {view.item && <Panel key={view.item} id={view.item} listed={items.find((m) => m.id === view.item)} onClose={() => open(undefined)} onTag={(t) => onView({ tag: t })} onFolder={(f) => onView({ folder: f })} />}
      {making && <Suspense><MakeCard action="Draw the card" folder={folder ?? ''} onMade={(media) => open(media.id)} onClose={() => setMaking(false)} /></Suspense>}
      {over && <DropSign into={folder ? folderName(folder) : ''} />}
    </div>
  );
}

function Nothing({ filtered, deleted, may, reset, upload }: { filtered: boolean; deleted: boolean; may: boolean; reset: () => void; upload: () => void }) {
  if (deleted) return <Empty title="Nothing was deleted lately" action={<Button onClick={reset}>Show all files</Button>}>What is deleted stays here for 14 days, and can be brought back.</Empty>;
  if (filtered) return <Empty title="Nothing fits" action={<Button onClick={reset}>Show all files</Button>}>No file matches these filters.</Empty>;
  return (
    <Empty icon={Images} title="No files yet" action={may && <Button variant="primary" onClick={upload}><Upload className="size-4" /> Choose files</Button>}>
      Pictures, GIFs, videos and PDFs that your posts show. Drop them anywhere on this page, large ones too: an upload that breaks off goes on where it stopped. Each is made to fit the network it goes out on, and says nothing of where it was taken.
    </Empty>
  );
}

function Waiting() {
  return <Loading what="the files"><div className="grid grid-cols-[repeat(auto-fill,minmax(10rem,1fr))] gap-x-4 gap-y-6 max-sm:grid-cols-2">{Array.from({ length: 8 }, (_, i) => <div key={i} className="grid gap-2"><Skeleton className="aspect-square w-full rounded-lg" /><Skeleton className="h-3.5 w-2/3" /></div>)}</div></Loading>;
}
