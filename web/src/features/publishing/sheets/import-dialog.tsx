import { api, take } from '@/shared/api/client';
import { asProblem } from '@/shared/api/problem';
import { brandQuery, keys } from '@/shared/api/queries';
import { cn } from '@/shared/lib/cn';
import { toast } from '@/shared/lib/toast';
import { useMay } from '@/shared/lib/use-may';
import { useScope } from '@/shared/lib/use-scope';
import { addDays, dayOf, localAt, sayWhen, sayZone } from '@/shared/lib/zone';
import { Button } from '@/shared/ui/button';
import { Checkbox } from '@/shared/ui/choice';
import { Dialog } from '@/shared/ui/dialog';
import { Disclosure } from '@/shared/ui/disclosure';
import { Field, inputClass } from '@/shared/ui/field';
import { Fault, Notice } from '@/shared/ui/note';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { CircleCheck, FileSpreadsheet, TriangleAlert } from 'lucide-react';
import { useRef, useState } from 'react';
import { connectionsQuery, publicationsPath, publishingKeys } from '../api/queries';
import type { ImportReport } from '../api/types';
import { download, template } from './sheet';

const most = 5 * 1024 * 1024;
const count = (n: number, one: string, many = `${one}s`) => `${n.toLocaleString()} ${n === 1 ? one : many}`;

/** A table becomes drafts and publications: looked at as a whole first, and nothing is written before one has seen what comes of it. */
export function ImportDialog({ onClose }: { onClose: () => void }) {
  const { scope } = useScope();
  const client = useQueryClient();
  const navigate = useNavigate();
  const mayReview = useMay('posts.review');
  const [file, setFile] = useState<File | null>(null);
  const [pasted, setPasted] = useState('');
  const [approve, setApprove] = useState(false);
  const [report, setReport] = useState<ImportReport | null>(null);
  const send = (query: { dry_run?: boolean; mode?: 'all' | 'valid' }) => take(api.POST(`${publicationsPath}/import`, {
    params: { path: scope, query: { ...query, ...(approve && { approve }) } },
    // The file as it is: its own encoding and separators are the server's to find out.
    body: (file ?? pasted) as never, bodySerializer: (body: unknown) => body as BodyInit, headers: { 'Content-Type': 'text/csv' },
  }));
  const check = useMutation({ mutationFn: () => send({ dry_run: true }), onSuccess: setReport });
  const write = useMutation({
    mutationFn: () => send({ mode: 'valid' }),
    onSuccess: (done) => {
      const planned = done.imported.filter((r) => r.publication_id).length;
      const drafts = done.imported.length - planned;
      const days = done.imported.flatMap((r) => (r.publication_id && r.local_time ? [dayOf(r.local_time)] : [])).sort();
      toast(`${count(done.imported.length, 'row')} imported`, {
        detail: [planned > 0 && `${planned} planned`, drafts > 0 && count(drafts, 'draft')].filter(Boolean).join(', '),
        action: planned > 0
          ? { label: 'See them', run: () => void navigate({ to: '/$org/$brand/calendar', params: scope, search: { view: 'list', date: days[0] } }) }
          : { label: 'See them', run: () => void navigate({ to: '/$org/$brand/library', params: scope }) },
      });
      onClose();
    },
    onSettled: () => Promise.all([publishingKeys.all(scope), keys.posts(scope), keys.today(scope)].map((queryKey) => client.invalidateQueries({ queryKey }))),
  });
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      size={report ? 'xl' : 'lg'}
      dirty={pasted.trim() !== ''}
      title="Import from a table"
      description={report ? undefined : 'A CSV file or rows from a spreadsheet become drafts, and are planned where they name a time. Nothing is written before you have seen what comes of it.'}
      footer={report ? (
        <>
          <Button onClick={() => {
            write.reset();
            setReport(null);
          }}>Another file</Button>
          {report.imported.length > 0 && <Button variant="primary" busy={write.isPending} onClick={() => write.mutate()}>{report.faults.length > 0 ? `Import the ${count(report.imported.length, 'right row')}` : `Import ${count(report.imported.length, 'row')}`}</Button>}
        </>
      ) : (
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="primary" busy={check.isPending} disabled={!file && pasted.trim() === ''} onClick={() => check.mutate()}>Check it</Button>
        </>
      )}
    >
      {report ? <Report report={report} error={write.error} /> : (
        <div className="grid gap-6">
          <Source file={file} onFile={(next) => {
            setFile(next);
            check.reset();
          }} pasted={pasted} onPasted={setPasted} />
          {mayReview && <div className="flex items-center gap-3 text-sm"><Checkbox label="Approve the drafts as well" checked={approve} onChange={setApprove} /><span>Approve the drafts as well <span className="text-ink-3">· otherwise they wait for review</span></span></div>}
          <Fault error={check.error && asProblem(check.error)} />
          <Columns />
        </div>
      )}
    </Dialog>
  );
}

