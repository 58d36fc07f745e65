import { api, take } from '@/shared/api/client';
import { asProblem } from '@/shared/api/problem';
import { ago, fullTime, shortDate } from '@/shared/lib/time';
import { toast } from '@/shared/lib/toast';
import { useMay } from '@/shared/lib/use-may';
import { useScope } from '@/shared/lib/use-scope';
import { Button } from '@/shared/ui/button';
import { ConfirmDialog } from '@/shared/ui/confirm';
import { Menu, MenuItem, MenuLine } from '@/shared/ui/menu';
import { NetworkGlyph } from '@/shared/ui/network-glyph';
import { Notice } from '@/shared/ui/note';
import { Section } from '@/shared/ui/section';
import { ErrorState, Loading, SkeletonText } from '@/shared/ui/states';
import { Avatar } from '@/shared/ui/status';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { CircleCheck, CircleX, Ellipsis, FlaskConical, KeyRound, Plug, RefreshCw, Timer, Unplug, X } from 'lucide-react';
import { useState } from 'react';
import { connectionPath, connectionsQuery, providersQuery, publishingKeys } from '../api/queries';
import type { Connection, Provider } from '../api/types';
import { useNetworkName } from '../names';
import { ConnectDialog } from './connect-dialog';
import { healthOf, type Health } from './health';
import { PickDialog } from './pick-dialog';
import { useSandbox } from './sandbox';
import { SetupDialog } from './setup-dialog';
import { useAuthorize } from './authorize';

export interface ConnectionsView { pick?: string | undefined; error?: string | undefined; words?: string | undefined; setup?: string | undefined }

/** The accounts that a brand publishes to, how they are, and the ways to add one. */
export function Connections({ view, onView }: { view: ConnectionsView; onView: (view: ConnectionsView) => void }) {
  const { scope } = useScope();
  const may = useMay('connections.manage');
  const list = useQuery(connectionsQuery(scope));
  const providers = useQuery(providersQuery(scope));
  const [connecting, setConnecting] = useState<string | null>(null);
  const all = list.data?.items.filter((c) => c.status !== 'disconnected') ?? [];
  const ways = providers.data?.items ?? [];
  const chosen = ways.find((p) => p.provider === connecting);
  const setup = ways.find((p) => p.provider === view.setup);
  return (
    <>
      {view.error && (
        <div role="alert" className="mb-8 flex items-start gap-3 rounded-md bg-bad-soft px-4 py-3 text-sm text-bad">
          <div className="min-w-0 grow wrap-anywhere"><p className="font-semibold">Nothing was connected</p><p>{view.words ?? refusals[view.error] ?? 'The network did not give its consent.'}</p></div>
          <button type="button" aria-label="Dismiss" className="flex size-8 shrink-0 items-center justify-center rounded-md hover:bg-sheet" onClick={() => onView({})}><X className="size-4" /></button>
        </div>
      )}
      <Section title="Connections" lead="The accounts that this brand publishes to. Keys are sealed as they arrive, and shown to nobody again.">
        {list.isPending ? <Loading what="connections"><SkeletonText lines={5} /></Loading>
          : list.isError ? <ErrorState error={list.error} retry={() => void list.refetch()} compact />
            : all.length === 0 ? <First may={may} />
              : <ul className="divide-y border-y" aria-label="Connections">{all.map((c) => <Row key={c.id} connection={c} provider={ways.find((p) => p.provider === c.provider)} may={may} />)}</ul>}
      </Section>
      <Section title="Add an account" lead={may ? undefined : 'Whoever manages the connections of this brand can add one.'}>
        {providers.isPending ? <Loading what="the networks"><SkeletonText lines={6} /></Loading>
          : providers.isError ? <ErrorState error={providers.error} retry={() => void providers.refetch()} compact />
            : (
              <div className="grid gap-8">
                <ul className="grid gap-3 sm:grid-cols-2" aria-label="Ways to connect">
                  {ways.filter((p) => !needsSetup(p)).map((p) => <Way key={p.provider} provider={p} connected={all.filter((c) => c.provider === p.provider).length} may={may} connect={() => setConnecting(p.provider)} setup={() => onView({ setup: p.provider })} />)}
                </ul>
                {ways.some(needsSetup) && (
                  <div className="grid gap-2">
                    <h3 className="text-sm font-semibold">Not set up here yet</h3>
                    <p className="text-sm text-ink-2">These ask that whoever runs Bellwether registers it there once.</p>
                    <ul className="grid gap-x-8 border-t sm:grid-cols-2" aria-label="Not set up">
                      {ways.filter(needsSetup).map((p) => (
                        <li key={p.provider} className="flex items-center gap-3 border-b py-2">
                          {p.networks.slice(0, 1).map((n) => <NetworkGlyph key={n} network={n} className="size-4 text-ink-3" />)}
                          <span className="min-w-0 grow truncate text-sm">{p.name}</span>
                          <Button size="sm" variant="quiet" onClick={() => onView({ setup: p.provider })}>How to set it up<span className="sr-only">, {p.name}</span></Button>
                        </li>
                      ))}
                    </ul>
                  </div>
                )}
              </div>
            )}
      </Section>
      {chosen && <ConnectDialog provider={chosen} onClose={() => setConnecting(null)} />}
      {setup && <SetupDialog provider={setup} onClose={() => onView({})} />}
      {view.pick && <PickDialog pick={view.pick} onClose={() => onView({})} />}
    </>
  );
}

