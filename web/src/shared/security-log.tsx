import type { InfiniteData, UseInfiniteQueryResult } from '@tanstack/react-query';
import { KeyRound, Monitor, Smartphone } from 'lucide-react';
import type { Page, SecurityEvent } from './api/types';
import { cn } from './lib/cn';
import { deviceKind, deviceWords } from './lib/device';
import { ago, fullTime } from './lib/time';
import { Button } from './ui/button';
import { Segmented } from './ui/choice';
import { Empty, ErrorState, Loading, SkeletonText } from './ui/states';

/** What happened that concerns who gets in: the latest first. */
export function SecurityLog({ log, kind, kinds, onKind, zone, who }: {
  log: UseInfiniteQueryResult<InfiniteData<Page<SecurityEvent>>>; kind: string; kinds: { value: string; label: string }[]; onKind: (kind: string) => void; zone: string; who?: (user: string) => string | undefined;
}) {
  const items = log.data?.pages.flatMap((p) => p.items) ?? [];
  return (
    <div className="grid gap-4">
      <Segmented label="What" value={kind} onChange={onKind} options={kinds} />
      {log.isPending ? <Loading what="the log"><SkeletonText lines={6} /></Loading>
        : log.isError ? <ErrorState error={log.error} retry={() => void log.refetch()} compact />
          : items.length === 0 ? <Empty title="Nothing here">Nothing of that kind has happened.</Empty>
            : (
              <ul className="divide-y border-t" aria-label="Security log">
                {items.map((e) => {
                  const person = e.user_id ? who?.(e.user_id) : undefined;
                  const Icon = e.kind.startsWith('key') ? KeyRound : deviceKind(e.user_agent) === 'phone' ? Smartphone : Monitor;
                  return (
                    <li key={e.id} className="flex gap-3 py-3 [contain-intrinsic-size:auto_4rem] [content-visibility:auto]">
                      <Icon className="mt-0.5 size-4 shrink-0 text-ink-3" aria-hidden />
                      <div className="min-w-0 grow">
                        <p className={cn(e.severity === 'critical' && 'font-semibold text-bad')}>
                          {e.severity !== 'info' && <span aria-hidden className={cn('mr-2 inline-block size-2 rounded-full align-middle', e.severity === 'critical' ? 'bg-bad' : 'bg-brass')} />}
                          {e.severity === 'critical' && <span className="sr-only">Critical: </span>}
                          {person && <span className="font-semibold">{person}: </span>}{e.about}
                        </p>
                        <p className="flex flex-wrap gap-x-3 text-xs text-ink-3">
                          <time dateTime={e.created_at} title={fullTime(e.created_at, zone)}>{ago(e.created_at)}</time>
                          {e.user_agent && <span>{deviceWords(e.user_agent)}</span>}
                          {e.ip_address && <span>{e.ip_address}</span>}
                          {detailWords(e.detail).map((d) => <span key={d}>{d}</span>)}
                        </p>
                      </div>
                    </li>
                  );
                })}
              </ul>
            )}
      {log.hasNextPage && <div><Button variant="quiet" size="sm" busy={log.isFetchingNextPage} onClick={() => void log.fetchNextPage()}>Show more</Button></div>}
    </div>
  );
}

/** The plain parts of what belongs to an entry: names and ways, no ids. */
function detailWords(detail: unknown): string[] {
  if (detail === null || typeof detail !== 'object') return [];
  return Object.entries(detail).flatMap(([key, value]) => (typeof value === 'string' && value !== '' && !key.endsWith('id') && key !== 'event' && value.length < 80 && !/^[a-z]+_[0-9a-hjkmnp-tv-z]{26}$/.test(value) ? [`${key.replaceAll('_', ' ')}: ${value}`] : [])).slice(0, 3);
}
