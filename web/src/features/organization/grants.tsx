import type { Permission } from '@/shared/api/types';
import { PermissionList } from './grant';

/** A plain choice of permissions, for links between organizations. */
export function Grants({ chosen, onChange, mine, readOnly }: { chosen: Permission[]; onChange: (chosen: Permission[]) => void; mine: Permission[]; readOnly?: boolean }) {
  return <PermissionList held={(p) => chosen.includes(p)} toggle={(p, on) => onChange(on ? [...chosen, p] : chosen.filter((c) => c !== p))} mine={mine} readOnly={readOnly ?? false} />;
}
