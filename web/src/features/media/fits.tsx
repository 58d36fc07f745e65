import { networksQuery } from '@/shared/api/queries';
import { useScope } from '@/shared/lib/use-scope';
import { NetworkGlyph } from '@/shared/ui/network-glyph';
import { ErrorState, Loading, SkeletonText } from '@/shared/ui/states';
import { useQuery } from '@tanstack/react-query';
import { CircleCheck, CircleX, WandSparkles, type LucideIcon } from 'lucide-react';
import { fitQuery, type Fit } from './api';
import { byVerdict } from './words';

/** What each network would say of a file: refused and why, changed and how, or taken as it is. */
export function Fits({ media }: { media: string }) {
  const { scope } = useScope();
  const fits = useQuery(fitQuery(scope, media));
  const { data: networks } = useQuery(networksQuery);
  const name = (id: string) => networks?.networks.find((n) => n.id === id)?.name ?? id;
  return (
    <section aria-label="What networks say of it" className="grid gap-3 border-t pt-5">
      <h3 className="text-sm font-semibold">What networks say of it</h3>
      {fits.isPending ? <Loading what="what networks say"><SkeletonText lines={4} /></Loading>
        : fits.isError ? <ErrorState error={fits.error} retry={() => void fits.refetch()} compact />
          : <Groups fits={fits.data} name={name} />}
    </section>
  );
}

function Groups({ fits, name }: { fits: Fit[]; name: (id: string) => string }) {
  const { refused, changed, taken } = byVerdict(fits);
  return (
    <div className="grid gap-4">
      {taken.length > 0 && <Group icon={CircleCheck} look="text-good" title="Take it as it is"><p className="flex flex-wrap gap-x-4 gap-y-1.5">{taken.map((f) => <span key={f.network} className="inline-flex items-center gap-1.5 text-sm"><NetworkGlyph network={f.network} className="size-3.5 text-ink-3" /> {name(f.network)}</span>)}</p></Group>}
      {changed.length > 0 && <Group icon={WandSparkles} look="text-brass-ink" title="Get a version of their own"><List fits={changed} name={name} /></Group>}
      {refused.length > 0 && <Group icon={CircleX} look="text-bad" title="Refuse it"><List fits={refused} name={name} /></Group>}
    </div>
  );
}

function Group({ icon: Icon, look, title, children }: { icon: LucideIcon; look: string; title: string; children: React.ReactNode }) {
  return (
    <div className="grid gap-1.5">
      <h4 className={`flex items-center gap-1.5 text-xs ${look}`}><Icon className="size-3.5" aria-hidden /> {title}</h4>
      {children}
    </div>
  );
}

function List({ fits, name }: { fits: Fit[]; name: (id: string) => string }) {
  return (
    <ul className="grid gap-2">
      {fits.map((f) => (
        <li key={f.network} className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-2 text-sm">
          <NetworkGlyph network={f.network} className="mt-0.5 size-3.5 text-ink-3" />
          <div><span className="sr-only">{name(f.network)}: </span>{f.findings.map((x) => <p key={x.code} className="text-ink-2">{x.message}</p>)}</div>
        </li>
      ))}
    </ul>
  );
}
