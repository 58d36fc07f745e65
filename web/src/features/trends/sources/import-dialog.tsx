import { asProblem } from '@/shared/api/problem';
import { cn } from '@/shared/lib/cn';
import { useScope } from '@/shared/lib/use-scope';
import { Button } from '@/shared/ui/button';
import { Dialog } from '@/shared/ui/dialog';
import { Fault } from '@/shared/ui/note';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { CircleCheck, FileUp } from 'lucide-react';
import { useRef, useState } from 'react';
import { importSources, trendKeys } from '../api/queries';
import type { Imported } from '../api/types';
import { shownUrl } from '../words';
import { readXml } from './opml';

const most = 5 * 1024 * 1024;
const count = (n: number, one: string) => `${n.toLocaleString('en')} ${n === 1 ? one : `${one}s`}`;

/** What another reader gave as OPML becomes sources. */
export function ImportDialog({ onClose }: { onClose: () => void }) {
  const { scope } = useScope();
  const client = useQueryClient();
  const input = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const [fault, setFault] = useState<string | null>(null);
  const bring = useMutation({
    mutationFn: async (file: File) => importSources(scope, await readXml(file)),
    onSettled: () => client.invalidateQueries({ queryKey: trendKeys.sources(scope) }),
  });
  const choose = (file: File | undefined) => {
    if (!file) return;
    const wrong = file.size > most ? `${file.name} is larger than 5 MB. A list of feeds is far smaller.` : file.size === 0 ? `${file.name} is empty.` : null;
    setFault(wrong);
    if (!wrong) bring.mutate(file);
  };
  const report = bring.data;
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      size="lg"
      title="Import from another reader"
      description={report ? undefined : 'Feedly, Inoreader, NetNewsWire and others give their feeds away as an OPML file. What is here already stays as it is.'}
      footer={report ? <><Button onClick={() => bring.reset()}>Another file</Button><Button variant="primary" onClick={onClose}>Done</Button></> : <Button onClick={onClose}>Cancel</Button>}
    >
      {report ? <Report report={report} /> : (
        <div className="grid gap-4">
          <div
            className={cn('grid justify-items-center gap-3 rounded-lg border border-dashed border-line-strong px-4 py-8 text-center text-sm text-ink-2', over && 'border-brass bg-brass-soft')}
            onDragOver={(e) => {
              e.preventDefault();
              setOver(true);
            }}
            onDragLeave={() => setOver(false)}
            onDrop={(e) => {
              e.preventDefault();
              setOver(false);
              choose(e.dataTransfer.files[0]);
            }}
          >
            <FileUp className="size-6 text-brass-ink" strokeWidth={1.5} aria-hidden />
            <p>{bring.isPending ? 'Reading it…' : 'Drop the OPML file here'}</p>
            <Button busy={bring.isPending} onClick={() => input.current?.click()}>Choose a file</Button>
            <input
              ref={input}
              type="file"
              className="sr-only"
              tabIndex={-1}
              aria-label="OPML file"
              accept=".opml,.xml,text/x-opml,application/xml,text/xml"
              onChange={(e) => {
                choose(e.target.files?.[0]);
                e.target.value = '';
              }}
            />
          </div>
          {fault && <p role="alert" className="text-sm text-bad">{fault}</p>}
          <Fault error={bring.error && asProblem(bring.error)} />
        </div>
      )}
    </Dialog>
  );
}

function Report({ report: { added, known, refused, untold, note } }: { report: Imported }) {
  const left = refused.length + (untold ?? 0);
  return (
    <div className="grid gap-5" role="status">
      <p className="flex items-center gap-2 font-serif text-xl">
        {added > 0 && <CircleCheck className="size-5 text-good" aria-hidden />}
        {added > 0 ? `${count(added, 'source')} added` : 'Nothing new was added'}
      </p>
      {note && <p className="text-sm text-ink-2">{note}</p>}
      {known > 0 && <p className="text-sm text-ink-2">{known === 1 ? '1 was here already.' : `${known.toLocaleString('en')} were here already.`}</p>}
      {left > 0 && (
        <section className="grid gap-2">
          <h3 className="text-sm font-semibold">{left.toLocaleString('en')} could not be taken{left > refused.length && `; the first ${refused.length.toLocaleString('en')} of them:`}</h3>
          <ul className="divide-y border-y" aria-label="Refused">
            {refused.map((r, i) => (
              <li key={i} className="py-2.5 text-sm">
                <p className="truncate">{r.title || shownUrl(r.url)} {r.title && <span className="text-ink-3">{shownUrl(r.url)}</span>}</p>
                <p className="text-xs text-bad">{r.why}</p>
              </li>
            ))}
          </ul>
        </section>
      )}
    </div>
  );
}
