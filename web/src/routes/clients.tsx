import { Agencies } from '@/features/agency/agencies';
import { Clients } from '@/features/agency/clients';
import { Grants } from '@/features/organization/grants';

export function ClientsSection({ all, onAll }: { all: boolean; onAll: (all: boolean) => void }) {
  return <Clients all={all} onAll={onAll} grants={Grants} />;
}
export function AgenciesSection() {
  return <Agencies grants={Grants} />;
}
