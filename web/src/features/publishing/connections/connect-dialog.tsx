import { api, take } from '@/shared/api/client';
import { asProblem } from '@/shared/api/problem';
import { toast } from '@/shared/lib/toast';
import { useScope } from '@/shared/lib/use-scope';
import { Button } from '@/shared/ui/button';
import { Dialog } from '@/shared/ui/dialog';
import { SelectField, TextField } from '@/shared/ui/field';
import { Fault } from '@/shared/ui/note';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Check, ExternalLink } from 'lucide-react';
import { useState } from 'react';
import { connectionsPath, publishingKeys } from '../api/queries';
import type { Provider } from '../api/types';
import { useNetworkName } from '../names';
import { useAuthorize } from './authorize';

/** What is asked, in words, before anybody says yes to it. */
export function ConnectDialog({ provider: p, onClose }: { provider: Provider; onClose: () => void }) {
  const { scope } = useScope();
  const client = useQueryClient();
  const name = useNetworkName();
  const [server, setServer] = useState('');
  const [network, setNetwork] = useState(p.networks[0]);
  const [values, setValues] = useState<Record<string, string>>({});
  const authorize = useAuthorize();
  // What is typed for a key names its site among the fields.
  const asksServer = p.needs_server && p.way === 'oauth';
  const connect = useMutation({
    mutationFn: () => {
      const fields = Object.fromEntries(p.fields.flatMap((f) => (values[f.name]?.trim() ? [[f.name, values[f.name]?.trim() ?? '']] : [])));
      const body = { provider: p.provider, ...(p.networks.length > 1 && network && { network }), ...(asksServer && { server: server.trim() }), fields };
      return take(api.POST(connectionsPath, { params: { path: scope }, body }));
    },
    onSuccess: ({ items }) => {
      toast(`${items.map((c) => c.name).join(', ') || p.name} is connected`);
      onClose();
    },
    onSettled: () => client.invalidateQueries({ queryKey: publishingKeys.all(scope) }),
  });
  const oauth = p.way === 'oauth';
  const error = oauth ? authorize.error : connect.error;
  const problem = error ? asProblem(error) : null;
  const at = (field: string) => problem?.at(`fields/${field}`) ?? problem?.at(field);
  const complete = (!asksServer || server.trim() !== '') && p.fields.every((f) => !f.required || values[f.name]?.trim());
  const busy = authorize.isPending || authorize.isSuccess || connect.isPending;
  return (
    <Dialog open dirty={!busy && Object.values(values).some((v) => v.trim() !== '')} onOpenChange={(open) => !open && onClose()} title={`Connect ${p.name}`} description={oauth ? 'You sign in there, give your consent, and come back. Bellwether never sees your password.' : undefined}>
      <form
        noValidate
        className="grid gap-5"
        onSubmit={(e) => {
          e.preventDefault();
          if (!complete || busy) return;
          if (oauth) authorize.mutate({ provider: p.provider, server: asksServer ? server.trim() : null });
          else connect.mutate();
        }}
      >
        {p.networks.length > 1 && !oauth && <SelectField label="Network" value={network} onChange={(e) => setNetwork(p.networks.find((n) => n === e.target.value))} error={problem?.at('network')}>{p.networks.map((n) => <option key={n} value={n}>{name(n)}</option>)}</SelectField>}
        {asksServer && <TextField label="Server" placeholder="mastodon.social" inputMode="url" autoCapitalize="none" autoCorrect="off" spellCheck={false} autoFocus hint="The part of your address after the second @." value={server} onChange={(e) => setServer(e.target.value)} error={problem?.at('server')} />}
        {p.fields.map((f, i) => (
          <TextField
            key={f.name}
            label={f.required ? f.label : `${f.label} (if there is one)`}
            type={f.secret ? 'password' : 'text'}
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            autoFocus={i === 0 && !asksServer}
            placeholder={f.example || undefined}
            hint={f.help || undefined}
            value={values[f.name] ?? ''}
            onChange={(e) => setValues((all) => ({ ...all, [f.name]: e.target.value }))}
            error={at(f.name)}
          />
        ))}
        {p.scopes.length > 0 && (
          <div className="grid gap-2">
            <p className="text-sm font-semibold">What Bellwether may do then</p>
            <ul className="grid gap-1.5 text-sm text-ink-2">{p.scopes.map((s) => <li key={s.name} className="flex gap-2.5"><Check className="mt-0.5 size-4 shrink-0 text-good" aria-hidden /><span>{s.words} <code className="ml-1 font-mono text-xs text-ink-3">{s.name}</code></span></li>)}</ul>
          </div>
        )}
        <Fault error={error} fields={['server', 'network', ...p.fields.flatMap((f) => [`fields/${f.name}`, f.name])]} />
        <div className="flex flex-wrap justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" busy={busy} disabled={!complete}>{oauth ? <>Go to {p.name} <ExternalLink className="size-4" /></> : 'Connect'}</Button>
        </div>
      </form>
    </Dialog>
  );
}
