import { BrandFrame } from '@/features/brand/frame';
import type { HookFilter, KnowledgeFilter } from '@/features/brand/queries';
import type { VoiceView } from '@/features/brand/voice/voice';
import { useScope } from '@/shared/lib/use-scope';
import { Loading, SkeletonText } from '@/shared/ui/states';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { lazy, Suspense, type ReactNode } from 'react';
import { MissingPage } from './root';
import type { BrandView } from './router';

const Profile = lazy(() => import('@/features/brand/profile').then((m) => ({ default: m.Profile })));
const Audiences = lazy(() => import('@/features/brand/audiences').then((m) => ({ default: m.Audiences })));
const Hooks = lazy(() => import('@/features/brand/hooks').then((m) => ({ default: m.Hooks })));
const Offers = lazy(() => import('@/features/brand/offers').then((m) => ({ default: m.Offers })));
const Knowledge = lazy(() => import('@/features/brand/knowledge').then((m) => ({ default: m.Knowledge })));
const Voice = lazy(() => import('@/features/brand/voice/voice').then((m) => ({ default: m.Voice })));
const Website = lazy(() => import('@/features/brand/website/website').then((m) => ({ default: m.Website })));
const CardStylePage = lazy(() => import('@/features/media/cards/style').then((m) => ({ default: m.CardStylePage })));
const Connections = lazy(() => import('@/features/publishing/connections/connections').then((m) => ({ default: m.Connections })));
const QueueTimes = lazy(() => import('@/features/publishing/queue-times/queue-times').then((m) => ({ default: m.QueueTimes })));
const Approvals = lazy(() => import('@/features/publishing/approvals/approvals').then((m) => ({ default: m.Approvals })));
const Pillars = lazy(() => import('@/features/brand/pillars').then((m) => ({ default: m.Pillars })));

interface Shown { view: BrandView; onView: (view: BrandView) => void }
const pages: { name: string; label: string; show: (shown: Shown) => ReactNode }[] = [
  { name: 'profile', label: 'Profile', show: () => <Profile /> },
  { name: 'website', label: 'Website', show: () => <Website /> },
  { name: 'voice', label: 'Voice', show: ({ view, onView }) => <Voice view={view as VoiceView} onView={onView} /> },
  { name: 'audiences', label: 'Audiences', show: () => <Audiences /> },
  { name: 'pillars', label: 'Pillars', show: () => <Pillars /> },
  { name: 'hooks', label: 'Hooks', show: ({ view, onView }) => <Hooks filter={view as HookFilter} onFilter={onView} /> },
  { name: 'offers', label: 'Offers', show: () => <Offers /> },
  { name: 'knowledge', label: 'Knowledge', show: ({ view, onView }) => <Knowledge filter={view as KnowledgeFilter} onFilter={onView} /> },
  { name: 'cards', label: 'Cards', show: () => <CardStylePage /> },
  { name: 'connections', label: 'Connections', show: ({ view, onView }) => <Connections view={view} onView={onView} /> },
  { name: 'queue-times', label: 'Queue times', show: () => <QueueTimes /> },
  { name: 'approvals', label: 'Approvals', show: () => <Approvals /> },
];

/** Without what isn’t set, so that an address never says `?kind=`. */
const set = (view: BrandView): BrandView => Object.fromEntries(Object.entries(view).filter(([, value]) => value !== undefined));

export function BrandPagesRoute() {
  const { section = 'profile' } = useParams({ strict: false });
  const view = useSearch({ strict: false }) as BrandView;
  const navigate = useNavigate();
  const { scope } = useScope();
  const page = pages.find((p) => p.name === section);
  if (!page) return <MissingPage />;
  const onView = (search: BrandView) => void navigate({ to: '/$org/$brand/brand/$section', params: { ...scope, section }, search: set(search), replace: true, resetScroll: false });
  return (
    <BrandFrame pages={pages} section={section}>
      <Suspense key={`${scope.org}/${scope.brand}/${section}`} fallback={<Loading what="the page"><SkeletonText lines={8} /></Loading>}>
        {page.show({ view, onView })}
      </Suspense>
    </BrandFrame>
  );
}
