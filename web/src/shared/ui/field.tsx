import { ChevronDown } from 'lucide-react';
import { useId, type ComponentProps, type ReactNode } from 'react';
import { cn } from '../lib/cn';

export const inputClass = 'h-9 w-full rounded-md border border-line-strong bg-sheet px-3 text-sm text-ink transition-colors hover:border-ink-3 focus:border-brass-ink focus-visible:outline-1 focus-visible:outline-offset-0 aria-invalid:border-bad max-lg:h-11 max-lg:text-base';

interface FieldProps { label: string; hint?: ReactNode; error?: string | undefined }

/** A label, a control, a hint, and what is wrong with it, tied together for everybody. */
export function Field({ label, hint, error, children }: FieldProps & { children: (ids: { id: string; 'aria-describedby': string | undefined; 'aria-invalid': true | undefined }) => ReactNode }) {
  const id = useId();
  const note = error ?? hint;
  return (
    <div className="grid content-start gap-1.5">
      <label htmlFor={id} className="text-sm font-semibold text-ink">{label}</label>
      {children({ id, 'aria-describedby': note ? `${id}-note` : undefined, 'aria-invalid': error ? true : undefined })}
      {note && <p id={`${id}-note`} className={cn('text-xs', error ? 'text-bad' : 'text-ink-3')}>{note}</p>}
    </div>
  );
}

export function TextField({ label, hint, error, className, ...rest }: FieldProps & ComponentProps<'input'>) {
  return (
    <Field label={label} hint={hint} error={error}>
      {(ids) => <input {...ids} className={cn(inputClass, className)} {...rest} />}
    </Field>
  );
}

export function SelectField({ label, hint, error, children, className, ...rest }: FieldProps & ComponentProps<'select'>) {
  return (
    <Field label={label} hint={hint} error={error}>
      {(ids) => (
        <div className={cn('grid items-center', className)}>
          <select {...ids} className={cn(inputClass, 'col-start-1 row-start-1 appearance-none pr-9 disabled:border-line disabled:text-ink-2')} {...rest}>
            {children}
          </select>
          <ChevronDown aria-hidden className="pointer-events-none col-start-1 row-start-1 mr-3 size-4 justify-self-end text-ink-3" />
        </div>
      )}
    </Field>
  );
}
