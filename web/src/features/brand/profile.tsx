import type { Profile as ProfileOf, SectionMark } from '@/shared/api/types';
import { useMay } from '@/shared/lib/use-may';
import { useScope } from '@/shared/lib/use-scope';
import { Button, buttonClass } from '@/shared/ui/button';
import { Meter } from '@/shared/ui/meter';
import { ErrorState, Loading, Skeleton, SkeletonText } from '@/shared/ui/states';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useRef, useState, type ReactNode } from 'react';
import { Chips } from './chips';
import { NetworkName } from './network-name';
import { Picture } from './picture';
import { EditMore, EditSection } from './profile-edit';
import { labelOf, sectionLabels, written, type FieldOf, type Written } from './profile-fields';
import { profileQuery } from './queries';

/** What a brand says of itself, by sections: how complete each is, why it helps, and what it says. */
export function Profile() {
  const { scope } = useScope();
  const profile = useQuery(profileQuery(scope));
  if (profile.isPending) return <Loading what="the profile"><Skeleton className="size-16" /><SkeletonText lines={8} className="mt-8" /></Loading>;
  if (profile.isError) return <ErrorState error={profile.error} title="The profile could not be loaded" retry={() => void profile.refetch()} />;
  const it = profile.data;
  return (
    <>
      <div className="grid gap-6 pb-8">
        <Picture />
        <div className="grid gap-2">
          <p className="flex items-baseline justify-between gap-4 text-sm"><span className="font-semibold">The whole profile</span><span className="text-ink-2 tabular-nums">{it.completeness} % filled</span></p>
          <Meter goal label="The whole profile, in percent" used={it.completeness} limit={100} />
          <p className="text-xs text-ink-3">Language models are told it. The built-in writer takes the description, the words you avoid, and whether you want hashtags.</p>
        </div>
      </div>
      {it.sections.map((mark) => <Part key={mark.section} mark={mark} profile={it} />)}
      <More profile={it} />
    </>
  );
}

/** A section's head; the button comes back into focus when its form closes. */
function Head({ title, lead, mark, action }: { title: string; lead: ReactNode; mark?: SectionMark; action?: ReactNode }) {
  return (
    <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
      <div className="min-w-0 grow basis-64">
        <h2 className="font-serif text-xl">{title}</h2>
        <p className="mt-1 max-w-prose text-sm text-ink-2">{lead}</p>
        {mark && (
          <div className="mt-3 flex flex-wrap items-center gap-x-3 gap-y-1 text-xs text-ink-3">
            <span className="flex w-24 shrink-0"><Meter goal label={`${title}, in percent`} used={mark.completeness} limit={100} /></span>
            <span className="tabular-nums">{mark.completeness} %</span>
            {mark.missing.length > 0 && <span className="basis-full">Missing: {mark.missing.map((f) => labelOf(mark.section, f)).join(', ')}</span>}
          </div>
        )}
      </div>
      {action}
    </div>
  );
}

function Part({ mark, profile }: { mark: SectionMark; profile: ProfileOf }) {
  const { scope } = useScope();
  const { section } = mark;
  const title = sectionLabels[section];
  if (section === 'audiences' || section === 'offers') {
    return (
      <section className="grid gap-6 border-t py-8">
        <Head title={title} lead={mark.why} mark={mark} action={<Link to="/$org/$brand/brand/$section" params={{ ...scope, section }} className={buttonClass('line', 'sm')}>Open {section}</Link>} />
      </section>
    );
  }
  return <Editable section={section} title={title} mark={mark} profile={profile} />;
}

function useEditing() {
  const [editing, setEditing] = useState(false);
  const opener = useRef<HTMLButtonElement>(null);
  const returning = useRef(false);
  return {
    editing,
    open: () => setEditing(true),
    close: () => {
      returning.current = true;
      setEditing(false);
    },
    opener: (element: HTMLButtonElement | null) => {
      opener.current = element;
      if (element && returning.current) {
        returning.current = false;
        element.focus();
      }
    },
  };
}

function Editable({ section, title, mark, profile }: { section: Written; title: string; mark: SectionMark; profile: ProfileOf }) {
  const may = useMay('brand.update');
  const { editing, open, close, opener } = useEditing();
  const values = profile[section] as Record<string, unknown>;
  const filled = written[section].filter((f) => !emptyValue(values[f.name]));
  return (
    <section className="grid gap-6 border-t py-8" aria-label={title}>
      <Head title={title} lead={mark.why} mark={mark} action={may && !editing && <Button ref={opener} size="sm" aria-label={`Edit ${title.toLowerCase()}`} onClick={open}>Edit</Button>} />
      {editing ? <EditSection section={section} profile={profile} onClose={close} />
        : filled.length > 0 && (
          <dl className="grid gap-x-8 gap-y-4 sm:grid-cols-[12rem_minmax(0,1fr)]">
            {filled.map((field) => (
              <div key={field.name} className="grid gap-1 sm:col-span-2 sm:grid-cols-subgrid">
                <dt className="text-sm text-ink-3">{field.label}</dt>
                <dd className="min-w-0 text-sm wrap-anywhere"><Value field={field} value={values[field.name]} /></dd>
              </div>
            ))}
          </dl>
        )}
    </section>
  );
}

function More({ profile }: { profile: ProfileOf }) {
  const may = useMay('brand.update');
  const { editing, open, close, opener } = useEditing();
  return (
    <section className="grid gap-6 border-t py-8" aria-label="Whatever else">
      <Head title="Whatever else" lead="What no section asks for and writers should know all the same." action={may && !editing && <Button ref={opener} size="sm" aria-label="Edit whatever else" onClick={open}>Edit</Button>} />
      {editing ? <EditMore profile={profile} onClose={close} />
        : profile.more.length > 0 && (
          <dl className="grid gap-x-8 gap-y-4 sm:grid-cols-[12rem_minmax(0,1fr)]">
            {profile.more.map((m, i) => (
              <div key={i} className="grid gap-1 sm:col-span-2 sm:grid-cols-subgrid">
                <dt className="text-sm text-ink-3 wrap-anywhere">{m.label}</dt>
                <dd className="min-w-0 text-sm whitespace-pre-line wrap-anywhere">{m.text}</dd>
              </div>
            ))}
          </dl>
        )}
    </section>
  );
}

function emptyValue(value: unknown): boolean {
  return value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0) || (typeof value === 'object' && Object.keys(value).length === 0);
}

function Value({ field, value }: { field: FieldOf; value: unknown }) {
  if (typeof value === 'boolean') return value ? 'Drafts carry them' : 'Only where somebody asks for one';
  if (Array.isArray(value)) {
    return <Chips items={value as string[]} {...(field.kind === 'networks' && { show: (id: string) => <NetworkName id={id} /> })} />;
  }
  if (typeof value === 'object' && value !== null) {
    return <ul className="grid gap-1">{Object.entries(value as Record<string, string>).map(([network, text]) => <li key={network}><NetworkName id={network} />: {text}</li>)}</ul>;
  }
  return <span className="whitespace-pre-line">{field.options?.[value as string] ?? String(value)}</span>;
}
