import { Shell } from '@/features/shell/shell';
import { Outlet } from '@tanstack/react-router';

export function BrandRoute() {
  return <Shell><Outlet /></Shell>;
}
