import { asProblem } from '@/shared/api/problem';
import { ago, fullTime } from '@/shared/lib/time';
import { toast } from '@/shared/lib/toast';
import { useMay } from '@/shared/lib/use-may';
import { useScope } from '@/shared/lib/use-scope';
import { Button } from '@/shared/ui/button';
import { Disclosure } from '@/shared/ui/disclosure';
import { TextField } from '@/shared/ui/field';
import { Notice } from '@/shared/ui/note';
import { Section } from '@/shared/ui/section';
import { Empty, ErrorState, Loading, SkeletonText } from '@/shared/ui/states';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Check, Globe } from 'lucide-react';
import { useState } from 'react';
import { profileQuery } from '../queries';
import { acceptFields, isReading, startReading, websiteQuery, type FieldFound, type PageRead, type Website as Read } from './api';
import { Found } from './field';
import { bySection, sectionOf } from './found';

/** A profile drafted from the brand's website: every field with the sentence that says it. */
export function Website() {
  const { scope } = useScope();
  const may = useMay('brand.update');
  const read = useQuery(websiteQuery(scope));
  const it = read.data;
  return (
    <Section title="From your website" lead="Give an address; a few pages are read, politely, and a profile is drafted from them. Each field shows the sentence it was told by. Nothing is taken over until you accept it.">
      {read.isPending ? <Loading what="the website"><SkeletonText lines={6} /></Loading>
        : asProblem(read.error).status === 404 ? <Empty icon={Globe} title="Not on this server yet">This version of the server doesn’t read websites. Fill the profile by hand; it takes a few minutes.</Empty>
          : read.isError ? <ErrorState error={read.error} retry={() => void read.refetch()} compact />
          : (
            <>
              {may && <Address key={it?.url ?? ''} website={read.data} />}
              {isReading(read.data) ? <Reading pages={read.data.pages} />
                : read.data.status === 'none' ? !may && <Empty icon={Globe} title="Not read yet">Whoever may change the brand can have its website read.</Empty>
                  : <Outcome website={read.data} may={may} />}
            </>
          )}
    </Section>
  );
}

function Address({ website }: { website: Read }) {
  const { scope } = useScope();
  const client = useQueryClient();
  const [url, setUrl] = useState(website.url ?? '');
  const start = useMutation({
    mutationFn: () => startReading(scope, /^[a-z][a-z0-9+.-]*:/i.test(url.trim()) ? url.trim() : `https://${url.trim()}`),
    onSettled: () => client.invalidateQueries({ queryKey: websiteQuery(scope).queryKey }),
  });
  const problem = start.error ? asProblem(start.error) : null;
  const busy = start.isPending || isReading(website);
  return (
    <form
      noValidate
      className="grid max-w-160 items-start gap-3 sm:grid-cols-[minmax(0,1fr)_auto]"
      onSubmit={(e) => {
        e.preventDefault();
        if (url.trim() && !busy) start.mutate();
      }}
    >
      <TextField label="Address of the website" type="url" inputMode="url" placeholder="example.com" value={url} onChange={(e) => setUrl(e.target.value)} error={problem ? (problem.at('url') ?? problem.message) : undefined} />
      <Button type="submit" variant={website.status === 'completed' ? 'line' : 'primary'} className="sm:mt-6.5" busy={busy} disabled={url.trim() === ''}>{website.read_at ? 'Read it again' : 'Read it'}</Button>
    </form>
  );
}

function Reading({ pages }: { pages: PageRead[] }) {
  return (
    <div className="grid gap-4">
      <p role="status" className="text-sm text-ink-2">Reading{pages.length > 0 ? `: ${pages.filter((p) => p.status !== 'pending').length} of ${pages.length} pages` : ' …'}</p>
      <Pages pages={pages} />
    </div>
  );
}

function Pages({ pages }: { pages: PageRead[] }) {
  const words = { read: 'Read', skipped: 'Left out', failed: 'Not read', pending: 'Waiting' };
  return (
    <ul className="divide-y border-y" aria-label="Pages">
      {pages.map((p) => (
        <li key={p.url} className="grid gap-x-4 gap-y-0.5 py-2 text-sm sm:grid-cols-[minmax(0,1fr)_6rem]">
          <span className="grid min-w-0"><span className="truncate">{p.title ?? p.url}</span>{p.title && <span className="truncate text-xs text-ink-3">{p.url}</span>}</span>
          <span className={p.status === 'failed' ? 'text-bad sm:text-right' : 'text-ink-3 sm:text-right'}>{words[p.status]}</span>
          {p.reason && <span className="text-xs text-ink-3 sm:col-span-2">{p.reason}</span>}
        </li>
      ))}
    </ul>
  );
}

