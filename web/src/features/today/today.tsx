import { brandQuery, todayQuery } from '@/shared/api/queries';
import type { Today as TodayData } from '@/shared/api/types';
import { useTargetName } from '@/shared/draft/draft-card';
import { excerpt, headline } from '@/shared/lib/content';
import { ago, longDate, partOfDay, shortDate } from '@/shared/lib/time';
import { useScope } from '@/shared/lib/use-scope';
import { useTitle } from '@/shared/lib/use-title';
import { buttonClass } from '@/shared/ui/button';
import { Disclosure } from '@/shared/ui/disclosure';
import { Meter } from '@/shared/ui/meter';
import { NetworkGlyph } from '@/shared/ui/network-glyph';
import { Empty, ErrorState, Loading, Skeleton, SkeletonText } from '@/shared/ui/states';
import { Status } from '@/shared/ui/status';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { PenLine } from 'lucide-react';
import type { ReactNode } from 'react';
import { FirstSteps } from './first-steps';

/** `first` is what of publishing comes before all else, `beside` what stands at the side. */
interface Parts { first?: ReactNode; beside?: ReactNode }
export function Today({ first, beside }: Parts) {
  useTitle('Today');
  const { scope, user } = useScope();
  const today = useQuery(todayQuery(scope));
  const { data: brand } = useQuery(brandQuery(scope));
  const zone = brand?.time_zone ?? user.time_zone;
  const now = new Date();
  return (
    <div className="mx-auto w-full max-w-290 px-8 pt-14 pb-24 max-sm:px-4 max-sm:pt-6">
      <p className="text-sm text-ink-3">{longDate(now, zone)}{zone && <span> · {zone.replaceAll('_', ' ')}</span>}</p>
      <h1 className="mt-1 font-serif text-3xl max-sm:text-2xl">Good {partOfDay(now, zone)}, {user.name.split(' ')[0]}.</h1>
      {today.isPending ? <Waiting /> : today.isError ? <ErrorState error={today.error} retry={() => void today.refetch()} /> : <Board today={today.data} first={first} beside={beside} />}
    </div>
  );
}

function Board({ today, first, beside }: { today: TodayData } & Parts) {
  const { scope } = useScope();
  const fresh = today.recent_posts.length === 0 && today.recent_generations.length === 0;
  return (
    <>
      <p className="mt-2 text-base text-ink-2">{sentence(today)}</p>
      <div className="mt-12 grid gap-x-16 gap-y-12 xl:grid-cols-[minmax(0,1fr)_19rem]">
        <div className="grid min-w-0 content-start gap-12">
          {first}
          <FirstSteps />
          {fresh ? (
            <div className="-mt-6 first:mt-0"><Empty icon={PenLine} title="Your desk is clear" action={<Link to="/$org/$brand/studio" params={scope} className={buttonClass('primary', 'lg')}>Make the first drafts</Link>}>
              Give one piece of writing, and a draft for every network lies here for you to read. What waits for a decision always comes first on this page.
            </Empty></div>
          ) : (
            <>
              <Posts today={today} />
              <Sources today={today} />
            </>
          )}
        </div>
        <div className="grid content-start gap-10">{beside}<UsagePanel today={today} /></div>
      </div>
    </>
  );
}

function sentence(t: TodayData): string {
  const parts: string[] = [];
  if (t.to_review > 0) parts.push(`${t.to_review} ${t.to_review === 1 ? 'draft waits' : 'drafts wait'} for your decision`);
  if (t.running > 0) parts.push(`${t.running} ${t.running === 1 ? 'text is' : 'texts are'} being worked on`);
  if (t.failed > 0) parts.push(`${t.failed} ${t.failed === 1 ? 'run' : 'runs'} failed`);
  if (parts.length === 0) return t.approved > 0 ? `Nothing waits for you. ${t.approved} ${t.approved === 1 ? 'draft is' : 'drafts are'} approved.` : 'Nothing waits for you.';
  return `${parts.join(', ')}.`;
}

function Section({ title, more, children }: { title: string; more?: ReactNode; children: ReactNode }) {
  return (
    <section>
      <div className="flex items-baseline gap-4 border-b pb-2">
        <h2 className="grow text-sm font-semibold">{title}</h2>
        {more}
      </div>
      {children}
    </section>
  );
}

const more = 'rounded-sm text-xs text-ink-3 underline-offset-4 hover:text-ink hover:underline';

