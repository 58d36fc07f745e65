import { api, take } from '@/shared/api/client';
import { asProblem, type Problem } from '@/shared/api/problem';
import { factorsQuery, identitiesQuery, passkeysQuery, providersQuery, sessionsQuery } from '@/shared/api/queries';
import type { Factors, Passkey } from '@/shared/api/types';
import { calledOff, makePasskey, passkeyFault, passkeysWork } from '@/shared/lib/passkeys';
import { deviceWords } from '@/shared/lib/device';
import { ago, fullTime, shortDate } from '@/shared/lib/time';
import { toast } from '@/shared/lib/toast';
import { useScope } from '@/shared/lib/use-scope';
import { Button, IconButton } from '@/shared/ui/button';
import { ConfirmDialog } from '@/shared/ui/confirm';
import { useConfirmSelf } from '@/shared/ui/confirm-self';
import { TextField } from '@/shared/ui/field';
import { Fault, Notice } from '@/shared/ui/note';
import { Form, Section } from '@/shared/ui/section';
import { ErrorState, Loading, SkeletonText } from '@/shared/ui/states';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Fingerprint, LogIn, Pencil, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { TwoFactor } from './two-factor';

export function Security() {
  const factors = useQuery(factorsQuery);
  if (factors.isPending) return <Loading what="security"><SkeletonText lines={8} /></Loading>;
  if (factors.isError) return <ErrorState error={factors.error} retry={() => void factors.refetch()} />;
  return (
    <>
      <Password factors={factors.data} />
      <Passkeys />
      <TwoFactor factors={factors.data} />
      <Identities />
    </>
  );
}

function Password({ factors }: { factors: Factors }) {
  const client = useQueryClient();
  const { user } = useScope();
  const [current, setCurrent] = useState('');
  const [next, setNext] = useState('');
  const self = useConfirmSelf();
  const [problem, setProblem] = useState<Problem | null>(null);
  const save = () => {
    setProblem(null);
    self.run(
      () => api.PUT('/api/v1/me/password', { body: { password: next, ...(factors.password && { current_password: current }) } }),
      () => {
        setCurrent('');
        setNext('');
        void client.invalidateQueries({ queryKey: factorsQuery.queryKey });
        void client.invalidateQueries({ queryKey: sessionsQuery.queryKey });
        toast(factors.password ? 'Your password is changed' : 'Your password is set', { detail: 'Everybody else who was signed in as you is signed out.' });
      },
      setProblem,
    );
  };
  return (
    <Section title="Password" lead={factors.password ? undefined : 'You have none: you come in another way. With one, you have a second way in.'}>
      <Form label={factors.password ? 'Change the password' : 'Set a password'} onSubmit={save} busy={self.busy} dirty={next !== '' && (!factors.password || current !== '')} problem={problem} located={Boolean(problem?.at('password') ?? problem?.at('current_password'))}>
        {/* For password managers: whose password this is. */}
        <input type="text" autoComplete="username" value={user.email} readOnly hidden />
        {factors.password && <TextField label="Present password" type="password" autoComplete="current-password" value={current} onChange={(e) => setCurrent(e.target.value)} error={problem?.at('current_password')} />}
        <TextField label="New password" type="password" autoComplete="new-password" value={next} onChange={(e) => setNext(e.target.value)} error={problem?.at('password')} hint="A few words in a row are strong and easy to remember." />
      </Form>
      {self.dialog}
    </Section>
  );
}

function Passkeys() {
  const client = useQueryClient();
  const { user } = useScope();
  const list = useQuery(passkeysQuery);
  const self = useConfirmSelf();
  const [fault, setFault] = useState<string | null>(null);
  const [removing, setRemoving] = useState<Passkey | null>(null);
  const [renaming, setRenaming] = useState<string | null>(null);
  const refresh = () => {
    void client.invalidateQueries({ queryKey: passkeysQuery.queryKey });
    void client.invalidateQueries({ queryKey: factorsQuery.queryKey });
  };
  const add = () => {
    setFault(null);
    self.run(
      () => take(api.POST('/api/v1/me/passkeys/begin', { body: {} })),
      ({ ceremony, options }) => void register(ceremony, options),
      (problem) => setFault(problem.message),
    );
  };
  const register = async (ceremony: string, options: unknown) => {
    try {
      const credential = await makePasskey(options);
      const made = await take(api.POST('/api/v1/me/passkeys', { body: { ceremony, name: deviceWords(navigator.userAgent), credential } }));
      refresh();
      setRenaming(made.id);
      toast('The passkey is ready', { detail: 'Sign in with it from now on; give it a name that you will know again.' });
    } catch (error) {
      if (!calledOff(error)) setFault(error instanceof Error && error.name === 'Problem' ? asProblem(error).message : passkeyFault(error));
    }
  };
  const rename = useMutation({
    mutationFn: ({ id, name }: { id: string; name: string }) => take(api.PATCH('/api/v1/me/passkeys/{passkey}', { params: { path: { passkey: id } }, body: { name } })),
    onSuccess: () => setRenaming(null),
    onError: (error) => toast('The name was not kept', { kind: 'error', detail: asProblem(error).message }),
    onSettled: refresh,
  });
  const items = list.data?.items ?? [];
  return (
    <Section title="Passkeys" lead="Sign in by fingerprint, face or the lock of your device. No password to be stolen or forgotten." action={passkeysWork() && <Button busy={self.busy} onClick={add}><Fingerprint className="size-4" /> Add a passkey</Button>}>
      {fault && <p role="alert" className="text-sm text-bad">{fault}</p>}
      {!passkeysWork() && <Notice>Passkeys need a secure address (https) and a browser that knows them. {items.length === 0 && 'Open this page that way to add one.'}</Notice>}
      {list.isPending ? <Loading what="passkeys"><SkeletonText lines={2} /></Loading>
        : list.isError ? <ErrorState error={list.error} retry={() => void list.refetch()} compact />
          : items.length > 0 && (
            <ul className="divide-y border-t" aria-label="Passkeys">
              {items.map((p) => (
                <li key={p.id} className="flex items-center gap-3 py-3">
                  <Fingerprint className="size-4 shrink-0 text-ink-3" aria-hidden />
                  <div className="min-w-0 grow">
                    {renaming === p.id
                      ? <Rename name={p.name} save={(name) => rename.mutate({ id: p.id, name })} cancel={() => setRenaming(null)} />
                      : <p className="truncate">{p.name}{p.synced && <span className="ml-2 text-xs text-ink-3">synced</span>}</p>}
                    <p className="text-xs text-ink-3">added {shortDate(p.created_at, user.time_zone)}{p.last_used_at ? `, used ${ago(p.last_used_at)}` : ', never used'}</p>
                  </div>
                  <IconButton label={`Rename ${p.name}`} onClick={() => setRenaming(p.id)}><Pencil /></IconButton>
                  <IconButton label={`Remove ${p.name}`} onClick={() => setRemoving(p)}><Trash2 /></IconButton>
                </li>
              ))}
            </ul>
          )}
      {self.dialog}
      {removing && (
        <RemovePasskey
          passkey={removing}
          onClose={() => {
            setRemoving(null);
            refresh();
          }}
        />
      )}
    </Section>
  );
}