const needsSetup = (p: Provider) => p.way === 'oauth' && !p.configured;
/** "Handle" is "handle" within a sentence; "API key" stays what it is. */
const within = (label: string) => (/^[A-Z][a-z]/.test(label) ? label.charAt(0).toLowerCase() + label.slice(1) : label);
const listed = new Intl.ListFormat('en', { type: 'conjunction' });

const refusals: Record<string, string> = {
  access_denied: 'You said no at the network, so nothing was connected. Try again when you like.',
  expired: 'It took longer than this consent is good for. Start again.',
};

function First({ may }: { may: boolean }) {
  const sandbox = useSandbox();
  return (
    <div className="grid justify-items-start gap-3 rounded-lg bg-brass-soft px-5 py-5">
      <h3 className="font-serif text-xl">Begin in the sandbox</h3>
      <p className="max-w-prose text-sm text-ink-2">A small network inside Bellwether that nobody outside sees. Schedule, move, publish and look at the result before a real account is at stake.</p>
      {may && <Button variant="primary" busy={sandbox.isPending} onClick={() => sandbox.mutate()}><FlaskConical className="size-4" /> Connect the sandbox</Button>}
      {sandbox.error ? <p role="alert" className="text-sm text-bad">{asProblem(sandbox.error).message}</p> : null}
    </div>
  );
}

function Way({ provider: p, connected, may, connect, setup }: { provider: Provider; connected: number; may: boolean; connect: () => void; setup: () => void }) {
  const name = useNetworkName();
  const sandbox = useSandbox();
  const inside = p.provider === 'sandbox';
  return (
    <li className="grid content-start gap-3 rounded-lg border bg-sheet px-4 py-4">
      <div className="flex items-center gap-3">
        <span className="flex shrink-0 gap-1.5">{p.networks.slice(0, 3).map((n) => <NetworkGlyph key={n} network={n} className="size-5" />)}</span>
        <h3 className="min-w-0 grow truncate font-semibold">{p.name}</h3>
        <span className="text-xs whitespace-nowrap text-ink-3">{connected > 0 ? `${connected} connected` : null}</span>
      </div>
      <p className="text-xs text-ink-3">
        {inside ? 'Nobody outside sees what is published there.' : p.way === 'fields' ? `With ${listed.format(p.fields.filter((f) => f.required).map((f) => within(f.label)))}.` : p.networks.length > 1 ? `For ${p.networks.map(name).join(', ')}; you choose the accounts after your consent.` : 'You give your consent there, and come back.'}
      </p>
      <div className="mt-auto flex flex-wrap gap-2">
        {may && (p.way === 'none'
          ? <Button size="sm" busy={sandbox.isPending} onClick={() => (inside ? sandbox.mutate(undefined, { onError: (e) => toast('It was not connected', { kind: 'error', detail: asProblem(e).message }) }) : connect())}><Plug className="size-4" /> {connected > 0 ? 'Add another' : 'Connect'}<span className="sr-only"> {p.name}</span></Button>
          : <Button size="sm" onClick={connect}><Plug className="size-4" /> {connected > 0 ? 'Add another' : 'Connect'}<span className="sr-only"> {p.name}</span></Button>)}
        {p.way === 'oauth' && <Button size="sm" variant="quiet" onClick={setup}>Setup<span className="sr-only">, {p.name}</span></Button>}
      </div>
    </li>
  );
}

const looks: Record<Health, { icon: typeof CircleCheck; label: string; text: string }> = {
  active: { icon: CircleCheck, label: 'Active', text: 'text-good' },
  blocked: { icon: Timer, label: 'Waiting', text: 'text-brass-ink' },
  expiring: { icon: KeyRound, label: 'Ends soon', text: 'text-brass-ink' },
  needs_consent: { icon: KeyRound, label: 'Needs consent', text: 'text-bad' },
  revoked: { icon: CircleX, label: 'Revoked', text: 'text-bad' },
};

