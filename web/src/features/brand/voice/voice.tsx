import { voiceQuery, type Family, type SampleFilter } from '@/shared/voice/api';
import { cn } from '@/shared/lib/cn';
import { useMay } from '@/shared/lib/use-may';
import { useScope } from '@/shared/lib/use-scope';
import { Button } from '@/shared/ui/button';
import { Section } from '@/shared/ui/section';
import { ErrorState, Loading, SkeletonText } from '@/shared/ui/states';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Plus } from 'lucide-react';
import { useState } from 'react';
import { StyleGuide } from './guide';
import { ImportDialog } from './import-dialog';
import { Overview } from './overview';
import { Samples } from './samples';
import { Versions } from './versions';

export interface VoiceView extends SampleFilter { show?: string | undefined; family?: Family | undefined; model?: string | undefined }
export interface VoiceProps { view: VoiceView; onView: (view: VoiceView) => void }

const tabs = [{ name: undefined, label: 'Overview' }, { name: 'samples', label: 'Samples' }, { name: 'guide', label: 'Style guide' }, { name: 'versions', label: 'Versions' }] as const;

/** How somebody writes, learned from what they wrote. */
export function Voice({ view, onView }: VoiceProps) {
  const { scope } = useScope();
  const may = useMay('brand.update');
  const overview = useQuery(voiceQuery(scope));
  const [adding, setAdding] = useState(false);
  const all = overview.data?.families.find((f) => f.family === 'all');
  const some = (all?.own_samples ?? 0) > 0;
  const add = () => setAdding(true);
  return (
    <Section
      title="Voice"
      lead="How you write, learned from things you wrote. Every draft is held against it, and what is off is said in words. It is worked out on this server."
      action={may && some && <Button onClick={add}><Plus className="size-4" /> Add samples</Button>}
    >
      {overview.isPending ? <Loading what="the voice"><SkeletonText lines={8} /></Loading>
        : overview.isError ? <ErrorState error={overview.error} title="The voice could not be loaded" retry={() => void overview.refetch()} compact />
          : (
            <>
              <nav aria-label="Voice" className="-mt-2 flex gap-6 overflow-x-auto border-b scroll-none max-sm:gap-5">
                {tabs.map(({ name, label }) => (
                  <Link
                    key={label}
                    to="/$org/$brand/brand/$section"
                    params={{ ...scope, section: 'voice' }}
                    search={{ ...(name && { show: name }), ...(view.family && name !== 'samples' && { family: view.family }) }}
                    resetScroll={false}
                    aria-current={view.show === name ? 'page' : undefined}
                    className={cn('-mb-px flex h-10 shrink-0 items-center border-b-2 text-sm max-lg:h-11', view.show === name ? 'border-brass font-semibold' : 'border-transparent text-ink-2 hover:text-ink')}
                  >
                    {label}{name === 'samples' && all && all.own_samples > 0 && <span className="ml-1.5 font-normal text-ink-3 tabular-nums">{all.own_samples.toLocaleString()}</span>}
                  </Link>
                ))}
              </nav>
              {view.show === 'samples' ? <Samples filter={view} onFilter={(filter) => onView({ show: 'samples', ...filter })} add={add} may={may} />
                : view.show === 'guide' ? <StyleGuide overview={overview.data} view={view} onView={onView} />
                  : view.show === 'versions' ? <Versions overview={overview.data} may={may} />
                    : <Overview overview={overview.data} family={view.family ?? 'all'} onFamily={(family) => onView({ ...(family !== 'all' && { family }) })} add={add} may={may} />}
            </>
          )}
      {adding && <ImportDialog onClose={() => setAdding(false)} />}
    </Section>
  );
}
