import { noticeCountQuery } from '@/shared/api/queries';
import { bellName, bellNumber } from '@/shared/lib/notices';
import { useStore } from '@/shared/lib/store';
import { useMedia, wide } from '@/shared/lib/use-media';
import { Dialog } from '@/shared/ui/dialog';
import { Popover } from '@/shared/ui/menu';
import { useQuery } from '@tanstack/react-query';
import { Bell as BellIcon } from 'lucide-react';
import { lazy, Suspense, type ComponentProps } from 'react';
import { sheet } from './nav';

const Notices = lazy(() => import('./notices').then((m) => ({ default: m.Notices })));

/** Rings when somebody is told something: a number, and what it is about behind it. `compact` is the phone's, in the top bar. */
export function Bell({ compact }: { compact?: boolean }) {
  const open = useStore(sheet) === 'notices';
  const isWide = useMedia(wide);
  // Both bars are in the page, and the style sheet hides one: only the bell in sight may open.
  if (isWide === (compact ?? false)) return null;
  const onOpenChange = (on: boolean) => sheet.set(on ? 'notices' : null);
  const close = () => sheet.set(null);
  if (compact) {
    return (
      <>
        <BellButton aria-haspopup="dialog" aria-expanded={open} onClick={() => onOpenChange(true)} />
        <Dialog open={open} onOpenChange={onOpenChange} title="Notifications" flush>
          <Suspense><Notices close={close} /></Suspense>
        </Dialog>
      </>
    );
  }
  // Beside the rail, so that the number stays in sight.
  return (
    <Popover label="Notifications" side="right" align="end" gap={56} flush className="w-100" open={open} onOpenChange={onOpenChange} trigger={<BellButton />}>
      <Suspense><Notices close={close} /></Suspense>
    </Popover>
  );
}

function BellButton(props: ComponentProps<'button'>) {
  const { data } = useQuery(noticeCountQuery);
  const unread = data?.unread ?? 0;
  const name = bellName(unread);
  return (
    <button {...props} type="button" aria-label={name} title={name} className="relative inline-flex size-8 shrink-0 items-center justify-center rounded-md text-ink-2 transition-colors hover:bg-sunk hover:text-ink data-[state=open]:bg-sunk data-[state=open]:text-ink max-lg:size-10">
      <BellIcon className="size-4.5" aria-hidden />
      {unread > 0 && <span aria-hidden className="absolute -top-0.5 left-1/2 flex h-4 min-w-4 items-center justify-center rounded-full bg-brass px-1 text-[0.6875rem] leading-none font-semibold text-on-brass tabular-nums ring-2 ring-paper max-lg:top-0.5">{bellNumber(unread)}</span>}
    </button>
  );
}
