import { connectionsPath, connectionsQuery, providersQuery } from '@/shared/api/brand-networks';
import { api, take } from '@/shared/api/client';
import { takingStore, type TakingProgress } from '@/shared/api/progress';
import { asProblem } from '@/shared/api/problem';
import type { components } from '@/shared/api/schema.gen';
import { useStore } from '@/shared/lib/store';
import { useScope } from '@/shared/lib/use-scope';
import { Button } from '@/shared/ui/button';
import { Meter } from '@/shared/ui/meter';
import { NetworkGlyph } from '@/shared/ui/network-glyph';
import { Empty, ErrorState, Loading, SkeletonText } from '@/shared/ui/states';
import { voiceKey } from '@/shared/voice/api';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useEffect } from 'react';
import { takingWords } from './say';

type Connection = components['schemas']['ConnectionView'];

/** The brand's accounts, each with a button that takes what it posted. */
export function Accounts() {
  const { scope } = useScope();
  const connections = useQuery(connectionsQuery(scope));
  const providers = useQuery(providersQuery(scope));
  if (connections.isPending || providers.isPending) return <Loading what="accounts"><SkeletonText lines={4} /></Loading>;
  const failed = connections.isError ? connections : providers.isError ? providers : null;
  if (failed) return <ErrorState error={failed.error} title="The accounts could not be loaded" retry={() => void Promise.all([connections.refetch(), providers.refetch()])} compact />;
  const items = connections.data?.items ?? [];
  if (items.length === 0) return <Empty title="No account is connected" action={<Link to="/$org/$brand/brand/$section" params={{ ...scope, section: 'connections' }} className="text-sm underline underline-offset-4">Connect one</Link>}>Then what you posted there can be taken as samples.</Empty>;
  const gives = (c: Connection) => providers.data?.items.find((p) => p.provider === c.provider)?.abilities.read_back === true;
  return (
    <div className="grid gap-3">
      <p className="text-sm text-ink-2">What you posted within the last two years, as far back as the network gives it. Answers to others are left out, and each text is kept once.</p>
      <ul className="divide-y border-y" aria-label="Accounts">
        {items.map((c) => <Account key={c.id} of={c} gives={gives(c)} />)}
      </ul>
    </div>
  );
}

function Account({ of: account, gives }: { of: Connection; gives: boolean }) {
  const { scope } = useScope();
  const client = useQueryClient();
  const progress = useStore(takingStore)[account.id];
  const tell = (told: TakingProgress) => takingStore.set((all) => ({ ...all, [account.id]: told }));
  const run = useMutation({
    mutationFn: () => take(api.POST(`${connectionsPath}/{connection}/voice-samples`, { params: { path: { ...scope, connection: account.id } } })),
    onMutate: () => tell({ stage: 'asked', done: 0 }),
    onError: (error) => tell({ stage: 'failed', done: 1, words: asProblem(error).message }),
  });
  const over = progress?.stage === 'taken' || progress?.stage === 'failed';
  const stage = progress?.stage;
  useEffect(() => {
    if (stage === 'taken') void client.invalidateQueries({ queryKey: voiceKey(scope) });
  }, [stage, client, scope]);
  const idle = account.status !== 'active' ? 'It has to be connected again first.' : gives ? null : 'Its network gives no posts back; export them there and add the file.';
  return (
    <li className="grid gap-2 py-3">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <NetworkGlyph network={account.network} className="size-4 shrink-0" />
        <span className="min-w-0 grow truncate text-sm">{account.name} {account.handle !== '' && account.handle !== account.name && <span className="text-ink-3">{account.handle}</span>}</span>
        <Button size="sm" disabled={idle !== null} busy={run.isPending || (progress !== undefined && !over)} onClick={() => run.mutate()}>Take my recent posts<span className="sr-only"> of {account.name}</span></Button>
      </div>
      {idle && <p className="text-xs text-ink-3">{idle}</p>}
      {progress && (
        <>
          {!over && <Meter goal label="Posts taken, in percent" used={Math.round(progress.done * 100)} limit={100} />}
          <p role="status" className={progress.stage === 'failed' ? 'text-xs text-bad' : 'text-xs text-ink-2'}>{takingWords(progress)}</p>
        </>
      )}
    </li>
  );
}
