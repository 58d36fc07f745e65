import { membersQuery, organizationLogQuery } from '@/shared/api/queries';
import { useMay } from '@/shared/lib/use-may';
import { useScope } from '@/shared/lib/use-scope';
import { SecurityLog } from '@/shared/security-log';
import { Notice } from '@/shared/ui/note';
import { Section } from '@/shared/ui/section';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';

const kinds = [
  { value: '', label: 'Everything' }, { value: 'member', label: 'People' }, { value: 'permission', label: 'Permissions' }, { value: 'key', label: 'API keys' }, { value: 'agency', label: 'Agencies' }, { value: 'access', label: 'Refused' },
];

export function OrganizationLog({ kind, onKind }: { kind: string; onKind: (kind: string) => void }) {
  const { scope, user, organization } = useScope();
  const may = useMay('security.read');
  const log = useInfiniteQuery({ ...organizationLogQuery(scope.org, kind), enabled: may });
  const { data: members } = useQuery(membersQuery(scope.org));
  return (
    <Section title="Security log" lead={`Who came, who went and who got to do what in ${organization.name}; keys and where they were used from.`}>
      {may ? <SecurityLog log={log} kind={kind} kinds={kinds} onKind={onKind} zone={user.time_zone} who={(id) => members?.items.find((m) => m.user_id === id)?.name} />
        : <Notice>Owners read this log.</Notice>}
    </Section>
  );
}
