import { myLogQuery } from '@/shared/api/queries';
import { useScope } from '@/shared/lib/use-scope';
import { SecurityLog } from '@/shared/security-log';
import { Section } from '@/shared/ui/section';
import { useInfiniteQuery } from '@tanstack/react-query';

const kinds = [{ value: '', label: 'Everything' }, { value: 'sign_in', label: 'Sign-ins' }, { value: 'password', label: 'Password' }, { value: 'passkey', label: 'Passkeys' }, { value: 'second_factor', label: 'Second factor' }, { value: 'session', label: 'Sessions' }];

export function MyLog({ kind, onKind }: { kind: string; onKind: (kind: string) => void }) {
  const { user } = useScope();
  return (
    <Section title="Activity" lead="What happened around your account. Something that wasn’t you? Change the password and end the other sessions.">
      <SecurityLog log={useInfiniteQuery(myLogQuery(kind))} kind={kind} kinds={kinds} onKind={onKind} zone={user.time_zone} />
    </Section>
  );
}
