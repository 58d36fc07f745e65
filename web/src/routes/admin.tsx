import { Applications } from '@/features/admin/applications';
import { Campaigns } from '@/features/admin/campaigns';
import { Demos } from '@/features/admin/demos';
import { AdminFrame } from '@/features/admin/frame';
import { Mails } from '@/features/admin/mails';
import { Notifications } from '@/features/admin/notifications';
import { AllOrganizations, People } from '@/features/admin/people';
import type { ApplicationStatus, DemoStatus, WebhookStatus } from '@/features/admin/queries';
import { Waitlist } from '@/features/admin/waitlist';
import { Webhooks } from '@/features/admin/webhooks';
import type { MailStatus } from '@/shared/api/types';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { Missing } from './root';
import type { AdminView } from './router';

const sections: Record<string, (view: AdminView, onView: (view: AdminView) => void) => ReactNode> = {
  applications: (view, onView) => <Applications status={(view.status as ApplicationStatus | undefined) ?? 'pending'} onStatus={(status) => onView({ status })} />,
  waitlist: () => <Waitlist />,
  demos: (view, onView) => <Demos status={(view.status as DemoStatus | undefined) ?? 'requested'} onStatus={(status) => onView({ status })} />,
  people: (view, onView) => <People q={view.q ?? ''} onQ={(q) => onView({ q: q || undefined })} />,
  organizations: (view, onView) => <AllOrganizations q={view.q ?? ''} onQ={(q) => onView({ q: q || undefined })} />,
  campaigns: () => <Campaigns />,
  outbox: (view, onView) => <Mails status={view.status as MailStatus | undefined} open={view.mail} onView={onView} />,
  webhooks: (view, onView) => <Webhooks status={view.status as WebhookStatus | undefined} open={view.webhook} onView={onView} />,
  notifications: () => <Notifications />,
};

export function AdminRoute() {
  const { section } = useParams({ from: '/signed-in/admin/$section' });
  const view = useSearch({ from: '/signed-in/admin/$section' });
  const navigate = useNavigate();
  const show = sections[section];
  if (!show) return <Missing />;
  return <AdminFrame section={section}>{show(view, (search) => void navigate({ to: '/admin/$section', params: { section }, search, replace: true, resetScroll: false }))}</AdminFrame>;
}
