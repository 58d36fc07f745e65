import { isGone } from '@/shared/api/problem';
import { networksQuery } from '@/shared/api/queries';
import { copyText } from '@/shared/lib/clipboard';
import { ago, fullTime } from '@/shared/lib/time';
import { toast } from '@/shared/lib/toast';
import { useScope } from '@/shared/lib/use-scope';
import { Button } from '@/shared/ui/button';
import { Kbd } from '@/shared/ui/kbd';
import { Menu, MenuItem } from '@/shared/ui/menu';
import { NetworkGlyph } from '@/shared/ui/network-glyph';
import { Empty, ErrorState, Loading, Skeleton, SkeletonText } from '@/shared/ui/states';
import { Status } from '@/shared/ui/status';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Copy, Ellipsis, ExternalLink, EyeOff, Newspaper, PenLine, Pencil, Undo2 } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import type { TrendAngle, TrendDetail, TrendEvidence } from '../api/contract';
import { evidenceQuery, trendQuery } from '../api/trends';
import { SourceGlyph } from '../glyph';
import { languageName } from '../words';
import type { TrendActions } from './actions';
import { CourseChart } from './chart';
import { EditDialog } from './edit-dialog';
import { Explained } from './explained';
import { Momentum, Peak, TrendStatus } from './marks';
import { Ends, Outcome, WhyTrend, WhyYou } from './why';
import { capital, formatName, meanings, percent, plural, signed, volume } from './words';

interface DetailProps {
  id: string; headingLevel: 1 | 2; actions: TrendActions; now: Date;
  /** Opens the dialog in which forms and networks are chosen. */
  toDraft: (angle?: string) => void; onClose: () => void;
}

/** All that is known of a trend: why it is one, why it concerns the brand, what would end it, and what to write. */
export function Detail(props: DetailProps) {
  const { scope } = useScope();
  const one = useQuery(trendQuery(scope, props.id));
  if (one.isPending) return <Loading what="the trend"><Skeleton className="mb-4 h-8 w-2/3" /><SkeletonText lines={10} /></Loading>;
  if (one.isError) return isGone(one.error)
    ? <Empty title="This trend is not here" action={<Button onClick={props.onClose}>Show the trends</Button>}>It is not kept any more, or the link is of another brand.</Empty>
    : <ErrorState error={one.error} retry={() => void one.refetch()} />;
  return <Whole trend={one.data} {...props} />;
}

