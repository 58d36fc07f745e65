import { CircleAlert, Clapperboard, FileText, Image, TriangleAlert } from 'lucide-react';
import { createContext, use } from 'react';
import type { Content, Count, Issue, Post } from '../api/types';
import { cn } from '../lib/cn';
import { textAt, withText } from '../lib/content';
import { unitNames } from '../lib/count';
import { MirrorField, PaintedText } from '../ui/mirror-field';
import { CountRing } from '../ui/meter';
import { crossing } from './check';

export interface Desk {
  content: Content;
  change: (content: Content) => void;
  readOnly: boolean;
  counts: Count[];
  issues: Issue[];
  network: string;
  contentType: string;
  /** `address` is how the network writes the account's name; without it one is made of the handle. */
  author: { name: string; handle: string; address?: string | undefined };
  /** The files that the draft shows. */
  media?: Post['media'];
  /** For somebody who reads and never writes: words instead of fields, and no hints for writers. */
  reading?: boolean;
}
export const DeskContext = createContext<Desk | null>(null);

export function useDesk(): Desk {
  const desk = use(DeskContext);
  if (!desk) throw new Error('words of a draft are shown outside of a draft');
  return desk;
}

export interface WordsProps { path: string; label: string; className?: string; placeholder?: string; counter?: 'always' | 'near' | 'beside' | 'never'; marks?: 'tags' | 'markdown' | 'script' | 'none' }

/** One text of the draft: written in place, counted by the network's rules, with what is wrong beneath it. */
export function Words({ path, label, className, placeholder, counter = 'always', marks }: WordsProps) {
  const desk = useDesk();
  const text = textAt(desk.content, path);
  const count = tightest(desk.counts, path);
  const issues = desk.issues.filter((i) => i.path === path || i.path.startsWith(`${path}/`));
  if (desk.reading) return text ? <PaintedText value={text} marks={marks ?? 'tags'} className={className} /> : null;
  const near = count?.limit ? count.used > count.limit * 0.8 : false;
  const shown = count?.limit && (counter === 'always' || (counter === 'near' && near));
  return (
    <div className="min-w-0">
      <MirrorField
        label={label}
        value={text}
        onChange={(value) => desk.change(withText(desk.content, path, value))}
        overFrom={crossing(text, count)}
        readOnly={desk.readOnly}
        {...(marks && { marks })}
        className={cn('min-h-6', className)}
        {...(placeholder && { placeholder })}
        aria-invalid={issues.some((i) => i.severity === 'error') || undefined}
      />
      {(shown || issues.length > 0) && (
        <div className="mt-1.5 flex flex-wrap items-start gap-x-4 gap-y-1">
          <Issues issues={issues} />
          {shown && count.limit !== null && (
            <span className="ml-auto">
              <CountRing used={count.used} limit={count.limit} unit={unitNames[count.unit] ?? count.unit} />
            </span>
          )}
        </div>
      )}
    </div>
  );
}

/** A text may be counted in two ways (Bluesky: graphemes and bytes); the one nearer to its limit is the one to watch. */
function tightest(counts: Count[], path: string): Count | undefined {
  const share = (c: Count) => (c.limit ? c.used / c.limit : 0);
  return counts.filter((c) => c.path === path).sort((a, b) => share(b) - share(a))[0];
}

/** The count of one text, where it stands better away from the text itself. */
export function Counter({ path }: { path: string }) {
  const desk = useDesk();
  const count = tightest(desk.counts, path);
  if (!count?.limit || desk.reading) return null;
  return <CountRing used={count.used} limit={count.limit} unit={unitNames[count.unit] ?? count.unit} />;
}

export function Issues({ issues }: { issues: Issue[] }) {
  if (issues.length === 0) return null;
  return (
    <ul className="grid min-w-0 gap-1">
      {issues.map((issue) => (
        <li key={`${issue.path} ${issue.code}`} className={cn('flex items-start gap-1.5 text-xs', issue.severity === 'error' ? 'text-bad' : 'text-brass-ink')}>
          {issue.severity === 'error' ? <CircleAlert className="mt-px size-3.5 shrink-0" aria-label="Error" /> : <TriangleAlert className="mt-px size-3.5 shrink-0" aria-label="Warning" />}
          {issue.message}
        </li>
      ))}
    </ul>
  );
}

/** The draft's files as a network shows them: one large, several side by side. */
function Pictures({ media }: { media: Post['media'] }) {
  const shown = media.slice(0, 4);
  const many = shown.length > 1;
  return (
    <ul aria-label="Pictures and videos" className={cn('grid gap-0.5 overflow-hidden rounded-xl border bg-line', many && 'grid-cols-2')}>
      {shown.map((m, i) => (
        <li key={m.media_id} className={cn('relative bg-sunk', many && 'aspect-[4/3]', shown.length === 3 && i === 0 && 'col-span-2 aspect-[2/1]')}>
          {m.thumbnail_url && !m.deleted ? <img src={many ? m.thumbnail_url : m.url} alt={m.alt_text} className={cn('w-full object-cover', many ? 'size-full' : 'max-h-110')} />
            : <span className={cn('flex items-center justify-center gap-2 p-4 text-center text-xs text-ink-3', many ? 'size-full' : 'min-h-40')}>{m.kind === 'document' ? <FileText className="size-5" aria-hidden /> : <Clapperboard className="size-5" aria-hidden />} <span className="min-w-0 truncate">{m.name}</span></span>}
          {i === 3 && media.length > 4 && <span className="absolute inset-0 flex items-center justify-center bg-scrim text-xl font-semibold text-[#fffefc]">+{media.length - 4}</span>}
        </li>
      ))}
    </ul>
  );
}

/** The pictures beside the text, or what one would show. */
export function MediaIdea({ prompt, square }: { prompt: string | null; square?: boolean }) {
  const { reading, media = [] } = useDesk();
  if (media.length > 0) return <Pictures media={media} />;
  if (!prompt || reading) return null;
  return (
    <p className={cn('flex gap-2.5 rounded-lg bg-sunk p-3 text-xs text-ink-2', square ? 'aspect-[4/3] flex-col items-center justify-center text-center' : 'items-start')}>
      <Image className={cn('shrink-0 text-ink-3', square ? 'size-6' : 'size-4')} aria-hidden />
      <span className={cn(square && 'max-w-64')}><span className="text-ink-3">Picture idea: </span>{prompt}</span>
    </p>
  );
}
