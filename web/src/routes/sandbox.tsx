import { SandboxFeed } from '@/features/publishing/sandbox/feed';

export function SandboxRoute() {
  return <SandboxFeed />;
}
