import { SettingsFrame, type SettingsGroup } from '@/features/settings/settings';
import { clientsQuery } from '@/shared/api/queries';
import { useMay } from '@/shared/lib/use-may';
import { useScope } from '@/shared/lib/use-scope';
import { Loading, SkeletonText } from '@/shared/ui/states';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { lazy, Suspense, type ReactNode } from 'react';
import { MissingPage } from './root';
import type { SettingsView } from './router';

// Each section is a part of its own: who looks at the profile loads no permission matrix.
const Profile = lazy(() => import('@/features/account/profile').then((m) => ({ default: m.Profile })));
const Notifications = lazy(() => import('@/features/account/notifications').then((m) => ({ default: m.Notifications })));
const MorningDelivery = lazy(() => import('@/features/delivery/morning').then((m) => ({ default: m.MorningDelivery })));
const Security = lazy(() => import('@/features/account/security').then((m) => ({ default: m.Security })));
const Sessions = lazy(() => import('@/features/account/sessions').then((m) => ({ default: m.Sessions })));
const MyLog = lazy(() => import('@/features/account/log').then((m) => ({ default: m.MyLog })));
const MyData = lazy(() => import('@/features/account/data').then((m) => ({ default: m.MyData })));
const Organization = lazy(() => import('@/features/organization/general').then((m) => ({ default: m.Organization })));
const Brands = lazy(() => import('@/features/organization/brands').then((m) => ({ default: m.Brands })));
const Members = lazy(() => import('@/features/organization/members').then((m) => ({ default: m.Members })));
const ApiKeys = lazy(() => import('@/features/organization/api-keys').then((m) => ({ default: m.ApiKeys })));
const OrganizationLog = lazy(() => import('@/features/organization/log').then((m) => ({ default: m.OrganizationLog })));
const Danger = lazy(() => import('@/features/organization/danger').then((m) => ({ default: m.Danger })));
const Clients = lazy(() => import('./clients').then((m) => ({ default: m.ClientsSection })));
const Agencies = lazy(() => import('./clients').then((m) => ({ default: m.AgenciesSection })));

interface Shown { view: SettingsView; onView: (view: SettingsView) => void; home: () => void }
const sections: Record<string, (shown: Shown) => ReactNode> = {
  profile: () => <Profile />,
  notifications: () => <Notifications />,
  morning: ({ view, onView }) => <MorningDelivery view={view} onView={(next) => onView({ ...next })} />,
  security: () => <Security />,
  sessions: () => <Sessions />,
  activity: ({ view, onView }) => <MyLog kind={view.kind ?? ''} onKind={(kind) => onView({ kind: kind || undefined })} />,
  data: () => <MyData />,
  organization: () => <Organization />,
  brands: () => <Brands />,
  members: ({ view, onView }) => <Members filter={{ q: view.q }} onFilter={(filter) => onView({ q: filter.q })} />,
  'api-keys': () => <ApiKeys />,
  clients: ({ view, onView }) => <Clients all={view.all === true} onAll={(all) => onView({ all: all || undefined })} />,
  agencies: () => <Agencies />,
  log: ({ view, onView }) => <OrganizationLog kind={view.kind ?? ''} onKind={(kind) => onView({ kind: kind || undefined })} />,
  danger: ({ home }) => <Danger onGone={home} />,
};

export function SettingsRoute() {
  const { section = 'profile' } = useParams({ strict: false });
  const view = useSearch({ strict: false }) as SettingsView;
  const navigate = useNavigate();
  const { scope, organization } = useScope();
  const agency = organization.type === 'agency';
  const mayRead = useMay('members.read');
  // Who works for clients still sees them, also when the organization is no agency any more.
  const links = useQuery({ ...clientsQuery(scope.org, false), enabled: !agency && mayRead, staleTime: 5 * 60_000 });
  const works = agency || section === 'clients' || Boolean(links.data?.items.length);
  const show = sections[section];
  if (!show) return <MissingPage />;
  const groups: SettingsGroup[] = [
    { title: 'You', sections: [['profile', 'Profile'], ['notifications', 'Notifications'], ['morning', 'Morning delivery'], ['security', 'Security'], ['sessions', 'Sessions'], ['activity', 'Activity'], ['data', 'Your data']].map(([name = '', label = '']) => ({ name, label })) },
    {
      title: organization.name,
      sections: [['organization', 'General'], ['brands', 'Brands'], ['members', 'Members'], ['api-keys', 'API keys'], ...(works ? [['clients', 'Clients']] : []), ['agencies', 'Agencies'], ['log', 'Security log'], ['danger', 'Danger zone']].map(([name = '', label = '']) => ({ name, label })),
    },
  ];
  const onView = (search: SettingsView) => void navigate({ to: '/$org/$brand/settings/$section', params: { ...scope, section }, search, replace: true, resetScroll: false });
  return (
    <SettingsFrame groups={groups} section={section} roomy={section === 'morning'}>
      <Suspense fallback={<Loading what="the settings"><SkeletonText lines={8} /></Loading>}>
        {show({ view, onView, home: () => void navigate({ to: '/', replace: true }) })}
      </Suspense>
    </SettingsFrame>
  );
}
