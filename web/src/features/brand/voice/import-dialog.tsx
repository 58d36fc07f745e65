import { voiceKey, voicePath, type Imported, type Whose } from '@/shared/voice/api';
import { api, take } from '@/shared/api/client';
import { networksQuery } from '@/shared/api/queries';
import type { NetworkId } from '@/shared/api/types';
import { asProblem } from '@/shared/api/problem';
import { cn } from '@/shared/lib/cn';
import { useScope } from '@/shared/lib/use-scope';
import { Button, IconButton } from '@/shared/ui/button';
import { Segmented } from '@/shared/ui/choice';
import { Dialog } from '@/shared/ui/dialog';
import { Field, inputClass, SelectField } from '@/shared/ui/field';
import { Fault } from '@/shared/ui/note';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { FileText, Upload, X } from 'lucide-react';
import { useRef, useState, type DragEvent } from 'react';
import { Accounts } from './accounts';
import { countWords, parted, placeWords, told } from './say';

const kinds = ['.csv', '.tsv', '.json', '.zip', '.js', '.md', '.txt'];
const largest = 40_000_000;

/** Samples from what is pasted or from a file; afterwards what became of each. */
export function ImportDialog({ onClose }: { onClose: () => void }) {
  const { scope } = useScope();
  const client = useQueryClient();
  const [way, setWay] = useState<'paste' | 'file' | 'account'>('paste');
  const [whose, setWhose] = useState<Whose>('own');
  const [network, setNetwork] = useState('');
  const [text, setText] = useState('');
  const [file, setFile] = useState<File | null>(null);
  const { data: networks } = useQuery(networksQuery);
  const texts = parted(text);
  const run = useMutation({
    mutationFn: () => {
      if (way === 'paste') return take(api.POST(`${voicePath}/samples`, { params: { path: scope }, body: { kind: whose, ...(network && { network: network as NetworkId }), samples: texts.map((t) => ({ text: t })) } }));
      if (file && file.size > largest) throw new Error(`${file.name} is larger than ${largest / 1_000_000} MB. Part it, or take the file with the posts out of the archive.`);
      const form = new FormData();
      form.append('kind', whose);
      if (network) form.append('network', network);
      if (file) form.append('file', file);
      // The description knows a file as text; what is sent is the form itself.
      return take(api.POST(`${voicePath}/samples/import`, { params: { path: scope }, body: form as never, bodySerializer: () => form }));
    },
    onSettled: () => client.invalidateQueries({ queryKey: voiceKey(scope) }),
  });
  if (run.data) {
    return (
      <Dialog open onOpenChange={(open) => !open && onClose()} title={told(run.data.added)} footer={<><Button onClick={() => {
        run.reset();
        setText('');
        setFile(null);
      }}>Add more</Button><Button variant="primary" onClick={onClose}>Done</Button></>}>
        <Result of={run.data} />
      </Dialog>
    );
  }
  const problem = run.error ? asProblem(run.error) : null;
  const ready = way === 'paste' ? texts.length > 0 : file !== null;
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="Add samples"
      description="Things as you wrote them, best such as you would like to write again."
      size="lg"
      dirty={text.trim() !== '' || file !== null}
      footer={way === 'account' ? <Button variant="primary" onClick={onClose}>Done</Button> : <><Button onClick={onClose}>Cancel</Button><Button variant="primary" busy={run.isPending} disabled={!ready} onClick={() => run.mutate()}>{way === 'file' ? 'Read the file' : texts.length > 1 ? `Add ${texts.length} samples` : 'Add the sample'}</Button></>}
    >
      <div className="grid gap-5">
        <Segmented<'paste' | 'file' | 'account'> label="From" value={way} onChange={setWay} options={[{ value: 'paste', label: 'Paste' }, { value: 'file', label: 'A file' }, { value: 'account', label: 'Your accounts' }]} className="-ml-3" />
        {way === 'account' ? <Accounts /> : way === 'paste' ? (
          <Field label="Your texts" hint={texts.length > 0 ? `${texts.length === 1 ? '1 text' : `${texts.length} texts`}, ${countWords(texts.join(' ')).toLocaleString()} words` : 'Several at once: put --- on a line of its own between them.'} error={problem?.at('samples')}>
            {(ids) => <textarea {...ids} autoFocus rows={10} value={text} onChange={(e) => setText(e.target.value)} placeholder={'The first text.\n\n---\n\nThe second text.'} className={`${inputClass} h-auto min-h-52 py-3 font-serif text-lg max-lg:h-auto`} />}
          </Field>
        ) : <FileBox file={file} take={setFile} />}
        {way !== 'account' && <div className="grid gap-5 sm:grid-cols-2">
          <SelectField label="They are from" value={network} onChange={(e) => setNetwork(e.target.value)} error={problem?.at('network')}>
            <option value="">{way === 'file' ? 'As the file says' : 'No network in particular'}</option>
            {networks?.networks.filter((n) => n.id !== 'sandbox').map((n) => <option key={n.id} value={n.id}>{n.name}</option>)}
          </SelectField>
          <SelectField label="Written by" value={whose} onChange={(e) => setWhose(e.target.value as Whose)} hint={whose === 'other' ? 'Texts on your subjects by others make the voice surer.' : undefined}>
            <option value="own">You, or whom the brand sounds like</option>
            <option value="other">Others, to compare with</option>
          </SelectField>
        </div>}
        <Fault error={run.error} fields={['samples', 'network']} />
      </div>
    </Dialog>
  );
}

