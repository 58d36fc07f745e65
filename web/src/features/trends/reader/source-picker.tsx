import { cn } from '@/shared/lib/cn';
import { buttonClass } from '@/shared/ui/button';
import { Popover } from '@/shared/ui/menu';
import { Command } from 'cmdk';
import { Check, ChevronDown, Search } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import type { Source } from '../api/types';
import { SourceGlyph } from '../glyph';
import { shownUrl } from '../words';

/** By its name and address, never by its id. */
const fits = (value: string, typed: string, words?: string[]) => ((words ?? [value]).join(' ').toLowerCase().includes(typed.trim().toLowerCase()) ? 1 : 0);

/** One source of however many there are: typed, gone through by arrows, or pressed. */
export function SourcePicker({ sources, value, fed, onChange }: { sources: Source[]; value: string | undefined; /** A smart feed is looked at, which is of no one source. */ fed: boolean; onChange: (source: string | undefined) => void }) {
  const [open, setOpen] = useState(false);
  const chosen = sources.find((s) => s.id === value);
  const choose = (source: string | undefined) => {
    setOpen(false);
    onChange(source);
  };
  return (
    <Popover
      flush
      open={open}
      onOpenChange={setOpen}
      label="Choose a source"
      className="w-80 max-w-[calc(100vw-1rem)]"
      trigger={<button type="button" className={buttonClass('quiet', 'sm', '-ml-2 max-w-64 min-w-0')}>{chosen ? <><SourceGlyph kind={chosen.kind} className="size-3.5" /> <span className="truncate">{chosen.name}</span></> : fed ? 'By source' : 'All sources'} <ChevronDown className="size-3.5 shrink-0 text-ink-3" /></button>}
    >
      <Command label="Sources" filter={fits} className="flex min-h-0 flex-col">
        <div className="flex items-center gap-2.5 border-b px-3.5">
          <Search className="size-4 shrink-0 text-ink-3" aria-hidden />
          <Command.Input autoFocus placeholder={sources.length === 1 ? 'Search 1 source' : `Search ${sources.length.toLocaleString('en')} sources`} className="h-10 min-w-0 grow bg-transparent text-sm outline-none focus-visible:outline-none max-lg:h-12 max-lg:text-base" />
        </div>
        <Command.List label="Sources" className="max-h-80 min-h-0 overflow-y-auto p-1 scroll-thin">
          <Command.Empty className="px-3 py-5 text-sm text-ink-2">No source is called that.</Command.Empty>
          <Choice value="all sources" on={!value && !fed} onSelect={() => choose(undefined)}>All sources</Choice>
          {sources.map((s) => (
            <Choice key={s.id} value={s.id} words={[s.name, shownUrl(s.url)]} on={s.id === value} onSelect={() => choose(s.id)}>
              <SourceGlyph kind={s.kind} className="text-ink-3" /> <span className="min-w-0 truncate">{s.name}</span>
            </Choice>
          ))}
        </Command.List>
      </Command>
    </Popover>
  );
}

function Choice({ value, words, on, onSelect, children }: { value: string; words?: string[]; on: boolean; onSelect: () => void; children: ReactNode }) {
  return (
    <Command.Item value={value} {...(words && { keywords: words })} onSelect={onSelect} className={cn('flex min-h-8 cursor-pointer items-center gap-2.5 rounded-md px-2.5 py-1 text-sm select-none data-[selected=true]:bg-sunk max-lg:min-h-11', on && 'font-semibold')}>
      <span className="flex min-w-0 grow items-center gap-2.5">{children}</span>
      {on && <><Check className="size-4 shrink-0 text-brass-ink" aria-hidden /><span className="sr-only">, chosen</span></>}
    </Command.Item>
  );
}
