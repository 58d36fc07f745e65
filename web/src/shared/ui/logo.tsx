import { cn } from '../lib/cn';

/** A bell over a small wave: the bellwether on its boat. */
export function Logo({ className }: { className?: string }) {
  return (
    <svg viewBox="0 0 32 32" className={cn('size-7', className)} aria-hidden>
      <path d="M16 3.500c-5.200 0-8.300 3.800-8.300 9v4.100c0 1.600-.7 2.900-2 4.400h20.600c-1.300-1.500-2-2.800-2-4.400v-4.100c0-5.200-3.100-9-8.300-9Z" className="fill-brass" />
      <path d="M5.500 26.300c1.750 0 1.750-1.600 3.500-1.600s1.750 1.600 3.500 1.600 1.750-1.600 3.500-1.600 1.750 1.600 3.500 1.600 1.750-1.600 3.500-1.600 1.750 1.600 3.500 1.600" fill="none" strokeWidth="2.100" strokeLinecap="round" className="stroke-brass-ink" />
    </svg>
  );
}

export function Wordmark({ className }: { className?: string }) {
  return (
    <span className={cn('inline-flex items-center gap-2.5', className)}>
      <Logo />
      <span className="font-serif text-lg tracking-tight">Bellwether</span>
    </span>
  );
}
