import { useMay } from '@/shared/lib/use-may';
import { useScope } from '@/shared/lib/use-scope';
import { IconButton } from '@/shared/ui/button';
import { Menu, MenuItem, MenuLine } from '@/shared/ui/menu';
import { useNavigate } from '@tanstack/react-router';
import { CalendarSync, Download, Ellipsis, ListChecks, Repeat, Upload } from 'lucide-react';
import { lazy, Suspense, useState } from 'react';
import type { Filter } from './filters';

const ImportDialog = lazy(() => import('./sheets/import-dialog').then((m) => ({ default: m.ImportDialog })));
const ExportDialog = lazy(() => import('./sheets/export-dialog').then((m) => ({ default: m.ExportDialog })));
const FeedDialog = lazy(() => import('./feed-dialog').then((m) => ({ default: m.FeedDialog })));

/** What is seldom done to a plan as a whole: taken in, taken along, repeated, read elsewhere. */
export function PlanMenu({ filter, from, to, zone, onSelect }: { filter: Filter; from: string; to: string; zone: string; /** Begins to select several, where there is a list. */ onSelect?: (() => void) | undefined }) {
  const { scope } = useScope();
  const navigate = useNavigate();
  const may = useMay('posts.publish');
  const mayWrite = useMay('posts.write');
  const [asked, setAsked] = useState<'import' | 'export' | 'feed' | null>(null);
  const close = () => setAsked(null);
  return (
    <>
      <Menu trigger={<IconButton label="More of the plan"><Ellipsis /></IconButton>}>
        {onSelect && <><MenuItem icon={ListChecks} onSelect={onSelect}>Select several</MenuItem><MenuLine /></>}
        <MenuItem icon={Repeat} onSelect={() => void navigate({ to: '/$org/$brand/recurring', params: scope })}>Recurring posts</MenuItem>
        <MenuLine />
        {may && mayWrite && <MenuItem icon={Upload} onSelect={() => setAsked('import')}>Import</MenuItem>}
        <MenuItem icon={Download} onSelect={() => setAsked('export')}>Export</MenuItem>
        {may && <><MenuLine /><MenuItem icon={CalendarSync} onSelect={() => setAsked('feed')}>In your own calendar</MenuItem></>}
      </Menu>
      <Suspense>
        {asked === 'import' && <ImportDialog onClose={close} />}
        {asked === 'export' && <ExportDialog filter={filter} from={from} to={to} zone={zone} onClose={close} />}
        {asked === 'feed' && <FeedDialog onClose={close} />}
      </Suspense>
    </>
  );
}
