import { cn } from '@/shared/lib/cn';
import { useScope } from '@/shared/lib/use-scope';
import { dayOf, localAt, sayDayShort, timeOf } from '@/shared/lib/zone';
import { NetworkGlyph } from '@/shared/ui/network-glyph';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { usePublicationActions } from './actions';
import { summaryQuery } from './api/queries';
import type { Publication, Summary } from './api/types';
import { RepairButton } from './panel';
import { troubled, whyStuck } from './repair';
import { useRepair } from './use-repair';
import { StateMark } from './state';

const more = 'rounded-sm text-xs text-ink-3 underline-offset-4 hover:text-ink hover:underline';
/** As many as a page that is looked at each morning should hold. */
const most = 6;

/** What of publishing belongs on Today: what is stuck, and what goes out. Nothing at all until something was planned. */
export function PublishingToday() {
  const { scope } = useScope();
  const { data } = useQuery(summaryQuery(scope));
  if (!data) return null;
  return (
    <>
      {data.needs_you.length > 0 && <NeedsYou summary={data} />}
      <GoingOut summary={data} />
    </>
  );
}

function Section({ title, count, more: link, children }: { title: string; count?: number; more?: ReactNode; children: ReactNode }) {
  return (
    <section aria-label={title}>
      <div className="flex items-baseline gap-2 border-b pb-2"><h2 className="text-sm font-semibold">{title}</h2>{count !== undefined && <span className="text-xs text-ink-3 tabular-nums">{count}</span>}<span className="ml-auto">{link}</span></div>
      {children}
    </section>
  );
}

function NeedsYou({ summary }: { summary: Summary }) {
  const { scope } = useScope();
  const navigate = useNavigate();
  const repairs = useRepair();
  const actions = usePublicationActions();
  const all = summary.needs_you;
  return (
    <Section title="Needs you" more={<Link to="/$org/$brand/queue" params={scope} className={more}>{all.length > most ? `All ${all.length >= 20 ? 'of them' : all.length}` : 'Queue'}</Link>}>
      <ul className="divide-y">
        {all.slice(0, most).map((p) => {
          const repair = repairs(p);
          const open = () => void navigate({ to: '/$org/$brand/queue', params: scope, search: { item: p.id } });
          return (
            <li key={p.id} className="group relative flex gap-4 py-4">
              <NetworkGlyph network={p.connection.network} className="mt-1 text-ink-3" />
              <div className="grid min-w-0 grow gap-1">
                <Link to="/$org/$brand/queue" params={scope} search={{ item: p.id }} className="line-clamp-1 rounded-sm font-serif text-lg after:absolute after:inset-0 group-hover:text-brass-ink">{p.title || 'Untitled'}</Link>
                <p className="flex flex-wrap gap-x-3 text-xs text-ink-3"><StateMark state={p.state} /><span className="truncate">{p.connection.name}</span>{p.local_time && <span className="tabular-nums">{sayDayShort(p.local_time)}, {timeOf(p.local_time)}</span>}</p>
                <div className="flex flex-wrap items-center gap-x-4 gap-y-2 pt-0.5">
                  <p className={cn('line-clamp-2 min-w-0 grow basis-56 text-sm wrap-anywhere', p.state === 'held' ? 'text-ink-2' : 'text-bad')}>{whyStuck(p)}</p>
                  {repair && <RepairButton publication={p} repair={repair} actions={actions} open={open} />}
                </div>
              </div>
            </li>
          );
        })}
      </ul>
    </Section>
  );
}

function GoingOut({ summary }: { summary: Summary }) {
  const { scope } = useScope();
  const now = localAt(new Date(), summary.zone);
  const rows = summary.today.filter((p) => !troubled(p.state) && p.state !== 'cancelled').sort((a, b) => (a.local_time ?? '').localeCompare(b.local_time ?? ''));
  // What is over makes room for what is to come.
  const ahead = rows.filter((p) => p.state !== 'published');
  const shown = [...rows.filter((p) => p.state === 'published').slice(-Math.max(0, most - ahead.length)), ...ahead].slice(0, most);
  const planned = Object.values(summary.counts).some((n) => n > 0);
  if (!planned) return null;
  return (
    <Section title="Going out today" {...(rows.length > 0 && { count: rows.length })} more={<Link to="/$org/$brand/calendar" params={scope} search={{ view: 'day', date: dayOf(now) }} className={more}>{rows.length > most ? `All ${rows.length}` : 'Calendar'}</Link>}>
      {shown.length === 0 ? <p className="py-4 text-sm text-ink-3">Nothing goes out today. <Link to="/$org/$brand/calendar" params={scope} className="underline underline-offset-4 hover:text-ink">Plan something</Link></p>
        : <ul className="divide-y">{shown.map((p) => <Going key={p.id} publication={p} />)}</ul>}
    </Section>
  );
}

function Going({ publication: p }: { publication: Publication }) {
  const { scope } = useScope();
  return (
    <li className="group relative flex items-baseline gap-4 py-3">
      <span className="w-11 shrink-0 text-sm font-semibold tabular-nums">{p.local_time ? timeOf(p.local_time) : 'now'}</span>
      <NetworkGlyph network={p.connection.network} className="self-center text-ink-3" />
      <Link to="/$org/$brand/queue" params={scope} search={{ item: p.id }} className="min-w-0 grow truncate rounded-sm font-serif text-base after:absolute after:inset-0 group-hover:text-brass-ink">{p.title || 'Untitled'}</Link>
      <span className="w-32 shrink-0 truncate text-xs text-ink-3 max-md:hidden">{p.connection.name}</span>
      <span className="flex shrink-0 self-center md:w-28"><StateMark state={p.state} /></span>
    </li>
  );
}

/** Yesterday in two numbers, beside the page. */
export function YesterdayPanel() {
  const { scope } = useScope();
  const { data } = useQuery(summaryQuery(scope));
  if (!data || !Object.values(data.counts).some((n) => n > 0)) return null;
  const { published, failed } = data.yesterday;
  return (
    <aside aria-label="Yesterday" className="grid content-start gap-3">
      <h2 className="border-b pb-2 text-sm font-semibold">Yesterday</h2>
      <p className="flex items-baseline gap-2"><span className="font-serif text-2xl tabular-nums">{published}</span><span className="text-sm text-ink-2">{published === 1 ? 'publication went out' : 'publications went out'}</span></p>
      {failed > 0 && <p className="text-sm text-bad">{failed} failed</p>}
    </aside>
  );
}
