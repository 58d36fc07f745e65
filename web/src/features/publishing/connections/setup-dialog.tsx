import { Dialog } from '@/shared/ui/dialog';
import { buttonClass } from '@/shared/ui/button';
import { Notice } from '@/shared/ui/note';
import { ShownOnce } from '@/shared/ui/once';
import { ExternalLink } from 'lucide-react';
import type { Provider } from '../api/types';

/** Names of settings and files as they are written, letter by letter. */
const withCode = (words: string) => words.split(/(\[networks\.\w+\]|BELLWETHER_\w+|…__\w+|bellwether\.toml|client_id|client_secret)/).map((part, i) => (i % 2 === 1 ? <code key={i} className="font-mono text-xs">{part}</code> : part));

/** What an operator registers at a network so that accounts of it can be connected here. */
export function SetupDialog({ provider: p, onClose }: { provider: Provider; onClose: () => void }) {
  const { redirect_url, register_url, steps } = p.setup;
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} size="lg" title={`Set up ${p.name}`} description="Once for this installation, by whoever runs it; all brands use it then.">
      <div className="grid gap-6">
        <Notice kind={p.configured ? 'good' : 'warn'}>{p.configured ? `It is set up: accounts of ${p.name} can be connected.` : 'It is not set up yet.'}</Notice>
        {steps.length > 0 && (
          <ol className="grid gap-3 text-sm">
            {steps.map((step, i) => <li key={step} className="grid grid-cols-[1.75rem_minmax(0,1fr)]"><span aria-hidden className="font-serif text-lg text-brass-ink tabular-nums">{i + 1}</span><span className="pt-0.5 wrap-anywhere">{withCode(step)}</span></li>)}
          </ol>
        )}
        {redirect_url && <ShownOnce label="Redirect URL, letter by letter" value={redirect_url} />}
        {register_url && <div><a href={register_url} target="_blank" rel="noreferrer noopener" className={buttonClass(p.configured ? 'line' : 'primary')}>Register at {p.name} <ExternalLink className="size-4" aria-hidden /></a></div>}
        {p.scopes.length > 0 && (
          <div className="grid gap-2">
            <p className="text-sm font-semibold">Permissions to ask for</p>
            <ul className="grid gap-1 text-sm text-ink-2">{p.scopes.map((s) => <li key={s.name}><code className="font-mono text-xs text-ink select-all">{s.name}</code> · {s.words}</li>)}</ul>
          </div>
        )}
      </div>
    </Dialog>
  );
}
