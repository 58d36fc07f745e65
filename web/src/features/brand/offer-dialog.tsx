import { api, seen, take } from '@/shared/api/client';
import { brandPath } from '@/shared/api/queries';
import type { Offer, Promotion, UpdateOffer } from '@/shared/api/types';
import { toast } from '@/shared/lib/toast';
import { useChanged } from '@/shared/lib/unsaved';
import { useScope } from '@/shared/lib/use-scope';
import { Button, IconButton } from '@/shared/ui/button';
import { Disclosure } from '@/shared/ui/disclosure';
import { TextField } from '@/shared/ui/field';
import { changes, FormDialog, ListField, LongField, useVersioned } from '@/shared/ui/forms';
import { Plus, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { amountOf, minorOf } from './price';

const texts = (all: Offer['benefits'] | undefined) => (all ?? []).map((f) => f.text);

function formOf(o?: Offer) {
  return {
    name: o?.name ?? '', description: o?.description ?? '', url: o?.url ?? '',
    amount: amountOf(o?.price), currency: o?.price?.currency.toUpperCase() ?? 'EUR', unit: o?.price?.unit ?? '',
    value_proposition: o?.value_proposition?.text ?? '', target_audience: o?.target_audience?.text ?? '',
    benefits: texts(o?.benefits), features: texts(o?.features), promotions: o?.promotions ?? ([] as Promotion[]),
  };
}
type Form = ReturnType<typeof formOf>;

/** The change for the server; a price is one thing there and three fields here. */
function bodyOf(before: Form, form: Form): UpdateOffer {
  const { amount, currency, unit, ...rest } = changes(before, form);
  const body = rest as UpdateOffer;
  if (amount !== undefined || ((currency !== undefined || unit !== undefined) && form.amount.trim())) {
    const minor = minorOf(form.amount, form.currency);
    body.price = minor === null ? null : { amount_minor: minor, currency: form.currency.trim().toLowerCase(), unit: form.unit.trim() || null };
  }
  return body;
}

export function OfferDialog({ offer, refresh, onClose }: { offer?: Offer; refresh: () => Promise<unknown>; onClose: () => void }) {
  const { scope } = useScope();
  const [before] = useState(() => formOf(offer));
  const [form, setForm] = useState(before);
  const dirty = useChanged(form);
  const set = (part: Partial<Form>) => setForm((f) => ({ ...f, ...part }));
  const { save, busy, problem, stale } = useVersioned({
    version: offer?.version ?? 0,
    save: (version) => offer
      ? take(api.PATCH(`${brandPath}/offers/{offer}`, { params: { path: { ...scope, offer: offer.id }, header: seen(version) }, body: bodyOf(before, form) }))
      : take(api.POST(`${brandPath}/offers`, { params: { path: scope }, body: bodyOf(before, form) })),
    refresh,
    done: (o) => {
      void refresh();
      toast(offer ? 'Saved' : `${o.name} is added`, offer && form.description !== before.description && o.description ? { detail: 'Read the description anew to find what it says now.' } : {});
      onClose();
    },
  });
  const wrong = form.amount.trim() !== '' && minorOf(form.amount, form.currency) === null ? 'An amount such as 49 or 49.50.' : undefined;
  const promotion = (at: number, part: Partial<Promotion>) => set({ promotions: form.promotions.map((p, i) => (i === at ? { ...p, ...part } : p)) });
  const more = offer !== undefined || ['benefits', 'features', 'target_audience', 'value_proposition', 'promotions', 'price'].some((f) => problem?.at(f));
  return (
    <FormDialog
      title={offer ? `Edit ${offer.name}` : 'New offer'}
      {...(!offer && { description: 'A name and a description are enough.' })}
      action={offer ? 'Save' : 'Add the offer'}
      size="lg"
      busy={busy}
      problem={problem}
      stale={stale}
      fields={['name', 'description', 'url', 'price', 'value_proposition', 'target_audience', 'benefits', 'features', 'promotions']}
      dirty={dirty}
      empty={form.name.trim() === '' || wrong !== undefined || form.promotions.some((p) => p.text.trim() === '')}
      onSave={save}
      onClose={onClose}
    >
      <TextField label="Name" autoFocus value={form.name} onChange={(e) => set({ name: e.target.value })} error={problem?.at('name')} />
      <LongField label="Description" rows={6} value={form.description} onChange={(description) => set({ description })} error={problem?.at('description')} hint={offer ? 'After a change, read it anew to find what it says now.' : 'What your website or a flyer says. Benefits, features and for whom it is are found in it.'} />
      <div className="grid gap-5 sm:grid-cols-[1fr_6rem_1fr]">
        <TextField label="Price" inputMode="decimal" value={form.amount} onChange={(e) => set({ amount: e.target.value })} error={wrong ?? problem?.at('price/amount_minor')} />
        <TextField label="Currency" maxLength={3} spellCheck={false} value={form.currency} onChange={(e) => set({ currency: e.target.value.toUpperCase() })} error={problem?.at('price/currency')} />
        <TextField label="For what" placeholder="per month" value={form.unit} onChange={(e) => set({ unit: e.target.value })} error={problem?.at('price/unit')} />
      </div>
      <TextField label="Where it is found" type="url" inputMode="url" placeholder="https://" value={form.url} onChange={(e) => set({ url: e.target.value })} error={problem?.at('url')} />
      <Disclosure label={offer ? 'What is said of it' : 'Say it yourself'} open={more}>
        <div className="mt-4 grid gap-5">
          <LongField label="Why anybody should want it" rows={2} value={form.value_proposition} onChange={(value_proposition) => set({ value_proposition })} error={problem?.at('value_proposition')} />
          <LongField label="For whom" rows={2} value={form.target_audience} onChange={(target_audience) => set({ target_audience })} error={problem?.at('target_audience')} />
          <ListField label="Benefits" one="a benefit" values={form.benefits} onChange={(benefits) => set({ benefits })} error={problem?.at('benefits')} />
          <ListField label="Features" one="a feature" values={form.features} onChange={(features) => set({ features })} error={problem?.at('features')} />
        </div>
      </Disclosure>
      <div role="group" aria-label="Promotions" className="grid gap-3">
        {form.promotions.map((p, i) => (
          <div key={i} className="grid items-start gap-3 rounded-md bg-sunk p-4 sm:grid-cols-[1fr_10rem_10rem_auto]">
            <TextField label="Promotion" value={p.text} onChange={(e) => promotion(i, { text: e.target.value })} error={problem?.at(`promotions/${i}/text`)} />
            <TextField label="From" type="date" value={p.from ?? ''} onChange={(e) => promotion(i, { from: e.target.value || null })} error={problem?.at(`promotions/${i}/from`)} />
            <TextField label="Until" type="date" value={p.until ?? ''} onChange={(e) => promotion(i, { until: e.target.value || null })} error={problem?.at(`promotions/${i}/until`)} />
            <IconButton label={`Remove promotion ${i + 1}`} className="sm:mt-6.5" onClick={() => set({ promotions: form.promotions.filter((_, at) => at !== i) })}><Trash2 /></IconButton>
          </div>
        ))}
        <div><Button size="sm" variant="quiet" className="-ml-3" onClick={() => set({ promotions: [...form.promotions, { text: '', from: null, until: null }] })}><Plus className="size-4" /> Add a promotion</Button></div>
      </div>
    </FormDialog>
  );
}