function FileBox({ file, take }: { file: File | null; take: (file: File | null) => void }) {
  const picker = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const onDrop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    take(event.dataTransfer.files[0] ?? null);
  };
  return (
    <div
      onDragOver={(e) => {
        e.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={onDrop}
      className={cn('grid justify-items-center gap-3 rounded-xl border border-dashed px-6 py-10 text-center transition-colors', over ? 'border-brass bg-brass-soft' : 'border-line-strong')}
    >
      {file ? (
        <p className="flex max-w-full items-center gap-3"><FileText className="size-6 shrink-0 text-brass-ink" strokeWidth={1.5} aria-hidden /><span className="truncate font-serif text-lg">{file.name}</span><IconButton label="Take the file out" onClick={() => take(null)}><X /></IconButton></p>
      ) : (
        <>
          <Upload className="size-6 text-ink-3" strokeWidth={1.5} aria-hidden />
          <p className="max-w-100 text-sm text-ink-2">Drop a file here: the archive of X, the export of LinkedIn, CSV, JSON, Markdown or plain text.</p>
          <Button size="sm" onClick={() => picker.current?.click()}>Choose a file</Button>
        </>
      )}
      <input
        ref={picker}
        type="file"
        tabIndex={-1}
        className="sr-only"
        aria-label="File with samples"
        accept={kinds.join(',')}
        onChange={(e) => {
          take(e.target.files?.[0] ?? null);
          e.target.value = '';
        }}
      />
    </div>
  );
}

/** What was added, what was there already, and what was refused by its place. */
function Result({ of: { added, repeated, refused, more_refused } }: { of: Imported }) {
  const out = refused.length + more_refused;
  return (
    <div className="grid gap-5">
      <dl className="flex flex-wrap gap-x-10 gap-y-3">
        {([['Added', added], ['There already', repeated], ['Refused', out]] as const).map(([label, count]) => (
          <div key={label} className="grid"><dt className="text-xs text-ink-3">{label}</dt><dd className="font-serif text-2xl tabular-nums">{count.toLocaleString()}</dd></div>
        ))}
      </dl>
      {refused.length > 0 && (
        <section className="grid gap-2">
          <h3 className="text-sm font-semibold">What was refused</h3>
          <ul aria-label="What was refused" className="divide-y border-y">
            {refused.map((r, i) => <li key={i} className="grid gap-x-4 py-2 text-sm sm:grid-cols-[9rem_minmax(0,1fr)]"><span className="text-ink-3">{placeWords(r.place)}</span><span className="text-ink-2 wrap-anywhere">{r.reason}</span></li>)}
          </ul>
          {more_refused > 0 && <p className="text-xs text-ink-3">and {more_refused.toLocaleString()} more</p>}
        </section>
      )}
    </div>
  );
}