function Posts({ today }: { today: TodayData }) {
  const { scope } = useScope();
  const name = useTargetName();
  const waiting = today.recent_posts.filter((p) => p.status === 'pending');
  const shown = waiting.length > 0 ? waiting : today.recent_posts;
  if (shown.length === 0) return null;
  return (
    <Section
      title={waiting.length > 0 ? 'To review' : 'Lately decided'}
      more={<Link to="/$org/$brand/library" params={scope} search={waiting.length > 0 ? { status: 'pending' } : {}} className={more}>{waiting.length > 0 ? `All ${today.to_review}` : 'All drafts'}</Link>}
    >
      <ul className="divide-y">
        {shown.map((post) => {
          const { network, type } = name(post.target);
          return (
            <li key={post.id} className="group relative flex gap-4 py-4">
              <NetworkGlyph network={post.network} className="mt-1.5 text-ink-3" />
              <div className="min-w-0 grow">
                <Link
                  to="/$org/$brand/library"
                  params={scope}
                  search={{ ...(post.status === 'pending' && { status: 'pending' as const }), post: post.id }}
                  className="line-clamp-2 rounded-sm font-serif text-lg after:absolute after:inset-0 group-hover:text-brass-ink"
                >
                  {headline(post.content)}
                </Link>
                {excerpt(post.content) && <p className="mt-0.5 line-clamp-1 text-sm text-ink-3">{excerpt(post.content)}</p>}
                <p className="mt-1 flex flex-wrap gap-x-3 text-xs text-ink-3"><span>{network} {type.toLowerCase()}</span><time dateTime={post.created_at}>{ago(post.created_at)}</time></p>
              </div>
              {waiting.length === 0 && <Status status={post.status} className="self-start pt-1.5" />}
            </li>
          );
        })}
      </ul>
    </Section>
  );
}

function Sources({ today }: { today: TodayData }) {
  const { scope } = useScope();
  if (today.recent_generations.length === 0) return null;
  return (
    <Section title="On the desk" more={<Link to="/$org/$brand/studio" params={scope} className={more}>Studio</Link>}>
      <ul className="divide-y">
        {today.recent_generations.map((g) => (
          <li key={g.id} className="group relative flex items-baseline gap-4 py-3">
            <Link to="/$org/$brand/studio/$generation" params={{ ...scope, generation: g.id }} className="min-w-0 grow truncate rounded-sm text-sm after:absolute after:inset-0 group-hover:text-brass-ink">
              {g.input.title ?? g.input.file_name ?? g.input.url ?? g.input.excerpt.slice(0, 90)}
            </Link>
            <time dateTime={g.created_at} className="shrink-0 text-xs text-ink-3">{ago(g.created_at)}</time>
            <Status status={g.status === 'pending' ? 'running' : g.status} className="w-20" />
          </li>
        ))}
      </ul>
    </Section>
  );
}

function UsagePanel({ today }: { today: TodayData }) {
  const { usage } = today;
  const { used, reserved, limit = null, resets_at } = usage.generations;
  return (
    <aside aria-label="Usage" className="grid content-start gap-3">
      <h2 className="border-b pb-2 text-sm font-semibold">This month</h2>
      <p className="flex items-baseline gap-2">
        <span className="font-serif text-2xl tabular-nums">{used}</span>
        <span className="text-sm text-ink-2">{limit === null ? (used === 1 ? 'generation' : 'generations') : `of ${limit} generations`}</span>
      </p>
      {limit !== null && <Meter label="Generations used" used={used + reserved} limit={limit} />}
      <p className="text-xs text-ink-3">
        {usage.plan.name} plan{reserved > 0 && `, ${reserved} under way`}{limit !== null && `, renews on ${shortDate(resets_at, 'UTC')}`}
        {usage.ai_cost && usage.ai_cost.month_micro_usd > 0 && `, $${(usage.ai_cost.month_micro_usd / 1e6).toFixed(2)} of AI`}
      </p>
      <Disclosure label="How this is counted" quiet className="text-xs text-ink-2">
        <p className="mt-2">{usage.explained}</p>
      </Disclosure>
    </aside>
  );
}

function Waiting() {
  return (
    <Loading what="today">
      <div className="mt-16 grid gap-x-16 gap-y-12 xl:grid-cols-[minmax(0,1fr)_19rem]">
        <div className="grid gap-8">{Array.from({ length: 3 }, (_, i) => <SkeletonText key={i} lines={3} />)}</div>
        <div className="grid content-start gap-4"><Skeleton className="h-8 w-24" /><Skeleton className="h-1 w-full" /></div>
      </div>
    </Loading>
  );
}
