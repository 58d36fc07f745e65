import { useBrandNetworks } from '@/shared/api/brand-networks';
import { asProblem } from '@/shared/api/problem';
import { networksQuery } from '@/shared/api/queries';
import type { NetworkId } from '@/shared/api/types';
import { targetsOf } from '@/shared/draft/targets';
import { remember, remembered } from '@/shared/lib/theme';
import { useScope } from '@/shared/lib/use-scope';
import { FormDialog } from '@/shared/ui/forms';
import { NetworkGlyph } from '@/shared/ui/network-glyph';
import { ToggleChips } from '@/shared/ui/toggle-chips';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Trend, TrendAngle, TrendFormat } from '../api/contract';
import { trendQuery } from '../api/trends';
import type { TrendActions } from './actions';
import { formatName, formats } from './words';

const memory = 'bellwether.trend-formats';
const lastFormats = (): TrendFormat[] => formats.map((f) => f.value).filter((f) => (remembered(memory) ?? 'thread post').split(' ').includes(f));

/** Which forms and networks a trend is written for, and from which side it is taken. */
export function DraftDialog({ trend, angle: asked, actions, onClose }: { trend: Pick<Trend, 'id' | 'name'>; angle?: string | undefined; actions: TrendActions; onClose: () => void }) {
  const { scope } = useScope();
  const all = useQuery(networksQuery).data?.networks ?? [];
  const on = useBrandNetworks(scope);
  const angles = useQuery(trendQuery(scope, trend.id)).data?.angles ?? [];
  const [angle, setAngle] = useState(asked ?? '');
  const formatOf = (id: string) => angles.find((a) => a.id === id)?.format;
  // Until somebody chooses: the form that the angle is made for, and the networks of the last drafts.
  const [chosen, setChosen] = useState<TrendFormat[] | null>(null);
  const own = formatOf(angle);
  const wanted = chosen ?? (own ? [own] : lastFormats());
  const [picked, setPicked] = useState<NetworkId[] | null>(null);
  const usual = on ? [...new Set(targetsOf(scope, on, all).map((target) => target.split('.')[0]))] as NetworkId[] : [];
  const networks = picked ?? usual;
  const [error, setError] = useState<unknown>(null);
  const problem = error ? asProblem(error) : null;
  const save = () => {
    if (chosen && !own) remember(memory, chosen.join(' '));
    setError(null);
    actions.draft(trend, { formats: wanted, networks, ...(angle && { angle }) }, setError);
  };
  return (
    <FormDialog
      size="lg"
      title={`Drafts on “${trend.name}”`}
      description="They are written from what the sources say, in the brand’s voice, and wait for you in the Studio."
      action="Write drafts"
      busy={actions.drafting !== null}
      problem={problem}
      fields={[]}
      empty={wanted.length === 0 || networks.length === 0}
      onSave={save}
      onClose={onClose}
    >
      {angles.length > 0 && <Angles angles={angles} value={angle} onChange={setAngle} />}
      <ToggleChips label="Forms" options={formats} chosen={wanted} onChange={setChosen} />
      <ToggleChips
        label="Networks"
        options={all.filter((n) => n.id !== 'sandbox').map((n) => ({ value: n.id, label: <><NetworkGlyph network={n.id} className="size-3.5" /> {n.name}</> }))}
        chosen={networks}
        onChange={setPicked}
        hint="Where there are no threads it becomes one long post; where there are no slides, a script or a caption."
      />
    </FormDialog>
  );
}

function Angles({ angles, value, onChange }: { angles: TrendAngle[]; value: string; onChange: (id: string) => void }) {
  const all = [{ id: '', title: 'Whatever serves best', angle: 'The writer chooses from all that is said.', format: null }, ...angles];
  return (
    <fieldset className="grid gap-1.5">
      <legend className="mb-1.5 text-sm font-semibold">From which side</legend>
      <div className="divide-y rounded-md border">
        {all.map((a) => (
          <label key={a.id} className="flex cursor-pointer gap-3 px-3.5 py-2.5 has-checked:bg-brass-soft">
            <input type="radio" name="angle" checked={value === a.id} onChange={() => onChange(a.id)} className="mt-1 size-4 shrink-0 accent-brass-ink" />
            <span className="min-w-0 text-sm"><span className="font-semibold">{a.title}</span>{a.format && <span className="text-xs text-ink-3"> · {formatName(a.format)}</span>}<span className="block text-ink-2">{a.angle}</span></span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
