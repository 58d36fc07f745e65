import { Check, Copy } from 'lucide-react';
import { useState } from 'react';
import { copyText } from '../lib/clipboard';
import { Button } from './button';

/** A secret that is shown this once, ready to be copied. */
export function ShownOnce({ label, value }: { label: string; value: string }) {
  const [copied, setCopied] = useState(false);
  return (
    <div className="grid gap-1.5">
      <p className="text-sm font-semibold">{label}</p>
      <div className="flex flex-wrap items-stretch gap-2">
        <code className="min-w-0 grow basis-64 rounded-md border border-brass bg-brass-soft px-3 py-2 font-mono text-sm break-all select-all">{value}</code>
        <Button onClick={() => void copyText(value).then(setCopied)}>{copied ? <><Check className="size-4" /> Copied</> : <><Copy className="size-4" /> Copy</>}</Button>
      </div>
      <span role="status" className="sr-only">{copied ? 'Copied' : ''}</span>
    </div>
  );
}