function Row({ connection: c, provider, may }: { connection: Connection; provider: Provider | undefined; may: boolean }) {
  const { scope } = useScope();
  const client = useQueryClient();
  const name = useNetworkName();
  const [open, setOpen] = useState<'leave' | 'again' | null>(null);
  const health = healthOf(c);
  const { icon: Icon, label, text } = looks[health];
  const authorize = useAuthorize();
  const refresh = () => client.invalidateQueries({ queryKey: publishingKeys.all(scope) });
  const check = useMutation({
    mutationFn: () => take(api.POST(`${connectionPath}/check`, { params: { path: { ...scope, connection: c.id } } })),
    onSuccess: (fresh) => toast(healthOf(fresh) === 'active' ? `${c.name} answers` : `${c.name} needs you`, { ...(fresh.trouble && { detail: fresh.trouble }) }),
    onError: (error) => toast('It could not be checked', { kind: 'error', detail: asProblem(error).message }),
    onSettled: refresh,
  });
  const leave = useMutation({
    mutationFn: () => api.DELETE(connectionPath, { params: { path: { ...scope, connection: c.id } } }),
    onSuccess: () => {
      setOpen(null);
      toast(`${c.name} is disconnected`);
    },
    onSettled: refresh,
  });
  const again = () => (provider?.way === 'oauth' ? authorize.mutate({ provider: c.provider, server: c.server }) : setOpen('again'));
  const words = provider?.scopes.filter((s) => c.scopes.includes(s.name)).map((s) => s.words) ?? [];
  const sick = health === 'needs_consent' || health === 'revoked' || health === 'expiring';
  return (
    <li className="grid gap-3 py-5">
      <div className="flex items-start gap-3.5">
        <span className="relative shrink-0"><Avatar name={c.name} src={c.avatar_url} className="size-10" /><span className="absolute -right-1 -bottom-1 flex size-5 items-center justify-center rounded-full border bg-sheet"><NetworkGlyph network={c.network} className="size-3" /></span></span>
        <div className="min-w-0 grow">
          <h3 className="truncate font-semibold">{c.name}</h3>
          <p className="truncate text-sm text-ink-3">{name(c.network)}{c.handle && c.handle !== c.name && ` · ${c.handle}`}{c.server && !c.handle.includes(c.server) && ` · ${c.server}`}</p>
        </div>
        <span className={`flex h-8 shrink-0 items-center gap-1.5 text-xs whitespace-nowrap ${text}`}><Icon className="size-3.5" aria-hidden /> {label}</span>
        {may && (
          <Menu trigger={<button type="button" aria-label={`More for ${c.name}`} className="-mr-2 inline-flex size-8 items-center justify-center rounded-md text-ink-2 hover:bg-sunk hover:text-ink max-lg:size-10"><Ellipsis className="size-4.5" /></button>}>
            <MenuItem icon={RefreshCw} onSelect={() => check.mutate()}>Check now</MenuItem>
            {provider?.way !== 'none' && <MenuItem icon={KeyRound} onSelect={again}>Connect again</MenuItem>}
            <MenuLine />
            <MenuItem icon={Unplug} danger onSelect={() => setOpen('leave')}>Disconnect</MenuItem>
          </Menu>
        )}
      </div>
      {(sick || c.blocked_until) && health !== 'active' && (
        <div className={`ml-13.5 flex flex-wrap items-center gap-x-4 gap-y-2 rounded-md px-4 py-3 text-sm ${health === 'blocked' || health === 'expiring' ? 'bg-brass-soft' : 'bg-bad-soft'}`}>
          <div className="min-w-0 grow basis-64 wrap-anywhere">
            {c.trouble && <p>{c.trouble}</p>}
            <p className="text-xs text-ink-2">
              {health === 'blocked' && c.blocked_until ? <>The network asked for a pause. It goes on by itself <time dateTime={c.blocked_until}>{fullTime(c.blocked_until)}</time>.</>
                : health === 'expiring' && c.expires_at ? <>The consent ends on {shortDate(c.expires_at)}. What is planned after that would be held.</>
                  : 'What is planned for it is held until then.'}
            </p>
          </div>
          {may && sick && <Button size="sm" variant="primary" busy={authorize.isPending} onClick={again}>{health === 'revoked' ? 'Connect again' : 'Give consent'}<span className="sr-only"> for {c.name}</span></Button>}
        </div>
      )}
      <p className="flex flex-wrap gap-x-4 gap-y-1 pl-13.5 text-xs text-ink-3" aria-busy={check.isPending || undefined}>
        <span>{c.last_published_at ? `Published ${ago(c.last_published_at)}` : 'Nothing published yet'}</span>
        <span>{check.isPending ? 'Checking…' : c.checked_at ? `Checked ${ago(c.checked_at)}` : 'Not checked yet'}</span>
        {words.length > 0 && <span>May: {words.map((w) => w.charAt(0).toLowerCase() + w.slice(1)).join(', ')}</span>}
        {c.network === 'sandbox' && <Link to="/$org/$brand/sandbox" params={scope} className="text-ink-2 underline underline-offset-4 hover:text-ink">See the sandbox</Link>}
      </p>
      {open === 'again' && provider && <ConnectDialog provider={provider} onClose={() => setOpen(null)} />}
      {open === 'leave' && (
        <ConfirmDialog title={`Disconnect ${c.name}?`} action="Disconnect" busy={leave.isPending} error={leave.error} onClose={() => setOpen(null)} onConfirm={() => leave.mutate()}>
          <p>Its keys are deleted here at once. What is planned for it is held, not lost: connect it again, and it can go on.</p>
          <p>What is published stays where it is, and so does its history here.</p>
          {c.provider !== 'sandbox' && <Notice>To take the permission back at {name(c.network)} as well, remove Bellwether from the connected applications there.</Notice>}
        </ConfirmDialog>
      )}
    </li>
  );
}
