import { toast } from '@/shared/lib/toast';
import { Button, IconButton } from '@/shared/ui/button';
import { Meter } from '@/shared/ui/meter';
import { CircleAlert, CircleCheck, FileSearch, Pause, Play, RotateCcw, X } from 'lucide-react';
import { useRef } from 'react';
import { again, type Sending } from './uploader';
import { useUploads } from './uploads';
import { sayBytes } from './words';

/** What is being uploaded, and what became of it. `open` shows one that arrived. */
export function Tray({ open }: { open?: (media: string) => void }) {
  const { all, uploader } = useUploads();
  const picker = useRef<HTMLInputElement>(null);
  const wanted = useRef('');
  if (all.length === 0) return null;
  const failed = all.filter((it) => it.phase === 'failed').length;
  const left = all.filter((it) => it.phase !== 'done').length - failed;
  return (
    <section aria-label="Uploads" className="rounded-lg border bg-sheet">
      <div className="flex min-h-11 items-center gap-3 border-b px-4 py-1">
        <h2 className="grow text-sm font-semibold">{left > 0 ? `${left} of ${all.length} to come` : failed > 0 ? `${failed} did not arrive` : all.length === 1 ? 'It is here' : `All ${all.length} are here`}</h2>
        {all.some((it) => it.phase === 'done') && <Button size="sm" variant="quiet" className="-mr-2" onClick={() => uploader.clear()}>Clear</Button>}
      </div>
      <ul className="max-h-72 divide-y overflow-y-auto px-4 scroll-thin">
        {all.map((it) => (
          <Row
            key={it.key}
            it={it}
            open={open}
            pause={() => uploader.pause(it.key)}
            resume={() => uploader.resume(it.key)}
            cancel={() => uploader.cancel(it.key)}
            find={() => {
              wanted.current = it.key;
              picker.current?.click();
            }}
          />
        ))}
      </ul>
      <p role="status" className="sr-only">{left === 0 && failed === 0 ? 'All uploads are here' : ''}</p>
      <input
        ref={picker}
        type="file"
        tabIndex={-1}
        aria-label="The file to go on with"
        className="sr-only"
        onChange={(e) => {
          const file = e.target.files?.[0];
          e.target.value = '';
          if (file && !uploader.found(wanted.current, file)) toast('That is another file', { kind: 'error', detail: 'Choose the one with the same name and size, or cancel and begin anew.' });
        }}
      />
    </section>
  );
}

interface RowProps { it: Sending; open: ((media: string) => void) | undefined; pause: () => void; resume: () => void; cancel: () => void; find: () => void }

function Row({ it, open, pause, resume, cancel, find }: RowProps) {
  const share = it.bytes === 0 ? 0 : Math.floor((it.sent / it.bytes) * 100);
  const problem = it.problem?.errors[0]?.message ?? it.problem?.message;
  const said = {
    waiting: 'Waits for its turn', sending: `${sayBytes(it.sent)} of ${sayBytes(it.bytes)}`, paused: `Paused at ${share} %`, lost: `Stopped at ${share} %. Choose the file again to go on.`,
    finishing: 'Being looked at', done: it.duplicate ? 'The library had it already' : 'In the library', failed: problem ?? 'It did not arrive',
  }[it.phase];
  return (
    <li className="grid grid-cols-[minmax(0,1fr)_auto] items-center gap-x-3 gap-y-1.5 py-2.5" data-upload={it.phase}>
      <div className="min-w-0">
        <p className="flex items-center gap-2 text-sm">
          {it.phase === 'done' && <CircleCheck className="size-4 shrink-0 text-good" aria-hidden />}
          {it.phase === 'failed' && <CircleAlert className="size-4 shrink-0 text-bad" aria-hidden />}
          <span className="truncate">{it.name}</span>
        </p>
        <p {...(it.phase === 'failed' && { role: 'alert' })} className={`text-xs tabular-nums ${it.phase === 'failed' ? 'text-bad' : 'text-ink-3'}`}>{said}</p>
      </div>
      <div className="flex items-center">
        {(it.phase === 'sending' || it.phase === 'waiting') && <IconButton label={`Pause ${it.name}`} onClick={pause}><Pause /></IconButton>}
        {it.phase === 'paused' && <IconButton label={`Go on with ${it.name}`} onClick={resume}><Play /></IconButton>}
        {it.phase === 'lost' && <IconButton label={`Choose ${it.name} again`} onClick={find}><FileSearch /></IconButton>}
        {again(it) && <IconButton label={`Try ${it.name} again`} onClick={resume}><RotateCcw /></IconButton>}
        {it.phase === 'done' && open && it.media && <Button size="sm" variant="quiet" onClick={() => open(it.media ?? '')}>Open<span className="sr-only"> {it.name}</span></Button>}
        {it.phase !== 'finishing' && <IconButton label={it.phase === 'done' || it.phase === 'failed' ? `Take ${it.name} off the list` : `Cancel ${it.name}`} onClick={cancel}><X /></IconButton>}
      </div>
      {(it.phase === 'sending' || it.phase === 'paused' || it.phase === 'lost') && <Meter label={`${it.name}: ${share} %`} used={it.sent} limit={Math.max(1, it.bytes)} goal className="col-span-2" />}
    </li>
  );
}
