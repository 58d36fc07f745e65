import { useDebounced } from '@/shared/draft/check';
import { cn } from '@/shared/lib/cn';
import { buttonClass } from '@/shared/ui/button';
import { Segmented } from '@/shared/ui/choice';
import { Menu, MenuRadio } from '@/shared/ui/menu';
import { SearchInput } from '@/shared/ui/search-input';
import { ChevronDown } from 'lucide-react';
import { useEffect, useState, type ReactNode, type RefObject } from 'react';
import { showOf, shows, sortOf, type TrendsView } from './view';
import { capital, sorts, sureness } from './words';

/** Which trends, and in which order. */
export function Filters({ view, onView, categories, search, tight }: { view: TrendsView; onView: (view: TrendsView, replace?: boolean) => void; categories: string[]; search: RefObject<HTMLInputElement | null>; tight: boolean }) {
  const [q, setQ] = useState(view.q ?? '');
  const settled = useDebounced(q, 250);
  useEffect(() => {
    if ((view.q ?? '') !== settled) onView({ ...view, q: settled || undefined }, true);
    // Only what is typed moves the URL.
  }, [settled]); // eslint-disable-line react-hooks/exhaustive-deps
  useEffect(() => {
    // Back and forward move the field.
    setQ((old) => (old === settled ? (view.q ?? '') : old));
  }, [view.q]); // eslint-disable-line react-hooks/exhaustive-deps
  const sort = sortOf(view);
  const sure = sureness.find((s) => s.value === view.sure)?.value ?? '';
  const known = [...new Set([...categories, ...(view.category ? [view.category] : [])])].sort((a, b) => a.localeCompare(b));
  return (
    <div className="mt-4 grid gap-2">
      <Segmented label="Which trends" value={showOf(view)} onChange={(s) => onView({ ...view, state: s === 'now' ? undefined : s, trend: undefined })} options={shows} className="-ml-1 max-lg:-mr-8 max-lg:flex-nowrap max-lg:overflow-x-auto max-lg:pr-8 max-lg:scroll-none max-sm:-mr-4 max-sm:pr-4" />
      <div className="flex flex-wrap items-center gap-x-1 gap-y-2">
        <Choice label={sorts.find((s) => s.value === sort)?.label} value={sort} onChange={(s) => onView({ ...view, sort: s || undefined })} options={sorts} first />
        <Choice label={sureness.find((s) => s.value === sure)?.label} value={sure} onChange={(s) => onView({ ...view, sure: s || undefined })} options={sureness} />
        {known.length > 0 && <Choice label={view.category ? capital(view.category) : 'All categories'} value={view.category ?? ''} onChange={(c) => onView({ ...view, category: c || undefined })} options={[{ value: '', label: 'All categories' }, ...known.map((c) => ({ value: c, label: capital(c) }))]} />}
        <SearchInput ref={search} label="Search trends" value={q} onChange={setQ} className={cn('ml-auto max-sm:w-full', tight ? 'w-44 grow' : 'w-56')} />
      </div>
    </div>
  );
}

function Choice({ label, value, onChange, options, first }: { label: ReactNode; value: string; onChange: (value: string) => void; options: { value: string; label: string }[]; first?: boolean }) {
  return (
    <Menu align="start" trigger={<button type="button" className={buttonClass('quiet', 'sm', cn('max-w-56 min-w-0', first && '-ml-3', value && !first && 'bg-brass-soft text-brass-ink'))}><span className="truncate">{label}</span> <ChevronDown className="size-3.5 shrink-0 text-ink-3" /></button>}>
      <MenuRadio value={value} onChange={onChange} options={options} />
    </Menu>
  );
}
