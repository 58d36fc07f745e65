import { api, take } from '@/shared/api/client';
import { asProblem } from '@/shared/api/problem';
import type { NetworkId } from '@/shared/api/types';
import { toast } from '@/shared/lib/toast';
import { useScope } from '@/shared/lib/use-scope';
import { addDays, addMonths, dayOf, daysBetween, isDay, localAt, monthOf, sayZone } from '@/shared/lib/zone';
import { Button } from '@/shared/ui/button';
import { Dialog } from '@/shared/ui/dialog';
import { SelectField, TextField } from '@/shared/ui/field';
import { Fault } from '@/shared/ui/note';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { connectionsQuery, publicationsPath } from '../api/queries';
import type { PublicationState } from '../api/types';
import type { Filter } from '../filters';
import { useNetworkName } from '../names';
import { lookOf, stateLooks } from '../state';
import { download, rowsOf } from './sheet';

/** What is planned and out on some days as a table; what is filtered on screen is filtered there too, until one says otherwise. */
export function ExportDialog({ filter, from: first, to: last, zone, onClose }: { filter: Filter; from: string; to: string; zone: string; onClose: () => void }) {
  const { scope } = useScope();
  const name = useNetworkName();
  const { data } = useQuery(connectionsQuery(scope));
  const [from, setFrom] = useState(first);
  const [to, setTo] = useState(last);
  const [network, setNetwork] = useState<string>(filter.network ?? '');
  const [connection, setConnection] = useState(filter.connection ?? '');
  const [state, setState] = useState(filter.state ?? '');
  const today = dayOf(localAt(new Date(), zone));
  const accounts = data?.items ?? [];
  const networks = [...new Set<NetworkId>([...accounts.map((c) => c.network), ...(filter.network ? [filter.network] : [])])];
  const give = useMutation({
    mutationFn: async () => {
      const csv = await take(api.GET(`${publicationsPath}/export`, { params: { path: scope, query: { from, to, ...(network !== '' && { network: network as NetworkId }), ...(connection !== '' && { connection }), ...(state !== '' && { state }) } }, parseAs: 'text' })) as unknown as string;
      return { csv, rows: rowsOf(csv) };
    },
    onSuccess: ({ csv, rows }) => {
      if (rows === 0) return;
      download(`publications-${from}-${to}.csv`, csv);
      toast(rows === 1 ? '1 row exported' : `${rows.toLocaleString()} rows exported`, { detail: 'The file reads back as it is.' });
      onClose();
    },
  });
  const problem = give.error ? asProblem(give.error) : null;
  const days = isDay(from) && isDay(to) ? daysBetween(from, to) : -1;
  const wrong = !isDay(to) ? undefined : days < 0 ? 'Choose a day on or after the first.' : days > 366 ? 'Choose at most a year.' : undefined;
  const ready = isDay(from) && isDay(to) && !wrong;
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title="Export as a table" description="A CSV file for a spreadsheet, with text, account, time, state and address. Import reads it back.">
      <form
        noValidate
        className="grid gap-5"
        onSubmit={(e) => {
          e.preventDefault();
          if (ready && !give.isPending) give.mutate();
        }}
      >
        <div className="grid grid-cols-2 gap-4">
          <TextField label="From" type="date" value={from} onChange={(e) => setFrom(e.target.value)} error={problem?.at('from')} />
          <TextField label="To, included" type="date" value={to} onChange={(e) => setTo(e.target.value)} error={wrong ?? problem?.at('to')} />
        </div>
        <div className="-mt-2 flex flex-wrap gap-1 text-sm">
          {([['Last month', addMonths(today, -1), addDays(monthOf(today), -1)], ['This month', monthOf(today), addDays(addMonths(today, 1), -1)], ['The next 60 days', today, addDays(today, 60)]] as const).map(([label, a, b]) => <Button key={label} size="sm" variant="quiet" onClick={() => {
            setFrom(a);
            setTo(b);
          }}>{label}</Button>)}
        </div>
        <div className="grid gap-4 sm:grid-cols-3">
          <SelectField label="Network" value={network} onChange={(e) => setNetwork(e.target.value)}><option value="">All</option>{networks.map((n) => <option key={n} value={n}>{name(n)}</option>)}</SelectField>
          <SelectField label="Account" value={connection} onChange={(e) => setConnection(e.target.value)}><option value="">All</option>{accounts.map((c) => <option key={c.id} value={c.id}>{c.name}</option>)}</SelectField>
          <SelectField label="State" value={state} onChange={(e) => setState(e.target.value)}><option value="">All</option>{(Object.keys(stateLooks) as PublicationState[]).filter((s) => s !== 'cancelled').map((s) => <option key={s} value={s}>{lookOf(s).label}</option>)}</SelectField>
        </div>
        <p className="text-xs text-ink-3">Days and times in {sayZone(zone)}. What was cancelled is left out.</p>
        {give.data?.rows === 0 && <p role="status" className="text-sm text-ink-2">Nothing on these days fits. Choose other days, or fewer filters.</p>}
        <Fault error={give.error} fields={['from', 'to']} />
        <div className="flex flex-wrap justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" busy={give.isPending} disabled={!ready}>Download</Button>
        </div>
      </form>
    </Dialog>
  );
}