function Outcome({ website, may }: { website: Read; may: boolean }) {
  const read = website.pages.filter((p) => p.status === 'read').length;
  return (
    <div className="grid gap-8">
      {website.status === 'failed' && <Notice kind="bad" title="The website could not be read">{website.failure ?? website.pages.find((p) => p.reason)?.reason ?? 'No page of it answered.'}{website.fields.length > 0 && ' What was read before that is kept below.'}</Notice>}
      {website.changes.length > 0 && (
        <section className="grid gap-3">
          <h3 className="font-serif text-xl">Changed since the last reading</h3>
          <ul aria-label="Changes" className="divide-y border-y">
            {website.changes.map((c, i) => (
              <li key={i} className="grid gap-1 py-3 text-sm">
                <span className="text-xs text-ink-3">{c.what} · <span className="wrap-anywhere">{c.url}</span></span>
                {c.before && <del className="w-fit rounded-sm bg-bad-soft px-1 text-bad">{c.before}</del>}
                {c.after && <ins className="w-fit rounded-sm bg-good-soft px-1 text-good no-underline">{c.after}</ins>}
              </li>
            ))}
          </ul>
        </section>
      )}
      <Fields fields={website.fields} may={may} read={read} />
      {website.pages.length > 0 && <Disclosure label={`${read} of ${website.pages.length} pages were read`}><div className="mt-3"><Pages pages={website.pages} /></div></Disclosure>}
      {website.read_at && <p className="text-xs text-ink-3">Read <time dateTime={website.read_at} title={fullTime(website.read_at)}>{ago(website.read_at)}</time></p>}
    </div>
  );
}

function Fields({ fields, may, read }: { fields: FieldFound[]; may: boolean; read: number }) {
  const { scope } = useScope();
  const client = useQueryClient();
  const [edited, setEdited] = useState<Record<string, unknown>>({});
  const keyOf = (f: FieldFound) => `${f.section}/${f.field}`;
  const valueOf = (f: FieldFound) => (keyOf(f) in edited ? edited[keyOf(f)] : f.value);
  const accept = useMutation({
    mutationFn: (some: FieldFound[]) => acceptFields(scope, some.map((f) => ({ field: f.field, value: valueOf(f) }))),
    onSuccess: (_, some) => toast(some.length === 1 ? 'It is in the profile now' : `${some.length} fields are in the profile now`),
    onError: (error) => toast('It could not be taken over', { kind: 'error', detail: asProblem(error).message }),
    onSettled: () => Promise.all([client.invalidateQueries({ queryKey: websiteQuery(scope).queryKey }), client.invalidateQueries({ queryKey: profileQuery(scope).queryKey })]),
  });
  const sections = bySection(fields);
  const all = sections.flatMap(([, list]) => list);
  if (all.length === 0) return <p className="max-w-prose text-sm text-ink-2">{fields.length > 0 ? 'The profile says all of it already.' : read > 0 ? 'Nothing for the profile was found on these pages.' : null}</p>;
  return (
    <div className="grid gap-8">
      <div className="flex flex-wrap items-center justify-between gap-4">
        <p role="status" className="text-sm text-ink-2">{all.length === 1 ? '1 field was found' : `${all.length} fields were found`}</p>
        {may && all.length > 1 && <Button variant="primary" busy={accept.isPending && accept.variables.length > 1} disabled={accept.isPending} onClick={() => accept.mutate(all)}><Check className="size-4" /> Accept all {all.length}</Button>}
      </div>
      {sections.map(([section, list]) => (
        <section key={section} className="grid gap-3" aria-label={sectionOf(section)}>
          <h3 className="font-serif text-xl">{sectionOf(section)}</h3>
          <ul className="divide-y border-y">
            {list.map((f) => (
              <Found key={keyOf(f)} found={f} value={valueOf(f)} may={may} busy={accept.isPending} change={(value) => setEdited((e) => ({ ...e, [keyOf(f)]: value }))} accept={() => accept.mutate([f])} />
            ))}
          </ul>
        </section>
      ))}
    </div>
  );
}
