import bluesky from 'simple-icons/icons/bluesky.svg?raw';
import facebook from 'simple-icons/icons/facebook.svg?raw';
import instagram from 'simple-icons/icons/instagram.svg?raw';
import mastodon from 'simple-icons/icons/mastodon.svg?raw';
import threads from 'simple-icons/icons/threads.svg?raw';
import tiktok from 'simple-icons/icons/tiktok.svg?raw';
import x from 'simple-icons/icons/x.svg?raw';
import youtube from 'simple-icons/icons/youtube.svg?raw';
import { FlaskConical, Mail, Newspaper, Store, type LucideIcon } from 'lucide-react';
import { cn } from '../lib/cn';

const path = (svg: string) => / d="([^"]+)"/.exec(svg)?.[1] ?? '';
const marks: Record<string, string> = {
  x: path(x), instagram: path(instagram), facebook: path(facebook), threads: path(threads), tiktok: path(tiktok), youtube: path(youtube),
  bluesky: path(bluesky), mastodon: path(mastodon),
  // The icon set leaves LinkedIn out; this is a plain "in" in a rounded square.
  linkedin: 'M3 0h18a3 3 0 0 1 3 3v18a3 3 0 0 1-3 3H3a3 3 0 0 1-3-3V3a3 3 0 0 1 3-3Zm.8 9v11.200h3.600V9H3.800Zm1.800-5.700a2.100 2.100 0 1 0 0 4.200 2.100 2.100 0 0 0 0-4.200ZM9.700 9v11.200h3.600v-6c0-1.500.6-2.500 2-2.500s1.900 1 1.900 2.700v5.800h3.600v-6.500c0-3.300-1.700-5-4.200-5-1.800 0-2.800.9-3.300 1.800V9H9.700Z',
};
const icons: Record<string, LucideIcon> = { email: Mail, blog: Newspaper, google_business: Store, sandbox: FlaskConical };

export function NetworkGlyph({ network, className }: { network: string; className?: string }) {
  const Icon = icons[network];
  if (Icon) return <Icon aria-hidden className={cn('size-4 shrink-0', className)} />;
  return (
    <svg viewBox="0 0 24 24" aria-hidden className={cn('size-4 shrink-0 fill-current p-px', className)}>
      <path d={marks[network] ?? 'M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20Z'} />
    </svg>
  );
}
