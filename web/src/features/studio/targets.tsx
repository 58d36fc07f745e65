import type { Network, Target } from '@/shared/api/types';
import { usualTargets } from '@/shared/draft/targets';
import { cn } from '@/shared/lib/cn';
import { Menu, MenuCheck, MenuLabel } from '@/shared/ui/menu';
import { NetworkGlyph } from '@/shared/ui/network-glyph';
import { ChevronDown, CircleAlert } from 'lucide-react';

/** Which networks to write for, and in which form: a press takes the usual one, the arrow offers the others. */
export function Targets({ networks, chosen, onChange, error }: { networks: Network[]; chosen: Target[]; onChange: (targets: Target[]) => void; error: string | undefined }) {
  const order = networks.flatMap((n) => n.content_types.map((t) => t.target));
  const set = (targets: Iterable<Target>) => {
    const wanted = new Set(targets);
    onChange(order.filter((t) => wanted.has(t)));
  };
  const usual = usualTargets(networks);
  return (
    <div className="grid gap-2">
      <div className="flex items-baseline gap-4">
        <h2 id="targets-label" className="grow text-sm font-semibold">Write for</h2>
        <button type="button" className="rounded-sm text-xs text-ink-3 underline-offset-4 hover:text-ink hover:underline" onClick={() => set(usual)}>All networks</button>
        <button type="button" className="rounded-sm text-xs text-ink-3 underline-offset-4 hover:text-ink hover:underline" onClick={() => set([])}>None</button>
      </div>
      <ul className="flex flex-wrap gap-2" aria-labelledby="targets-label">
        {networks.map((network) => {
          const types = network.content_types;
          const mine = types.filter((t) => chosen.includes(t.target));
          const on = mine.length > 0;
          const first = types.find((t) => t.is_default) ?? types[0];
          const label = mine.length === 1 ? mine[0]?.name : mine.length > 1 ? `${mine.length} forms` : undefined;
          return (
            <li key={network.id} className={cn('flex h-9 items-stretch rounded-full border transition-colors max-lg:h-11', on ? 'border-brass bg-sheet' : 'border-line hover:border-line-strong')}>
              <button
                type="button"
                aria-pressed={on}
                aria-label={on && label ? `${network.name}: ${label}` : network.name}
                onClick={() => set(on ? chosen.filter((t) => !types.some((y) => y.target === t)) : first ? [...chosen, first.target] : chosen)}
                className={cn('flex items-center gap-2 rounded-full pl-3 text-sm', types.length > 1 ? 'pr-1.5' : 'pr-3.5', on ? 'text-ink' : 'text-ink-3')}
              >
                <NetworkGlyph network={network.id} className="size-3.5" />
                {network.name}
                {on && types.length > 1 && <span className="text-xs text-brass-ink">{label}</span>}
              </button>
              {types.length > 1 && (
                <Menu
                  align="start"
                  trigger={<button type="button" aria-label={`Forms for ${network.name}`} className="flex w-7 items-center rounded-full text-ink-3 hover:text-ink max-lg:w-10"><ChevronDown className="size-3.5" /></button>}
                >
                  <MenuLabel><span className="block max-w-64">{network.about}</span></MenuLabel>
                  {types.map((t) => (
                    <MenuCheck key={t.target} checked={chosen.includes(t.target)} onChange={(yes) => set(yes ? [...chosen, t.target] : chosen.filter((c) => c !== t.target))}>
                      {t.name}
                    </MenuCheck>
                  ))}
                </Menu>
              )}
            </li>
          );
        })}
      </ul>
      {error && <p role="alert" className="flex items-start gap-1.5 text-sm text-bad"><CircleAlert className="mt-0.5 size-4 shrink-0" aria-hidden /> {error}</p>}
    </div>
  );
}
