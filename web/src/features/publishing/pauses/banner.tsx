import { ago } from '@/shared/lib/time';
import { useMay } from '@/shared/lib/use-may';
import { useScope } from '@/shared/lib/use-scope';
import { Button } from '@/shared/ui/button';
import { useQuery } from '@tanstack/react-query';
import { OctagonPause } from 'lucide-react';
import { pausesQuery } from '../api/queries';
import { useNetworkName } from '../names';
import { ofWhat, usePauses, useWho } from './api';

/** On every page while anything is paused, so that nobody wonders why nothing goes out. */
export function PausedBanner() {
  const { scope, organization } = useScope();
  const may = useMay('posts.publish');
  const { data } = useQuery(pausesQuery(scope));
  const { resume } = usePauses();
  const name = useNetworkName();
  const who = useWho();
  if (!data || data.items.length === 0) return null;
  return (
    <section aria-label="Publishing is paused" className="grid border-b bg-bad-soft">
      {data.items.map((p) => (
        <div key={`${p.scope} ${p.network}`} className="flex flex-wrap items-center gap-x-3 gap-y-1 px-8 max-sm:flex-nowrap py-2 text-sm text-bad max-sm:px-4">
          <OctagonPause className="size-4.5 shrink-0" aria-hidden />
          <p className="min-w-0 grow basis-64 wrap-anywhere max-sm:basis-0">
            <strong className="font-semibold">Publishing is paused for {ofWhat(p, name, organization.name)}.</strong>{' '}
            {p.reason && <span>{p.reason} </span>}<span className="text-ink-2">{who(p.by) ? `By ${who(p.by)}, ` : ''}{ago(p.since)}</span>
          </p>
          {may && <Button size="sm" busy={resume.isPending && resume.variables.scope === p.scope && resume.variables.network === p.network} onClick={() => resume.mutate(p)}>Resume<span className="sr-only"> for {ofWhat(p, name, organization.name)}</span></Button>}
        </div>
      ))}
    </section>
  );
}