function Source({ file, onFile, pasted, onPasted }: { file: File | null; onFile: (file: File | null) => void; pasted: string; onPasted: (text: string) => void }) {
  const input = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const [large, setLarge] = useState(false);
  const choose = (next: File | undefined) => {
    setLarge((next?.size ?? 0) > most);
    if (next && next.size <= most) onFile(next);
  };
  return (
    <div className="grid gap-5">
      <div
        className={cn('grid justify-items-center gap-2 rounded-lg border border-dashed border-line-strong px-4 py-7 text-center text-sm text-ink-2 max-sm:py-5', over && 'border-brass bg-brass-soft')}
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
        <FileSpreadsheet className="size-6 text-brass-ink" aria-hidden />
        {file ? <p><strong className="font-semibold wrap-anywhere text-ink">{file.name}</strong> <span className="text-ink-3">· {Math.max(1, Math.round(file.size / 1024)).toLocaleString()} KB</span></p> : <p className="max-sm:hidden">Drop a CSV file here</p>}
        <div className="flex flex-wrap justify-center gap-2">
          <Button size="sm" onClick={() => input.current?.click()}>{file ? 'Choose another' : 'Choose a file'}</Button>
          {file && <Button size="sm" variant="quiet" onClick={() => onFile(null)}>Leave it out</Button>}
        </div>
        <input ref={input} type="file" accept=".csv,.tsv,.txt,text/csv,text/tab-separated-values" aria-label="CSV file" className="sr-only" tabIndex={-1} onChange={(e) => {
          choose(e.target.files?.[0]);
          e.target.value = '';
        }} />
        {large && <p role="alert" className="text-bad">A file has at most 5 MB. Split it.</p>}
      </div>
      {!file && (
        <Field label="Or paste rows, with the headings first">
          {(ids) => <textarea {...ids} rows={5} spellCheck={false} value={pasted} onChange={(e) => onPasted(e.target.value)} placeholder={'target,local_time,text\nlinkedin,2026-03-29 09:00,What a lighthouse keeper taught us'} className={cn(inputClass, 'h-auto resize-y py-2 font-mono text-xs max-lg:h-auto')} />}
        </Field>
      )}
    </div>
  );
}

const columns: [string, string][] = [
  ['text', 'What it says. For a thread or slides: part 1, part 2 and so on.'],
  ['target', 'A network such as linkedin, or its type too, such as x.thread. Not needed where the account says it.'],
  ['connection', 'The account by its handle. Not needed where the network has one.'],
  ['local_time', 'Such as 2026-03-29 09:00, or queue for the next free time. Empty makes a draft.'],
  ['title', 'Where the network has titles.'],
];

function Columns() {
  const { scope } = useScope();
  const { data: connections } = useQuery(connectionsQuery(scope));
  const { data: brand } = useQuery(brandQuery(scope));
  const account = connections?.items.find((c) => c.status === 'active');
  const give = () => download('bellwether-template.csv', template(addDays(dayOf(localAt(new Date(), brand?.time_zone ?? 'UTC')), 7), account));
  return (
    <Disclosure label="How the table looks">
      <dl className="mt-3 grid gap-x-5 gap-y-2 text-sm sm:grid-cols-[auto_minmax(0,1fr)]">
        {columns.map(([name, says]) => <div key={name} className="contents"><dt className="font-mono text-xs leading-6">{name}</dt><dd className="text-ink-2 max-sm:mb-1">{says}</dd></div>)}
      </dl>
      <p className="mt-3 text-sm text-ink-2">Times are on the clock in {sayZone(brand?.time_zone ?? 'UTC')}. At most 1,000 rows and 5 MB; commas, semicolons or tabs.</p>
      <Button size="sm" className="mt-3" onClick={give}>Download a template</Button>
    </Disclosure>
  );
}