function Whole({ trend: t, headingLevel, actions, now, toDraft }: DetailProps & { trend: TrendDetail }) {
  const [editing, setEditing] = useState(false);
  const Heading = headingLevel === 1 ? 'h1' : 'h2';
  const part = headingLevel === 1 ? 'h2' : 'h3';
  const over = t.state === 'expired';
  const copy = async () => {
    if (await copyText(window.location.href)) toast('The link is copied');
    else toast('It could not be copied', { kind: 'error', detail: window.location.href });
  };
  const about = [t.category && capital(t.category), t.geography.join(', '), languageName(t.language)].filter(Boolean).join(' · ');
  return (
    <article>
      <p className="flex flex-wrap items-center gap-x-4 gap-y-1 text-xs text-ink-3">
        <TrendStatus state={t.state} />
        <Momentum value={t.momentum} />
        {about && <span>{about}</span>}
        <time dateTime={t.found_at} title={fullTime(t.found_at)}>Found {ago(t.found_at, now)}</time>
      </p>
      <Heading className="mt-2 font-serif text-2xl text-balance wrap-anywhere">{t.name}</Heading>
      <p className="mt-2 max-w-prose text-base text-ink-2">{t.summary}</p>
      {!over && <p className="mt-3 text-sm"><Peak peak={t.peak} state={t.state} now={now} whole /></p>}
      <div className="mt-5 flex flex-wrap items-center gap-2">
        {actions.mayDraft && <Button variant="primary" busy={actions.drafting === t.id} onClick={() => toDraft()}><PenLine className="size-4" /> Make drafts <span className="max-lg:hidden"><Kbd keys="d" /></span></Button>}
        {actions.mayChange && (t.dismissed_at
          ? <Button onClick={() => actions.dismiss(t, false)}><Undo2 className="size-4" /> Bring it back</Button>
          : <Button onClick={() => actions.dismiss(t, true)}><EyeOff className="size-4" /> Dismiss <span className="max-lg:hidden"><Kbd keys="x" /></span></Button>)}
        <Menu trigger={<button type="button" aria-label="More for this trend" className="inline-flex size-9 items-center justify-center rounded-md text-ink-2 hover:bg-sunk hover:text-ink max-lg:size-11"><Ellipsis className="size-4.5" /></button>}>
          <MenuItem icon={ExternalLink} keys="o" onSelect={() => actions.newest(t)}>Open the newest item</MenuItem>
          {actions.mayChange && <MenuItem icon={Pencil} onSelect={() => setEditing(true)}>Name and category</MenuItem>}
          <MenuItem icon={Copy} onSelect={() => void copy()}>Copy the link</MenuItem>
        </Menu>
      </div>
      <div className="mt-7"><CourseChart course={t.course} peak={t.state === 'active' ? t.peak : t.predicted.peak} now={now.getTime()} state={t.state} /></div>
      <dl className="mt-6 grid grid-cols-2 gap-x-6 gap-y-4 border-y py-4 sm:grid-cols-4">
        <Figure name="Confidence" means={meanings.confidence}>{percent(t.confidence)}</Figure>
        <Figure name="Momentum" means={meanings.momentum}>{signed(t.momentum)}</Figure>
        <Figure name="For you" means={meanings.relevance}>{typeof t.relevance === 'number' ? percent(t.relevance) : '–'}</Figure>
        {t.state === 'active'
          ? <Figure name="So far" means={`${volume(t)}. ${meanings.size} Now: ${t.size.low.toLocaleString('en')} to ${t.size.high.toLocaleString('en')}, most likely ${t.size.likely.toLocaleString('en')}.`}>{t.item_count.toLocaleString('en')}<span className="font-sans text-xs text-ink-3"> of about {t.size.likely.toLocaleString('en')}</span></Figure>
          : <Figure name="Items" means={`${volume(t)}. ${over ? 'No more came.' : 'It loses pace: few more are expected.'}`}>{t.item_count.toLocaleString('en')}</Figure>}
      </dl>
      {t.angles.length > 0 && <Part as={part} title="Angles"><Angles angles={t.angles} evidence={t.evidence} actions={actions} trend={t} toDraft={toDraft} /></Part>}
      <Part as={part} title="Why it is a trend"><WhyTrend why={t.why} keywords={t.keywords} /></Part>
      <Part as={part} title="Why for you"><WhyYou why={t.why_you} relevance={t.relevance ?? null} /></Part>
      <Part as={part} title={over ? 'What ended it' : 'What would end it'}><Ends trend={t} now={now} /></Part>
      <Part as={part} title="Who says so"><Evidence trend={t} now={now} /></Part>
      {t.posts.length > 0 && <Part as={part} title="Made from it"><Posts posts={t.posts} /></Part>}
      <Part as={part} title="What we predicted"><Outcome trend={t} /></Part>
      {editing && <EditDialog trend={t} onClose={() => setEditing(false)} />}
    </article>
  );
}

function Part({ as: Heading, title, children }: { as: 'h2' | 'h3'; title: string; children: ReactNode }) {
  return <section className="mt-9"><Heading className="mb-3 font-serif text-xl">{title}</Heading>{children}</section>;
}

function Figure({ name, means, children }: { name: string; means: string; children: ReactNode }) {
  return (
    <div className="flex flex-col-reverse gap-0.5">
      <dt className="text-xs text-ink-3"><Explained means={means}>{name}</Explained></dt>
      <dd className="font-serif text-xl tabular-nums">{children}</dd>
    </div>
  );
}

/** `A, B and C say`. */
function listed(names: string[]): string {
  const last = names.at(-1) ?? '';
  return names.length < 2 ? `${last} says` : `${names.slice(0, -1).join(', ')} and ${last} say`;
}

