import { BrandFrame } from '@/features/brand/frame';
import { useScope } from '@/shared/lib/use-scope';
import { Loading, SkeletonText } from '@/shared/ui/states';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { lazy, Suspense, type ReactNode } from 'react';
import { Missing } from './root';
import type { BrandView } from './router';

const Profile = lazy(() => import('@/features/brand/profile').then((m) => ({ default: m.Profile })));
const Audiences = lazy(() => import('@/features/brand/audiences').then((m) => ({ default: m.Audiences })));
const Pillars = lazy(() => import('@/features/brand/pillars').then((m) => ({ default: m.Pillars })));

interface Shown { view: BrandView; onView: (view: BrandView, replace?: boolean) => void }
const pages: { name: string; label: string; show: (shown: Shown) => ReactNode }[] = [
  { name: 'profile', label: 'Profile', show: () => <Profile /> },
  { name: 'audiences', label: 'Audiences', show: () => <Audiences /> },
  { name: 'pillars', label: 'Pillars', show: () => <Pillars /> },
];

export function BrandPagesRoute() {
  const { section = 'profile' } = useParams({ strict: false });
  const view = useSearch({ strict: false }) as BrandView;
  const navigate = useNavigate();
  const { scope } = useScope();
  const page = pages.find((p) => p.name === section);
  if (!page) return <Missing />;
  const onView = (search: BrandView, replace = true) => void navigate({ to: '/$org/$brand/brand/$section', params: { ...scope, section }, search, replace, resetScroll: false });
  return (
    <BrandFrame pages={pages} section={section}>
      <Suspense key={`${scope.org}/${scope.brand}/${section}`} fallback={<Loading what="the page"><SkeletonText lines={8} /></Loading>}>
        {page.show({ view, onView })}
      </Suspense>
    </BrandFrame>
  );
}
