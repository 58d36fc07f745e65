import { inputClass, Field } from '@/shared/ui/field';
import { Button } from '@/shared/ui/button';
import { Dialog } from '@/shared/ui/dialog';
import { instantOf, localAt, sayZone, settled } from '@/shared/lib/zone';
import { useState } from 'react';

/** A time on the wall clock of the brand: what a day of 23 or 25 hours does to it is said, not hidden. */
export function WhenField({ label, zone, value, onChange, error }: { label: string; zone: string; value: string; onChange: (local: string) => void; error?: string | undefined }) {
  const told = value ? instantOf(value, zone) : null;
  const hint = !told ? `Time in ${sayZone(zone)}`
    : told.kind === 'skipped' ? `The clock skips this time in ${sayZone(zone)}: ${settled(value, zone).slice(11)} is meant.`
      : told.kind === 'twice' ? `The clock shows this time twice in ${sayZone(zone)}: the first is meant.`
        : `Time in ${sayZone(zone, told.at)}`;
  return (
    <Field label={label} hint={hint} error={error}>
      {(ids) => <input {...ids} type="datetime-local" step={60} min={localAt(new Date(), zone)} required value={value} onChange={(e) => onChange(e.target.value.slice(0, 16))} className={`${inputClass} max-w-64 tabular-nums`} />}
    </Field>
  );
}

export const isPast = (local: string, zone: string, now = new Date()) => instantOf(local, zone).at <= now;

export function WhenDialog({ title, zone, local, onSave, onClose }: { title: string; zone: string; local: string; onSave: (local: string) => void; onClose: () => void }) {
  const [at, setAt] = useState(local);
  const [asked, setAsked] = useState(false);
  const past = at !== '' && isPast(at, zone);
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title="Choose another time" description={title}>
      <form
        noValidate
        className="grid gap-5"
        onSubmit={(e) => {
          e.preventDefault();
          setAsked(true);
          if (at !== '' && !past) onSave(settled(at, zone));
        }}
      >
        <WhenField label="When it goes out" zone={zone} value={at} onChange={setAt} error={past && asked ? 'This time has passed; choose one that is to come.' : undefined} />
        <div className="flex flex-wrap justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" disabled={at === '' || at === local}>Move it</Button>
        </div>
      </form>
    </Dialog>
  );
}
