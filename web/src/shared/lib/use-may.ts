import type { Permission } from '../api/types';
import { useScope } from './use-scope';

/** Whether the person may do something here: in the organization, or in the brand where they may more. The server decides; this only spares them a button that it would refuse. */
export function useMay(permission: Permission): boolean {
  const { organization, brand } = useScope();
  return organization.permissions.includes(permission) || brand.permissions.includes(permission);
}
