import { asProblem } from '@/shared/api/problem';
import { ago, fullTime } from '@/shared/lib/time';
import { toast } from '@/shared/lib/toast';
import { useUnsaved } from '@/shared/lib/unsaved';
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
import { audiencesQuery, offersQuery, profileQuery } from '../queries';
import { acceptFields, isReading, startReading, websiteQuery, type Accepted, type Change, type Finding, type PageRead, type Reading as ReadingView, type Website as Read } from './api';
import { Found, type Picked } from './field';
import { accepted, bySection, changeWords, firstPicked, pageShown, sectionOf } from './found';

/** A profile drafted from the brand's website: every field with the words that say it. */
export function Website() {
  const { scope } = useScope();
  const may = useMay('brand.update');
  const read = useQuery(websiteQuery(scope));
  return (
    <Section title="From your website" lead="Give an address; up to twelve pages are read, politely, and a profile is drafted from them. Each value shows the words it was told by. Nothing is taken over until you accept it.">
      {read.isPending ? <Loading what="the website"><SkeletonText lines={6} /></Loading>
        : read.isError ? <ErrorState error={read.error} retry={() => void read.refetch()} compact />
          : (
            <>
              {may && <Address key={read.data.latest?.id ?? ''} website={read.data} />}
              {isReading(read.data) ? <p role="status" className="text-sm text-ink-2">Reading {pageShown(read.data.latest?.url ?? '')}: one page after another, with a pause between them. You can leave this page; it goes on.</p>
                : !read.data.latest ? !may && <Empty icon={Globe} title="Not read yet">Whoever may change the brand can have its website read.</Empty>
                  : read.data.latest.status === 'failed' && <Notice kind="bad" title="The website could not be read">{read.data.latest.failure}{read.data.completed && ' What was read before is below.'}</Notice>}
              {read.data.completed && <Outcome key={read.data.completed.id} reading={read.data.completed} version={read.data.version} may={may} />}
            </>
          )}
    </Section>
  );
}

