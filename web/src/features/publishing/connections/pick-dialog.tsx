import { api, take } from '@/shared/api/client';
import { asProblem } from '@/shared/api/problem';
import { toast } from '@/shared/lib/toast';
import { useScope } from '@/shared/lib/use-scope';
import { Button } from '@/shared/ui/button';
import { Checkbox } from '@/shared/ui/choice';
import { Dialog } from '@/shared/ui/dialog';
import { NetworkGlyph } from '@/shared/ui/network-glyph';
import { Fault } from '@/shared/ui/note';
import { ErrorState, Loading, SkeletonText } from '@/shared/ui/states';
import { Avatar } from '@/shared/ui/status';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { pickPath, pickQuery, publishingKeys } from '../api/queries';
import { useNetworkName } from '../names';

/** After the consent: which of the accounts that it opened belong to this brand. */
export function PickDialog({ pick, onClose }: { pick: string; onClose: () => void }) {
  const { scope } = useScope();
  const client = useQueryClient();
  const name = useNetworkName();
  const query = useQuery(pickQuery(scope, pick));
  const [picked, setPicked] = useState<string[] | null>(null);
  const accounts = query.data?.accounts ?? [];
  // What is connected already renews its consent; of the others, a single one is the one that was meant.
  const chosen = picked ?? accounts.filter((a) => a.connected || accounts.length === 1).map((a) => a.id);
  const add = useMutation({
    mutationFn: () => take(api.POST(pickPath, { params: { path: { ...scope, pick } }, body: { accounts: chosen } })),
    onSuccess: ({ items }) => {
      toast(items.length === 1 ? `${items[0]?.name} is connected` : `${items.length} accounts are connected`);
      onClose();
    },
    onSettled: () => client.invalidateQueries({ queryKey: publishingKeys.all(scope) }),
  });
  const gone = query.isError && [404, 410].includes(asProblem(query.error).status);
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title="Which accounts?" description="Your consent opened these. Choose those that belong to this brand.">
      {query.isPending ? <Loading what="the accounts"><SkeletonText lines={4} /></Loading>
        : query.isError ? <ErrorState error={query.error} compact {...(gone ? { title: 'This consent is used up or too old' } : { retry: () => void query.refetch() })} />
          : accounts.length === 0 ? <p className="text-sm text-ink-2">The network gave no account that can be published to. A page needs you as its administrator; an Instagram account must be a professional one.</p>
            : (
              <div className="grid gap-5">
                <ul className="divide-y border-y" aria-label="Accounts">
                  {accounts.map((a) => (
                    <li key={a.id} className="flex items-center gap-3 py-3">
                      <Checkbox label={`${name(a.network)}: ${a.name}`} checked={chosen.includes(a.id)} onChange={(on) => setPicked(on ? [...chosen, a.id] : chosen.filter((x) => x !== a.id))} />
                      <Avatar name={a.name} src={a.avatar_url} />
                      <div className="min-w-0 grow"><p className="truncate text-sm font-semibold">{a.name}</p><p className="flex items-center gap-1.5 truncate text-xs text-ink-3"><NetworkGlyph network={a.network} className="size-3" /> {a.handle}</p></div>
                      {a.connected && <span className="text-xs text-ink-3">connected</span>}
                    </li>
                  ))}
                </ul>
                <Fault error={add.error} />
                <div className="flex flex-wrap justify-end gap-2">
                  <Button onClick={onClose}>None of them</Button>
                  <Button variant="primary" busy={add.isPending} disabled={chosen.length === 0} onClick={() => add.mutate()}>{chosen.length === 1 ? 'Connect 1 account' : `Connect ${chosen.length} accounts`}</Button>
                </div>
              </div>
            )}
    </Dialog>
  );
}
