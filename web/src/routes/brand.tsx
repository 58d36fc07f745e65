import { PausedBanner } from '@/features/publishing/pauses/banner';
import { Shell } from '@/features/shell/shell';
import { Outlet } from '@tanstack/react-router';

export function BrandRoute() {
  return <Shell banner={<PausedBanner />}><Outlet /></Shell>;
}
