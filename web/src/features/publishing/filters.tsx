import type { NetworkId } from '@/shared/api/types';
import { useScope } from '@/shared/lib/use-scope';
import { buttonClass } from '@/shared/ui/button';
import { Menu, MenuRadio } from '@/shared/ui/menu';
import { NetworkGlyph } from '@/shared/ui/network-glyph';
import { useQuery } from '@tanstack/react-query';
import { ChevronDown } from 'lucide-react';
import type { ReactNode } from 'react';
import { connectionsQuery } from './api/queries';
import type { PublicationState } from './api/types';
import { useNetworkName } from './names';
import { lookOf, StateIcon, stateLooks } from './state';

export interface Filter { network?: NetworkId | undefined; connection?: string | undefined; state?: string | undefined }

/** Which network, which account, which state. */
export function Filters({ filter, onFilter, states = true }: { filter: Filter; onFilter: (filter: Filter) => void; states?: boolean }) {
  const { scope } = useScope();
  const name = useNetworkName();
  const { data } = useQuery(connectionsQuery(scope));
  const all = data?.items ?? [];
  const networks = [...new Set([...all.map((c) => c.network), ...(filter.network ? [filter.network] : [])])];
  const fitting = all.filter((c) => !filter.network || c.network === filter.network);
  const account = all.find((c) => c.id === filter.connection);
  const state = filter.state as PublicationState | undefined;
  return (
    <>
      <Choice label={filter.network ? <><NetworkGlyph network={filter.network} className="size-3.5" /> {name(filter.network)}</> : 'All networks'} value={filter.network ?? ''} onChange={(network) => onFilter({ ...filter, network: networks.find((n) => n === network), connection: undefined })}
        options={[{ value: '', label: 'All networks' }, ...networks.map((n) => ({ value: n, label: <><NetworkGlyph network={n} className="text-ink-3" /> {name(n)}</> }))]} />
      {fitting.length > 1 && (
        <Choice label={account ? account.name : 'All accounts'} value={filter.connection ?? ''} onChange={(connection) => onFilter({ ...filter, connection: connection || undefined })}
          options={[{ value: '', label: 'All accounts' }, ...fitting.map((c) => ({ value: c.id, label: <><NetworkGlyph network={c.network} className="text-ink-3" /> {c.name}</> }))]} />
      )}
      {states && (
        <Choice label={state ? <><StateIcon state={state} /> {lookOf(state).label}</> : 'All states'} value={state ?? ''} onChange={(s) => onFilter({ ...filter, state: s || undefined })}
          options={[{ value: '', label: 'All states' }, ...(Object.keys(stateLooks) as PublicationState[]).map((s) => ({ value: s, label: <><StateIcon state={s} /> {lookOf(s).label}</> }))]} />
      )}
    </>
  );
}

function Choice({ label, value, onChange, options }: { label: ReactNode; value: string; onChange: (value: string) => void; options: { value: string; label: ReactNode }[] }) {
  return (
    <Menu align="end" trigger={<button type="button" className={buttonClass('quiet', 'sm', value ? 'max-w-48 bg-brass-soft text-brass-ink' : '')}><span className="flex min-w-0 items-center gap-1.5 truncate">{label}</span> <ChevronDown className="size-3.5 shrink-0 text-ink-3" /></button>}>
      <MenuRadio value={value} onChange={onChange} options={options} />
    </Menu>
  );
}
