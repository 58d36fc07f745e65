import { api, take } from '@/shared/api/client';
import { asProblem } from '@/shared/api/problem';
import { apiKeysQuery, organizationPath } from '@/shared/api/queries';
import type { ApiKey, Permission } from '@/shared/api/types';
import { ago, fullTime, shortDate } from '@/shared/lib/time';
import { toast } from '@/shared/lib/toast';
import { useChanged } from '@/shared/lib/unsaved';
import { useMay } from '@/shared/lib/use-may';
import { useScope } from '@/shared/lib/use-scope';
import { Button } from '@/shared/ui/button';
import { Checkbox, Segmented } from '@/shared/ui/choice';
import { ConfirmDialog } from '@/shared/ui/confirm';
import { Dialog } from '@/shared/ui/dialog';
import { SelectField, TextField } from '@/shared/ui/field';
import { Fault, Notice } from '@/shared/ui/note';
import { ShownOnce } from '@/shared/ui/once';
import { Section } from '@/shared/ui/section';
import { Empty, ErrorState, Loading, SkeletonText } from '@/shared/ui/states';
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { KeyRound, Plus } from 'lucide-react';
import { useState } from 'react';
import { PermissionList } from './grant';

const stateWords: Record<ApiKey['status'], { label: string; look: string }> = {
  active: { label: 'Works', look: 'text-good' }, expired: { label: 'Expired', look: 'text-ink-3' }, revoked: { label: 'Revoked', look: 'text-ink-3' }, stopped: { label: 'Stopped: its maker is gone', look: 'text-bad' },
};

export function ApiKeys() {
  const { scope, organization } = useScope();
  const may = useMay('api_keys.manage');
  const keys = useInfiniteQuery({ ...apiKeysQuery(scope.org), enabled: may });
  const items = keys.data?.pages.flatMap((p) => p.items) ?? [];
  const [making, setMaking] = useState(false);
  const [ending, setEnding] = useState<ApiKey | null>(null);
  const client = useQueryClient();
  const revoke = useMutation({
    mutationFn: (key: ApiKey) => api.DELETE(`${organizationPath}/api-keys/{key}`, { params: { path: { org: scope.org, key: key.id } } }),
    onSuccess: (_, key) => {
      setEnding(null);
      toast(`${key.name} no longer opens anything`);
    },
    onSettled: () => void client.invalidateQueries({ queryKey: apiKeysQuery(scope.org).queryKey }),
  });
  const brandName = (id: string | null | undefined) => organization.brands.find((b) => b.id === id)?.name;
  if (!may) return <Section title="API keys"><Notice>Who may manage API keys here sees them. Ask an admin.</Notice></Section>;
  return (
    <Section title="API keys" lead="For programs that work here in your name: scripts, other apps, AI assistants. A key may never do more than whoever made it." action={<Button variant="primary" onClick={() => setMaking(true)}><Plus className="size-4" /> New key</Button>}>
      {keys.isPending ? <Loading what="API keys"><SkeletonText lines={4} /></Loading>
        : keys.isError ? <ErrorState error={keys.error} retry={() => void keys.refetch()} compact />
          : items.length === 0 ? <Empty icon={KeyRound} title="No keys yet">A key is shown once, when it is made. What it did, and from where, stands here. <a href="/api/docs" className="text-link underline underline-offset-4">What the API can do</a></Empty>
            : (
              <ul className="divide-y border-t" aria-label="API keys">
                {items.map((k) => (
                  <li key={k.id} className="flex items-start gap-4 py-3.5">
                    <div className="min-w-0 grow">
                      <p className="flex flex-wrap items-baseline gap-x-3"><span className={k.status === 'active' ? 'font-semibold' : 'text-ink-2'}>{k.name}</span> <code className="font-mono text-xs text-ink-3">{k.prefix}…</code> <span className={`text-xs ${stateWords[k.status].look}`}>{stateWords[k.status].label}</span></p>
                      <p className="mt-0.5 font-mono text-xs text-ink-2">{k.scopes.join(', ')}</p>
                      <p className="mt-0.5 flex flex-wrap gap-x-3 text-xs text-ink-3">
                        <span>{k.last_used_at ? <>used <time dateTime={k.last_used_at} title={fullTime(k.last_used_at)}>{ago(k.last_used_at)}</time>{k.last_used_ip && ` from ${k.last_used_ip}`}</> : 'never used'}</span>
                        <span>{k.usage_count.toLocaleString()} requests</span>
                        <span>{k.hourly_limit.toLocaleString()} an hour</span>
                        {k.brand_id && <span>only {brandName(k.brand_id) ?? 'one brand'}</span>}
                        {k.signed && <span>signs its requests</span>}
                        {k.expires_at && <span>until {shortDate(k.expires_at)}</span>}
                        <span>by {k.created_by_name ?? 'somebody who left'}</span>
                      </p>
                    </div>
                    {k.status !== 'revoked' && <Button size="sm" variant="danger" onClick={() => setEnding(k)} aria-label={`Revoke ${k.name}`}>Revoke</Button>}
                  </li>
                ))}
              </ul>
            )}
      {keys.hasNextPage && <div><Button variant="quiet" size="sm" busy={keys.isFetchingNextPage} onClick={() => void keys.fetchNextPage()}>Show more</Button></div>}
      {making && <NewKey onClose={() => setMaking(false)} />}
      {ending && (
        <ConfirmDialog title={`Revoke ${ending.name}?`} action="Revoke" busy={revoke.isPending} error={revoke.error} onConfirm={() => revoke.mutate(ending)} onClose={() => setEnding(null)}>
          <p>Programs that use it stop at once. This can’t be taken back; make a new key instead.</p>
        </ConfirmDialog>
      )}
    </Section>
  );
}

