import { isGone } from '@/shared/api/problem';
import { copyText } from '@/shared/lib/clipboard';
import { fullTime } from '@/shared/lib/time';
import { toast } from '@/shared/lib/toast';
import { useScope } from '@/shared/lib/use-scope';
import { Button, buttonClass, IconButton } from '@/shared/ui/button';
import { Kbd } from '@/shared/ui/kbd';
import { Menu, MenuItem } from '@/shared/ui/menu';
import { Empty, ErrorState, Loading, SkeletonText } from '@/shared/ui/states';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Bookmark, Circle, CircleDot, Copy, Ellipsis, ExternalLink, ListFilter, PenLine, Sparkles } from 'lucide-react';
import { useEffect } from 'react';
import { itemQuery } from '../api/queries';
import type { Item, WholeItem, Why } from '../api/types';
import { SourceGlyph } from '../glyph';
import { languageName, numbers, readingTime, shownUrl, whyWords } from '../words';
import type { Marks } from './marks';
import type { Repurpose } from './repurpose';
import { paragraphs } from './view';

interface DetailProps {
  id: string; why: Why | null; headingLevel: 1 | 2; repurpose: Repurpose; marks: Marks;
  /** Takes the item to the Studio, where networks and tone are chosen. */
  toStudio: (item: Pick<Item, 'url'>) => void; only: (source: string) => void; onClose: () => void;
}

/** One item, as far as its source gives it. */
export function Detail(props: DetailProps) {
  const { scope } = useScope();
  const one = useQuery(itemQuery(scope, props.id));
  const { marks } = props;
  useEffect(() => {
    const item = one.data;
    if (!item || item.read) return;
    // Not what is only passed by with j held down.
    const timer = setTimeout(() => marks.opened(item), 400);
    return () => clearTimeout(timer);
    // Once for each that is opened: whoever marks it as unread again means it.
  }, [one.data?.id]); // eslint-disable-line react-hooks/exhaustive-deps
  if (one.isPending) return <Loading what="the item"><SkeletonText lines={8} /></Loading>;
  if (one.isError) return isGone(one.error)
    ? <Empty title="This item is not here" action={<Button onClick={props.onClose}>Show the items</Button>}>It is not kept any more, its source was removed, or the link is of another brand.</Empty>
    : <ErrorState error={one.error} retry={() => void one.refetch()} />;
  return <Whole item={one.data} {...props} />;
}