/** Three sides to take it from; the number is the key that makes drafts of one. */
function Angles({ angles, evidence, actions, trend, toDraft }: { angles: TrendAngle[]; evidence: TrendEvidence[]; actions: TrendActions; trend: TrendDetail; toDraft: (angle: string) => void }) {
  return (
    <ol className="divide-y border-y" aria-label="Angles">
      {angles.map((a, i) => {
        const said = evidence.filter((e) => a.evidence.includes(e.item_id));
        return (
          <li key={a.id} className="flex flex-wrap items-start gap-x-4 gap-y-3 py-4">
            <div className="min-w-0 grow basis-64">
              <p className="font-semibold">{a.title} <span className="text-xs font-normal text-ink-3">{formatName(a.format)}</span></p>
              <p className="mt-0.5 max-w-prose text-sm text-ink-2">{a.angle}</p>
              {said.length > 0 && <p className="mt-1 text-xs text-ink-3">{a.writer ? 'Proposed by a language model, from what' : 'From what'} {listed([...new Set(said.map((e) => e.source.name))].slice(0, 3))}</p>}
            </div>
            {actions.mayDraft && (
              <div className="flex gap-1">
                <Button size="sm" aria-label={`Draft it: ${a.title}`} busy={actions.drafting === trend.id} onClick={() => actions.draft(trend, { angle: a.id })}><PenLine className="size-4" /> Draft it <span className="max-lg:hidden"><Kbd keys={String(i + 1)} /></span></Button>
                <Button size="sm" variant="quiet" aria-label={`Choose… forms and networks for “${a.title}”`} onClick={() => toDraft(a.id)}>Choose…</Button>
              </div>
            )}
          </li>
        );
      })}
    </ol>
  );
}

function Evidence({ trend: t, now }: { trend: TrendDetail; now: Date }) {
  const { scope } = useScope();
  const [whole, setWhole] = useState(false);
  const rest = useInfiniteQuery({ ...evidenceQuery(scope, t.id), enabled: whole });
  const shown = (whole && rest.data?.pages.flatMap((p) => p.items)) || t.evidence;
  if (shown.length === 0) return <p className="text-sm text-ink-2">What was said of it is not kept any more.</p>;
  const left = t.item_count - shown.length;
  return (
    <>
      <ul className="divide-y border-y" aria-label="Evidence">
        {shown.map((e) => (
          <li key={e.item_id} className="flex items-start gap-3 py-3">
            <SourceGlyph kind={e.source.kind} className="mt-1 size-3.5 text-ink-3" />
            <div className="min-w-0 grow">
              <a href={e.url} target="_blank" rel="noreferrer noopener" className="font-serif text-base wrap-anywhere underline-offset-4 hover:underline">{e.title || 'Untitled'}<span className="sr-only">, in a new tab</span></a>
              <p className="mt-0.5 flex flex-wrap gap-x-3 text-xs text-ink-3"><span>{e.source.name}</span><time dateTime={e.at} title={fullTime(e.at)}>{ago(e.at, now)}</time><span title="How much of what holds the trend together it has">{percent(e.likeness)} match</span></p>
            </div>
            <Link to="/$org/$brand/reader" params={scope} search={{ item: e.item_id }} className="inline-flex h-8 shrink-0 items-center gap-1.5 rounded-md px-2 text-xs text-ink-2 hover:bg-sunk hover:text-ink max-lg:h-10"><Newspaper className="size-3.5" aria-hidden /> Read<span className="sr-only"> “{e.title}” in the Reader</span></Link>
          </li>
        ))}
      </ul>
      {rest.isError && <ErrorState compact error={rest.error} retry={() => void rest.refetch()} />}
      {(whole ? rest.hasNextPage : left > 0) && <Button variant="quiet" size="sm" className="mt-2 -ml-3" busy={rest.isFetching} onClick={() => (whole ? void rest.fetchNextPage() : setWhole(true))}>{whole ? 'Show more' : `Show all ${plural(t.item_count, 'item')}`}</Button>}
    </>
  );
}

function Posts({ posts }: { posts: TrendDetail['posts'] }) {
  const { scope } = useScope();
  const networks = useQuery(networksQuery).data?.networks;
  const name = (id: string) => networks?.find((n) => n.id === id)?.name ?? capital(id.replaceAll('_', ' '));
  return (
    <ul className="divide-y border-y" aria-label="Posts made from it">
      {posts.map((p) => (
        <li key={p.post_id}>
          <Link to="/$org/$brand/library" params={scope} search={{ post: p.post_id }} className="flex min-h-11 items-center gap-3 py-2 text-sm underline-offset-4 hover:underline">
            <NetworkGlyph network={p.network} className="size-3.5 text-ink-3" />
            <span className="min-w-0 grow truncate">{`${name(p.network)}, ${p.content_type.replaceAll('_', ' ')}`}</span>
            <span className="text-xs text-ink-3" title="How much of what holds the trend together it has">{percent(p.relevance)} match</span>
            <Status status={p.status} />
          </Link>
        </li>
      ))}
    </ul>
  );
}
