import type { Permission } from '../api/types';
import { useScope } from './use-scope';

/** Whether the person may do something here. The server decides; this only spares them a button that it would refuse. */
export function useMay(permission: Permission): boolean {
  return useScope().organization.permissions.includes(permission);
}
