import { fullTime, ago } from '@/shared/lib/time';
import { useScope } from '@/shared/lib/use-scope';
import { Menu, MenuItem, MenuLine } from '@/shared/ui/menu';
import { Link } from '@tanstack/react-router';
import { CircleAlert, CircleCheck, CircleDashed, CircleSlash, ExternalLink, Ellipsis, Moon, Pause, Pencil, Play, RefreshCw, Trash2, Unplug, type LucideIcon } from 'lucide-react';
import type { Source, SourceState } from '../api/types';
import { SourceGlyph } from '../glyph';
import { canCheck, frequencies, handle, kinds, looks, pace, rhythm, shownUrl, trouble, usualPriority } from '../words';
import type { SourceActions } from './actions';

const icons: Record<SourceState, LucideIcon> = { new: CircleDashed, healthy: CircleCheck, troubled: CircleAlert, resting: Moon, unsupported: CircleSlash, unconnected: Unplug, paused: Pause };

/** One source: what it is, how it is, what comes of it. */
export function Row({ source: s, may, actions, edit }: { source: Source; may: boolean; actions: SourceActions; edit: () => void }) {
  const { scope } = useScope();
  const { label, text } = looks[s.state];
  const Icon = icons[s.state];
  const wrong = trouble(s);
  const tempo = pace(s);
  const state = <span className="flex items-center gap-1.5 text-xs whitespace-nowrap"><Icon className="size-3.5" aria-hidden /> {label}</span>;
  return (
    <li className="grid gap-3 py-5">
      <div className="flex items-start gap-3.5">
        <span className="flex size-10 shrink-0 items-center justify-center rounded-full bg-sunk text-ink-2"><SourceGlyph kind={s.kind} className="size-4.5" /></span>
        <div className="min-w-0 grow">
          <h2 className="truncate font-semibold">
            {s.items > 0 ? <Link to="/$org/$brand/reader" params={scope} search={{ source: s.id }} className="-my-0.5 inline-block max-w-full truncate rounded-sm py-0.5 align-top underline-offset-4 hover:underline">{s.name}</Link> : s.name}
          </h2>
          <p className="truncate text-sm text-ink-3">{kinds[s.kind]} · {shownUrl(s.url)}</p>
        </div>
        <span className={`flex h-8 shrink-0 items-center max-lg:h-10 max-sm:hidden ${text}`}>{state}</span>
        <Menu trigger={<button type="button" aria-label={`More for ${s.name}`} className="-mr-2 inline-flex size-8 shrink-0 items-center justify-center rounded-md text-ink-2 hover:bg-sunk hover:text-ink max-lg:size-10"><Ellipsis className="size-4.5" /></button>}>
          {may && canCheck(s) && <MenuItem icon={RefreshCw} onSelect={() => actions.check(s)}>Check now</MenuItem>}
          {may && <MenuItem icon={Pencil} onSelect={edit}>Edit</MenuItem>}
          {may && (s.active ? <MenuItem icon={Pause} onSelect={() => actions.setActive(s, false)}>Pause</MenuItem> : <MenuItem icon={Play} onSelect={() => actions.setActive(s, true)}>Resume</MenuItem>)}
          <MenuItem icon={ExternalLink} onSelect={() => window.open(s.url, '_blank', 'noopener,noreferrer')}>Open it in a new tab</MenuItem>
          {may && <MenuLine />}
          {may && <MenuItem icon={Trash2} danger onSelect={() => actions.remove(s)}>Remove</MenuItem>}
        </Menu>
      </div>
      {wrong && (
        <div className={`ml-13.5 rounded-md px-4 py-3 text-sm wrap-anywhere ${s.state === 'troubled' ? 'bg-bad-soft' : 'bg-brass-soft'}`}>
          <p>{wrong.words}</p>
          {wrong.then && <p className="mt-0.5 text-xs text-ink-2">{wrong.then}</p>}
          {s.state === 'unconnected' && <p className="mt-0.5"><Link to="/$org/$brand/brand/$section" params={{ ...scope, section: 'connections' }} className="underline underline-offset-4">Open Connections</Link></p>}
        </div>
      )}
      <dl className="flex flex-wrap gap-x-5 gap-y-1 pl-13.5 text-xs text-ink-3">
        {/* Beside the name there is no room for it on a phone. */}
        <div className={`sm:hidden ${text}`}><dt className="sr-only">State</dt><dd>{state}</dd></div>
        <Fact name="Items">{s.items === 0 ? 'Nothing read yet' : `${s.items.toLocaleString('en')} ${s.items === 1 ? 'item' : 'items'}${tempo ? `, ${tempo}` : ''}`}</Fact>
        {s.last_item_at && <Fact name="Newest"><time dateTime={s.last_item_at} title={fullTime(s.last_item_at)}>Newest {ago(s.last_item_at)}</time></Fact>}
        {!wrong && <Fact name="Looked at">{s.demo ? 'Part of the demo, not looked at again' : rhythm(s)}</Fact>}
        {s.read_through && s.state !== 'unconnected' && <Fact name="Read through">Read through {handle(s.read_through)}</Fact>}
        {!wrong && s.health.words && <Fact name="The last time">The last time: {s.health.words}</Fact>}
        {s.active && s.state !== 'unsupported' && s.frequency !== 'auto' && <Fact name="Frequency">{frequencies[s.frequency]}</Fact>}
        {s.priority !== usualPriority && <Fact name="Priority">Priority {s.priority}</Fact>}
      </dl>
    </li>
  );
}

function Fact({ name, children }: { name: string; children: React.ReactNode }) {
  return <div><dt className="sr-only">{name}</dt><dd>{children}</dd></div>;
}