function Whole({ item, why, headingLevel, repurpose, marks, toStudio, only }: DetailProps & { item: WholeItem }) {
  const { scope } = useScope();
  const Heading = headingLevel === 1 ? 'h1' : 'h2';
  const Part = headingLevel === 1 ? 'h2' : 'h3';
  const at = item.published_at ?? item.seen_at;
  const text = paragraphs(item.text);
  const meta = [item.author, readingTime(item.words), languageName(item.language)].filter(Boolean);
  const reactions = numbers(item.engagement);
  const copy = async () => {
    if (await copyText(item.url)) toast('The link is copied');
    else toast('It could not be copied', { kind: 'error', detail: item.url });
  };
  return (
    <article lang={item.language === 'und' ? undefined : item.language}>
      <p lang="en" className="flex flex-wrap items-center gap-x-2 gap-y-1 text-xs text-ink-3">
        <SourceGlyph kind={item.source.kind} className="size-3.5" />
        <Link to="/$org/$brand/reader" params={scope} search={{ source: item.source.id }} className="rounded-sm text-ink-2 underline-offset-4 hover:text-ink hover:underline">{item.source.name}</Link>
        <time dateTime={at}>{item.published_at ? fullTime(at) : `seen ${fullTime(at)}`}</time>
      </p>
      <Heading className="mt-2 font-serif text-2xl text-balance wrap-anywhere">{item.title || 'Untitled'}</Heading>
      {meta.length > 0 && <p lang="en" className="mt-2 text-xs text-ink-3">{meta.join(' · ')}</p>}
      <div lang="en" className="mt-5 flex flex-wrap items-center gap-2">
        {repurpose.may && <Button variant="primary" busy={repurpose.busy === item.id} onClick={() => repurpose.run(item)}><PenLine className="size-4" /> Make drafts <span className="max-lg:hidden"><Kbd keys="r" /></span></Button>}
        <a href={item.url} target="_blank" rel="noreferrer noopener" className={buttonClass('line')}><ExternalLink className="size-4" aria-hidden /> <span className="max-sm:hidden">Open the original</span><span className="sm:hidden">Original</span> <span className="max-lg:hidden"><Kbd keys="o" /></span><span className="sr-only">, in a new tab</span></a>
        <IconButton label={item.saved_at ? 'Saved for later' : 'Save for later'} keys="s" pressed={Boolean(item.saved_at)} className="size-9 max-lg:size-11" onClick={() => marks.toggleSaved(item)}><Bookmark className={item.saved_at ? 'fill-current' : undefined} /></IconButton>
        <Menu trigger={<button type="button" aria-label="More for this item" className="inline-flex size-9 items-center justify-center rounded-md text-ink-2 hover:bg-sunk hover:text-ink max-lg:size-11"><Ellipsis className="size-4.5" /></button>}>
          {repurpose.may && <MenuItem icon={PenLine} onSelect={() => toStudio(item)}>Choose networks and tone first</MenuItem>}
          <MenuItem icon={item.read ? CircleDot : Circle} keys="m" onSelect={() => marks.toggleRead(item)}>{item.read ? 'Mark as unread' : 'Mark as read'}</MenuItem>
          <MenuItem icon={Copy} onSelect={() => void copy()}>Copy the link</MenuItem>
          <MenuItem icon={ListFilter} onSelect={() => only(item.source.id)}>Only from this source</MenuItem>
        </Menu>
      </div>
      {why && <p lang="en" className="mt-5 flex gap-2 rounded-md bg-brass-soft px-4 py-3 text-sm text-brass-ink"><Sparkles className="mt-0.5 size-4 shrink-0" aria-hidden /> <span>{why.sentences && why.sentences.length > 0 ? why.sentences.join(' ') : whyWords(why)}</span></p>}
      {text.length > 0
        ? <div className="mt-6 grid max-w-prose gap-4 font-serif text-lg wrap-anywhere">{text.map((p, i) => <p key={i} className="whitespace-pre-wrap">{p}</p>)}</div>
        : <p lang="en" className="mt-6 text-sm text-ink-2">{item.summary || 'The source gives only the title. The rest stands where it was published.'}</p>}
      {item.keyphrases.length > 0 && (
        <section lang="en" className="mt-8 border-t pt-5" aria-label="Phrases">
          <ul className="flex flex-wrap gap-1.5">{item.keyphrases.map((k) => <li key={k}><Link to="/$org/$brand/reader" params={scope} search={{ q: k }} className="block rounded-lg bg-sunk px-3 py-1 text-sm text-ink-2 wrap-anywhere hover:text-ink">{k}</Link></li>)}</ul>
        </section>
      )}
      {reactions.length > 0 && (
        <dl lang="en" className="mt-5 flex flex-wrap gap-x-6 gap-y-1 text-sm">
          {reactions.map(([name, n]) => <div key={name} className="flex gap-1.5"><dd className="font-semibold tabular-nums">{n.toLocaleString('en')}</dd><dt className="text-ink-3">{name.replaceAll('_', ' ')}</dt></div>)}
        </dl>
      )}
      {item.also.length > 0 && (
        <section lang="en" className="mt-8 border-t pt-5">
          <Part className="text-sm font-semibold">Others say nearly the same</Part>
          <ul className="mt-2 grid gap-2">
            {item.also.map((a) => (
              <li key={a.url} className="flex min-w-0 items-baseline gap-2 text-sm">
                <SourceGlyph kind={a.source.kind} className="size-3.5 translate-y-0.5 text-ink-3" />
                <span className="min-w-0"><a href={a.url} target="_blank" rel="noreferrer noopener" className="text-link underline-offset-4 hover:underline">{a.title || shownUrl(a.url)}</a> <span className="text-ink-3">{a.source.name}</span></span>
              </li>
            ))}
          </ul>
        </section>
      )}
    </article>
  );
}