const spans = { '30': '30 days', '90': '90 days', '365': 'A year', '': 'Never' } as const;

function NewKey({ onClose }: { onClose: () => void }) {
  const { scope, organization } = useScope();
  const client = useQueryClient();
  const [name, setName] = useState('');
  const [scopes, setScopes] = useState<Permission[]>(['posts.read', 'posts.write', 'brand.read']);
  const [brand, setBrand] = useState('');
  const [span, setSpan] = useState<keyof typeof spans>('90');
  const [limit, setLimit] = useState('1000');
  const [signed, setSigned] = useState(false);
  const make = useMutation({
    mutationFn: () => take(api.POST(`${organizationPath}/api-keys`, {
      params: { path: { org: scope.org } },
      body: { name: name.trim(), scopes, signed, hourly_limit: Number(limit) || 1000, ...(brand && { brand_id: brand }), ...(span && { expires_at: new Date(Date.now() + Number(span) * 86_400_000).toISOString() }) },
    })),
    onSettled: () => void client.invalidateQueries({ queryKey: apiKeysQuery(scope.org).queryKey }),
  });
  const problem = make.error ? asProblem(make.error) : null;
  const dirty = useChanged({ name, scopes, brand, span, limit, signed });
  if (make.data) {
    return (
      <Dialog open held={Boolean(make.data.token)} onOpenChange={(open) => !open && onClose()} title="Copy the key now" description="It is shown this once and kept nowhere: whoever loses it makes a new one." footer={<Button variant="primary" onClick={onClose}>I have it</Button>}>
        {make.data.token ? <ShownOnce label={make.data.key.name} value={make.data.token} /> : <Notice kind="warn">The key was shown before. Revoke it and make another one.</Notice>}
      </Dialog>
    );
  }
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="New API key"
      size="lg"
      dirty={dirty}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form="new-key" variant="primary" busy={make.isPending} disabled={!name.trim() || scopes.length === 0}>Make the key</Button>
        </>
      }
    >
      <form
        id="new-key"
        noValidate
        className="grid gap-6"
        onSubmit={(e) => {
          e.preventDefault();
          make.mutate();
        }}
      >
        <TextField label="What is it for?" autoFocus value={name} onChange={(e) => setName(e.target.value)} error={problem?.at('name')} placeholder="Nightly import" />
        <div className="grid gap-5 sm:grid-cols-2">
          {organization.brands.length > 1 && (
            <SelectField label="Reaches" value={brand} onChange={(e) => setBrand(e.target.value)} error={problem?.at('brand_id')}>
              <option value="">All brands that you reach</option>
              {organization.brands.map((b) => <option key={b.id} value={b.id}>Only {b.name}</option>)}
            </SelectField>
          )}
          <TextField label="Requests an hour" type="number" min={1} value={limit} onChange={(e) => setLimit(e.target.value)} error={problem?.at('hourly_limit')} />
        </div>
        <div className="grid gap-1.5">
          <p className="text-sm font-semibold">Ends after</p>
          <Segmented label="Ends after" value={span} onChange={setSpan} options={(Object.keys(spans) as (keyof typeof spans)[]).sort((a, b) => (Number(a) || 9999) - (Number(b) || 9999)).map((s) => ({ value: s, label: spans[s] }))} />
          {problem?.at('expires_at') && <p role="alert" className="text-xs text-bad">{problem.at('expires_at')}</p>}
        </div>
        <div className="grid gap-3">
          <p className="text-sm font-semibold">It may</p>
          {problem?.at('scopes') && <p role="alert" className="text-xs text-bad">{problem.at('scopes')}</p>}
          <PermissionList held={(p) => scopes.includes(p)} toggle={(p, on) => setScopes(on ? [...scopes, p] : scopes.filter((s) => s !== p))} mine={organization.permissions} readOnly={false} only={organization.permissions} />
        </div>
        <label className="flex items-start gap-3 text-sm">
          <Checkbox label="Sign requests" checked={signed} onChange={setSigned} />
          <span>Sign requests instead of sending the key along<span className="block text-xs text-ink-3">Safer where others can see the traffic; your program computes an HMAC of each request.</span></span>
        </label>
        <Fault error={problem} fields={['name', 'scopes', 'brand_id', 'hourly_limit', 'expires_at']} />
      </form>
    </Dialog>
  );
}