function Rename({ name, save, cancel }: { name: string; save: (name: string) => void; cancel: () => void }) {
  const [text, setText] = useState(name);
  return (
    <form
      className="flex"
      onSubmit={(e) => {
        e.preventDefault();
        if (text.trim()) save(text.trim());
      }}
    >
      <input
        aria-label="Name of the passkey"
        autoFocus
        maxLength={100}
        value={text}
        onFocus={(e) => e.target.select()}
        onChange={(e) => setText(e.target.value)}
        onBlur={() => (text.trim() && text.trim() !== name ? save(text.trim()) : cancel())}
        onKeyDown={(e) => e.key === 'Escape' && cancel()}
        className="h-7 w-full max-w-72 rounded-sm border border-line-strong bg-sheet px-2 text-sm max-lg:h-10"
      />
    </form>
  );
}

function RemovePasskey({ passkey, onClose }: { passkey: Passkey; onClose: () => void }) {
  const self = useConfirmSelf();
  const [error, setError] = useState<Problem | null>(null);
  return self.dialog ?? (
    <ConfirmDialog
      title={`Remove ${passkey.name}?`}
      action="Remove"
      busy={self.busy}
      error={error}
      onClose={onClose}
      onConfirm={() => self.run(
        () => api.POST('/api/v1/me/passkeys/{passkey}/remove', { params: { path: { passkey: passkey.id } }, body: {} }),
        () => {
          toast('The passkey is removed', { detail: 'Your device may still offer it; it opens nothing here.' });
          onClose();
        },
        setError,
      )}
    >
      <p>It no longer signs you in. {passkey.last_used_at ? `It was last used ${ago(passkey.last_used_at)}.` : 'It was never used.'}</p>
    </ConfirmDialog>
  );
}

function Identities() {
  const client = useQueryClient();
  const { scope, user } = useScope();
  const providers = useQuery(providersQuery);
  const list = useQuery(identitiesQuery);
  const self = useConfirmSelf();
  const [problem, setProblem] = useState<Problem | null>(null);
  const items = list.data?.items ?? [];
  const nameOf = (id: string) => providers.data?.items.find((p) => p.id === id)?.name ?? id;
  const open = (providers.data?.items ?? []).filter((p) => !items.some((i) => i.provider === p.id));
  if (items.length === 0 && open.length === 0) return null;
  const link = (provider: string) => self.run(
    () => take(api.POST('/api/v1/me/external-identities/{provider}/begin', { params: { path: { provider } }, body: { return_to: `/${scope.org}/${scope.brand}/settings/security` } })),
    ({ url }) => window.location.assign(url),
    setProblem,
  );
  const unlink = (identity: string) => self.run(
    () => api.POST('/api/v1/me/external-identities/{identity}/unlink', { params: { path: { identity } }, body: {} }),
    () => {
      toast('Unlinked');
      void client.invalidateQueries({ queryKey: identitiesQuery.queryKey });
      void client.invalidateQueries({ queryKey: factorsQuery.queryKey });
    },
    setProblem,
  );
  return (
    <Section title="Linked accounts" lead="Other accounts of yours that sign you in here.">
      <Fault error={problem} />
      {items.length > 0 && (
        <ul className="divide-y border-t" aria-label="Linked accounts">
          {items.map((i) => (
            <li key={i.id} className="flex items-center gap-3 py-3">
              <LogIn className="size-4 shrink-0 text-ink-3" aria-hidden />
              <div className="min-w-0 grow">
                <p className="truncate">{nameOf(i.provider)}{i.email && <span className="text-ink-2"> · {i.email}</span>}</p>
                <p className="text-xs text-ink-3">linked {shortDate(i.created_at, user.time_zone)}{i.last_used_at && <>, used <time title={fullTime(i.last_used_at, user.time_zone)}>{ago(i.last_used_at)}</time></>}</p>
              </div>
              <Button size="sm" aria-label={`Unlink ${nameOf(i.provider)}`} onClick={() => unlink(i.id)}>Unlink</Button>
            </li>
          ))}
        </ul>
      )}
      {open.length > 0 && <div className="flex flex-wrap gap-2">{open.map((p) => <Button key={p.id} onClick={() => link(p.id)}>Link {p.name}</Button>)}</div>}
      {self.dialog}
    </Section>
  );
}