/** What stands in backticks is to be typed as it is. */
function Words({ text }: { text: string }) {
  return text.split('`').map((part, i) => (i % 2 === 1 ? <code key={i} className="font-mono text-xs text-ink">{part}</code> : part));
}

function Report({ report, error }: { report: ImportReport; error: unknown }) {
  const faulty = new Set(report.faults.map((f) => f.row)).size;
  const right = report.imported.length;
  return (
    <div className="grid gap-6">
      <div role="status" className="grid gap-1.5">
        <p className="flex items-center gap-2.5">{right > 0 ? <CircleCheck className="size-5 shrink-0 text-good" aria-hidden /> : <TriangleAlert className="size-5 shrink-0 text-bad" aria-hidden />}<span><strong className="font-semibold">{right === report.rows ? `All ${count(right, 'row')} can be imported` : `${right.toLocaleString()} of ${count(report.rows, 'row')} can be imported`}</strong></span></p>
        {faulty > 0 && <p className="flex items-center gap-2.5 text-bad"><TriangleAlert className="size-5 shrink-0" aria-hidden /> <span>{count(faulty, 'row')} {faulty === 1 ? 'has' : 'have'} something to mend</span></p>}
      </div>
      <Fault error={error} />
      {report.ignored_columns.length > 0 && <Notice>{report.ignored_columns.length === 1 ? 'The column' : 'The columns'} {report.ignored_columns.map((c) => `“${c}”`).join(', ')} {report.ignored_columns.length === 1 ? 'means' : 'mean'} nothing here and {report.ignored_columns.length === 1 ? 'is' : 'are'} left out.</Notice>}
      {faulty > 0 && (
        <section aria-labelledby="import-faults" className="grid gap-2">
          <h3 id="import-faults" className="text-sm font-semibold">To mend in the table</h3>
          <table className="w-full text-left text-sm">
            <thead className="text-xs text-ink-3 max-sm:sr-only"><tr className="border-b"><th scope="col" className="w-14 py-1.5 pr-4 font-normal">Row</th><th scope="col" className="w-32 py-1.5 pr-4 font-normal">Column</th><th scope="col" className="py-1.5 font-normal">What is wrong, and how to mend it</th></tr></thead>
            <tbody className="divide-y">
              {report.faults.map((f, i) => (
                <tr key={i} className="align-baseline max-sm:grid max-sm:grid-cols-[auto_1fr] max-sm:gap-x-3 max-sm:py-2">
                  <td className="py-2 pr-4 tabular-nums max-sm:p-0"><span className="sm:hidden">Row </span>{f.row}</td>
                  <td className="py-2 pr-4 font-mono text-xs wrap-anywhere max-sm:p-0 max-sm:leading-5">{f.column}</td>
                  <td className="py-2 text-ink-2 wrap-anywhere max-sm:col-span-2 max-sm:p-0"><Words text={f.message} /></td>
                </tr>
              ))}
            </tbody>
          </table>
          {report.faults.length >= 500 && <p className="text-xs text-ink-3">There may be more; these are the first 500.</p>}
        </section>
      )}
      {right > 0 && (
        <Disclosure label={`What comes of the ${count(right, 'right row')}`} open={faulty === 0}>
          <table className="mt-2 w-full text-left text-sm">
            <thead className="text-xs text-ink-3"><tr className="border-b"><th scope="col" className="w-14 py-1.5 pr-4 font-normal">Row</th><th scope="col" className="py-1.5 pr-4 font-normal">For</th><th scope="col" className="py-1.5 font-normal">When</th></tr></thead>
            <tbody className="divide-y">
              {report.imported.slice(0, 100).map((r) => (
                <tr key={r.row} className="align-baseline">
                  <td className="py-2 pr-4 tabular-nums">{r.row}</td>
                  <td className="py-2 pr-4 wrap-anywhere">{r.target} {r.connection && <span className="text-ink-3">{r.connection}</span>}</td>
                  <td className="py-2 text-ink-2">{r.local_time ? sayWhen(r.local_time) : r.connection ? 'planned; the queue gives its time' : 'a draft'}</td>
                </tr>
              ))}
            </tbody>
          </table>
          {right > 100 && <p className="mt-2 text-xs text-ink-3">And {right - 100} more.</p>}
          <p className="mt-2 text-xs text-ink-3">Times in {sayZone(report.zone)}.</p>
        </Disclosure>
      )}
    </div>
  );
}