function Address({ website }: { website: Read }) {
  const { scope } = useScope();
  const client = useQueryClient();
  const [url, setUrl] = useState(website.latest?.url ?? '');
  const start = useMutation({
    mutationFn: () => startReading(scope, url.trim()),
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
      <Button type="submit" variant={website.completed ? 'line' : 'primary'} className="sm:mt-6.5" busy={busy} disabled={url.trim() === ''}>{website.latest ? 'Read it again' : 'Read it'}</Button>
    </form>
  );
}

function Outcome({ reading, version, may }: { reading: ReadingView; version: number; may: boolean }) {
  const read = reading.pages.filter((p) => p.status === 'read').length;
  return (
    <div className="grid gap-8">
      {reading.changes.length > 0 && <Changes changes={reading.changes} />}
      <Fields findings={reading.findings} version={version} may={may} />
      <Disclosure label={`${read} of ${reading.pages.length} pages were read`}><div className="mt-3"><Pages pages={reading.pages} /></div></Disclosure>
      {reading.read_at && <p className="text-xs text-ink-3">Read <time dateTime={reading.read_at} title={fullTime(reading.read_at)}>{ago(reading.read_at)}</time> by {reading.reader === 'builtin' ? 'the built-in reader' : reading.reader}</p>}
    </div>
  );
}

function Changes({ changes }: { changes: Change[] }) {
  return (
    <section className="grid gap-3" aria-labelledby="website-changes">
      <h3 id="website-changes" className="font-serif text-xl">Changed since the reading before</h3>
      <ul aria-label="Changes" className="divide-y border-y">
        {changes.map((c) => (
          <li key={`${c.what} ${c.subject}`} className="grid gap-1 py-3 text-sm">
            <span><span className="text-ink-3">{changeWords(c)}:</span> <span className="wrap-anywhere">{c.label}</span></span>
            {c.before && <del className="w-fit rounded-sm bg-bad-soft px-1 text-bad wrap-anywhere">{c.before}</del>}
            {c.after && <ins className="w-fit rounded-sm bg-good-soft px-1 text-good no-underline wrap-anywhere">{c.after}</ins>}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Pages({ pages }: { pages: PageRead[] }) {
  return (
    <ul className="divide-y border-y" aria-label="Pages">
      {pages.map((p) => (
        <li key={p.url} className="grid gap-x-4 gap-y-0.5 py-2 text-sm sm:grid-cols-[minmax(0,1fr)_8rem]">
          <span className="grid min-w-0"><span className="truncate">{p.title ?? pageShown(p.url)}</span>{p.title && <span className="truncate text-xs text-ink-3">{pageShown(p.url)}</span>}</span>
          <span className={p.status === 'read' ? 'text-ink-3 sm:text-right' : 'text-bad sm:text-right'}>{p.status === 'read' ? `${p.words} words` : 'Not read'}</span>
          {p.reason && <span className="text-xs text-ink-3 sm:col-span-2">{p.reason}</span>}
        </li>
      ))}
    </ul>
  );
}

function Fields({ findings, version, may }: { findings: Finding[]; version: number; may: boolean }) {
  const { scope } = useScope();
  const client = useQueryClient();
  const [states, setStates] = useState<Record<string, Picked>>({});
  const stateOf = (f: Finding): Picked => states[f.field] ?? { picked: firstPicked(f), edited: {} };
  const accept = useMutation({
    mutationFn: ({ fields }: { of: string[]; fields: Accepted[] }) => acceptFields(scope, version, fields),
    onSuccess: (fresh, { of }) => {
      client.setQueryData(websiteQuery(scope).queryKey, fresh);
      setStates((all) => Object.fromEntries(Object.entries(all).filter(([field]) => !of.includes(field))));
      toast(of.length === 1 ? 'It is in the profile now' : `${of.length} fields are in the profile now`);
    },
    onError: (error) => toast('It could not be taken over', { kind: 'error', detail: asProblem(error).message }),
    onSettled: () => Promise.all([websiteQuery, profileQuery, audiencesQuery, offersQuery].map((query) => client.invalidateQueries({ queryKey: query(scope).queryKey }))),
  });
  useUnsaved(Object.values(states).some((s) => Object.keys(s.edited).length > 0));
  const sections = bySection(findings);
  const all = sections.flatMap(([, list]) => list);
  if (all.length === 0) return <p className="max-w-prose text-sm text-ink-2">{findings.length > 0 ? 'The profile says all of it already.' : 'Nothing for the profile was found on these pages.'}</p>;
  const ready = all.map((f) => ({ field: f.field, fields: accepted(f, stateOf(f).picked, stateOf(f).edited) })).filter((f) => f.fields.length > 0);
  return (
    <div className="grid gap-8">
      <div className="flex flex-wrap items-center justify-between gap-4">
        <p role="status" className="text-sm text-ink-2">{all.length === 1 ? 'The website says something new of 1 field' : `The website says something new of ${all.length} fields`}</p>
        {may && ready.length > 1 && <Button variant="primary" busy={accept.isPending && accept.variables.of.length > 1} disabled={accept.isPending} onClick={() => accept.mutate({ of: ready.map((f) => f.field), fields: ready.flatMap((f) => f.fields) })}><Check className="size-4" /> Accept all {ready.length}</Button>}
      </div>
      {sections.map(([section, list]) => (
        <section key={section} className="grid gap-3" aria-label={sectionOf(section)}>
          <h3 className="font-serif text-xl">{sectionOf(section)}</h3>
          <ul className="divide-y border-y">
            {list.map((f) => (
              <Found key={f.field} found={f} state={stateOf(f)} may={may} busy={accept.isPending} change={(state) => setStates((s) => ({ ...s, [f.field]: state }))} accept={(fields) => accept.mutate({ of: [f.field], fields })} />
            ))}
          </ul>
        </section>
      ))}
    </div>
  );
}
