import { api, seen, take } from '@/shared/api/client';
import { asProblem } from '@/shared/api/problem';
import { brandPath } from '@/shared/api/queries';
import type { Finding, Offer } from '@/shared/api/types';
import { deleteLater, useLeaving } from '@/shared/lib/deletion';
import { ago, fullTime, shortDate } from '@/shared/lib/time';
import { toast } from '@/shared/lib/toast';
import { useMay } from '@/shared/lib/use-may';
import { useScope } from '@/shared/lib/use-scope';
import { Button, IconButton } from '@/shared/ui/button';
import { Popover } from '@/shared/ui/menu';
import { Section } from '@/shared/ui/section';
import { Empty, ErrorState, Loading, SkeletonText } from '@/shared/ui/states';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { ExternalLink, Pencil, Plus, Quote, ScanText, Tag, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { OfferDialog } from './offer-dialog';
import { priceWords } from './price';
import { offersQuery, profileQuery } from './queries';

const most = 100;

/** What a brand sells, with what its description was found to say. */
export function Offers() {
  const { scope } = useScope();
  const client = useQueryClient();
  const may = useMay('brand.update');
  const list = useQuery(offersQuery(scope));
  const leaving = useLeaving();
  const [open, setOpen] = useState<string | null>(null);
  // How complete the profile is counts them.
  const refresh = () => Promise.all([client.invalidateQueries({ queryKey: offersQuery(scope).queryKey }), client.invalidateQueries({ queryKey: profileQuery(scope).queryKey })]);
  const all = list.data?.items ?? [];
  const items = all.filter((o) => !leaving.has(o.id));
  const edited = all.find((o) => o.id === open);
  const add = may && all.length < most && <Button variant="primary" onClick={() => setOpen('new')}><Plus className="size-4" /> New offer</Button>;
  const remove = (o: Offer) => deleteLater(o.id, {
    said: `${o.name} is deleted`,
    remove: (keepalive) => api.DELETE(`${brandPath}/offers/{offer}`, { params: { path: { ...scope, offer: o.id } }, keepalive }),
    settled: refresh,
  });
  return (
    <Section title="Offers" lead="What you sell. A description is enough: what people get of it, what it consists of and for whom it is are found in it, each with the sentence that says so." action={items.length > 0 && add}>
      {list.isPending ? <Loading what="offers"><SkeletonText lines={6} /></Loading>
        : list.isError ? <ErrorState error={list.error} retry={() => void list.refetch()} compact />
          : items.length === 0 ? <Empty icon={Tag} title="No offers yet" action={add}>Paste what your website says of a product or service. Writers then speak of it with its own benefits, and never promise what it isn’t.</Empty>
            : <ul className="divide-y border-y" aria-label="Offers">{items.map((o) => <Row key={o.id} offer={o} may={may} edit={() => setOpen(o.id)} remove={() => remove(o)} refresh={refresh} />)}</ul>}
      {open === 'new' && <OfferDialog refresh={refresh} onClose={() => setOpen(null)} />}
      {edited && <OfferDialog key={edited.id} offer={edited} refresh={refresh} onClose={() => setOpen(null)} />}
    </Section>
  );
}

function Row({ offer: o, may, edit, remove, refresh }: { offer: Offer; may: boolean; edit: () => void; remove: () => void; refresh: () => Promise<unknown> }) {
  const { scope } = useScope();
  const again = useMutation({
    mutationFn: () => take(api.POST(`${brandPath}/offers/{offer}/analyse`, { params: { path: { ...scope, offer: o.id }, header: seen(o.version) } })),
    onSuccess: (fresh) => {
      const found = findings(fresh);
      toast(found === 0 ? 'The description says nothing that was recognised' : found === 1 ? '1 finding in the description' : `${found} findings in the description`, { detail: 'What you wrote yourself stays.' });
    },
    onError: (error) => toast('It could not be read anew', { kind: 'error', detail: asProblem(error).message }),
    onSettled: refresh,
  });
  const lists: [string, Finding[]][] = [['Benefits', o.benefits], ['Features', o.features]];
  const shown = lists.filter(([, all]) => all.length > 0);
  return (
    <li className="grid gap-4 py-6">
      <div className="flex items-start gap-1">
        <div className="grid min-w-0 grow gap-1">
          <h3 className="font-serif text-xl wrap-anywhere">{o.name}</h3>
          {(o.price || o.url) && (
            <p className="flex flex-wrap items-baseline gap-x-4 gap-y-1 text-sm text-ink-2">
              {o.price && <span className="tabular-nums">{priceWords(o.price)}</span>}
              {o.url && <a href={o.url} target="_blank" rel="noreferrer noopener" className="inline-flex min-w-0 items-center gap-1 text-ink-3 underline-offset-4 hover:text-ink hover:underline"><span className="truncate">{o.url.replace(/^https?:\/\/(www\.)?/, '').replace(/\/$/, '')}</span><ExternalLink className="size-3.5 shrink-0" aria-hidden /></a>}
            </p>
          )}
        </div>
        {may && <><IconButton label={`Edit ${o.name}`} onClick={edit}><Pencil /></IconButton><IconButton label={`Delete ${o.name}`} className="-mr-2" onClick={remove}><Trash2 /></IconButton></>}
      </div>
      {o.value_proposition && <p className="max-w-prose font-serif text-lg text-ink"><Found finding={o.value_proposition} /></p>}
      {(shown.length > 0 || o.target_audience) && (
        <dl className="grid gap-x-8 gap-y-4 sm:grid-cols-2">
          {o.target_audience && <div className="grid content-start gap-1.5 sm:col-span-2"><dt className="text-xs text-ink-3">For whom</dt><dd className="text-sm text-ink-2"><Found finding={o.target_audience} /></dd></div>}
          {shown.map(([label, all]) => (
            <div key={label} className="grid content-start gap-1.5">
              <dt className="text-xs text-ink-3">{label}</dt>
              <dd><ul className="grid gap-1.5 text-sm text-ink-2">{all.map((f) => <li key={f.text} className="flex gap-2.5"><span aria-hidden className="mt-2 size-1 shrink-0 rounded-full bg-brass" /><span className="min-w-0"><Found finding={f} /></span></li>)}</ul></dd>
            </div>
          ))}
        </dl>
      )}
      {o.promotions.length > 0 && (
        <ul className="grid gap-1 text-sm" aria-label="Promotions">
          {o.promotions.map((p) => <li key={p.text}><span className="text-brass-ink">{p.text}</span>{(p.from || p.until) && <span className="text-ink-3"> · {days(p.from, p.until)}</span>}</li>)}
        </ul>
      )}
      <p className="flex flex-wrap items-center gap-x-4 gap-y-1 text-xs text-ink-3">
        {o.analysed_at ? <time dateTime={o.analysed_at} title={fullTime(o.analysed_at)}>Description read {ago(o.analysed_at)}</time> : o.description ? 'The description has not been read' : 'No description yet'}
        {may && o.description && <Button variant="quiet" size="sm" className="-my-1.5 -ml-3" aria-label={`Read the description of ${o.name} anew`} busy={again.isPending} onClick={() => again.mutate()}><ScanText className="size-4" /> Read anew</Button>}
      </p>
    </li>
  );
}

const findings = (o: Offer) => [...o.benefits, ...o.features, o.target_audience, o.value_proposition].filter((f) => f?.evidence).length;

/** Something said of an offer; from the description, it opens to the sentence that says it. */
function Found({ finding: f }: { finding: Finding }) {
  if (!f.evidence) return <span className="wrap-anywhere">{f.text}</span>;
  const { sentence, cue } = f.evidence;
  return (
    <span className="wrap-anywhere">
      {f.text}{' '}
      <Popover
        label="Where it is from"
        className="max-w-88"
        trigger={<button type="button" aria-label={`Where “${f.text.slice(0, 60)}” is from`} className="relative inline-flex translate-y-0.5 rounded-sm text-ink-3 after:absolute after:-inset-2 hover:text-brass-ink"><Quote className="size-3.5" aria-hidden /></button>}
      >
        <p className="text-xs text-ink-3">In your description</p>
        <p className="mt-1.5 border-l-2 border-brass pl-3 font-serif text-base wrap-anywhere"><Marked text={sentence} words={cue} /></p>
        <p className="mt-2 text-xs text-ink-3">{cue === 'core message' ? 'It is what the whole text says most.' : cue === 'list item' ? 'It stands in a list.' : <>Told by the words “{cue}”.</>}</p>
      </Popover>
    </span>
  );
}

function Marked({ text, words }: { text: string; words: string }) {
  const at = text.toLowerCase().replaceAll('’', "'").indexOf(words.toLowerCase());
  if (at < 0) return text;
  return <>{text.slice(0, at)}<mark className="rounded-sm bg-brass-soft text-brass-ink">{text.slice(at, at + words.length)}</mark>{text.slice(at + words.length)}</>;
}

function days(from: string | null | undefined, until: string | null | undefined): string {
  if (from && until) return `${shortDate(from)} to ${shortDate(until)}`;
  return from ? `from ${shortDate(from)}` : `until ${shortDate(until ?? '')}`;
}
