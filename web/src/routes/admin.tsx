import { AdminFrame } from '@/features/admin/frame';
import { Mails } from '@/features/admin/mails';
import type { MailStatus } from '@/shared/api/types';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { Missing } from './root';
import type { AdminView } from './router';

const sections: Record<string, (view: AdminView, onView: (view: AdminView) => void) => ReactNode> = {
  outbox: (view, onView) => <Mails status={view.status as MailStatus | undefined} open={view.mail} onView={onView} />,
};

export function AdminRoute() {
  const { section } = useParams({ from: '/signed-in/admin/$section' });
  const view = useSearch({ from: '/signed-in/admin/$section' });
  const navigate = useNavigate();
  const show = sections[section];
  if (!show) return <Missing />;
  return <AdminFrame section={section}>{show(view, (search) => void navigate({ to: '/admin/$section', params: { section }, search, replace: true, resetScroll: false }))}</AdminFrame>;
}
