import { useRef, type ComponentProps, type ReactNode } from 'react';
import { cn } from '../lib/cn';

export interface MirrorFieldProps extends Omit<ComponentProps<'textarea'>, 'value' | 'onChange'> {
  label: string;
  value: string;
  onChange: (value: string) => void;
  /** Characters (UTF-16) after which the rest is marked as too much. */
  overFrom?: number | undefined;
  /** What is picked out: the network's links and tags, Markdown's signs, or nothing. */
  marks?: 'tags' | 'markdown' | 'script' | 'none';
}

const tags = /(https?:\/\/[^\s]+)|((?<![\p{L}\p{N}_])[#@][\p{L}\p{N}_.]*[\p{L}\p{N}_])/gu;

const signs = /^(#{1,6} )(.*)$|^(\s*(?:[-*+]|\d+\.) )|^(> ?)(.*)$|(\*\*|__|`)|(\]\([^)\s]+\))/gm;

/** Markdown with its signs held back, so that the words come forward. Colour only: weight would move the caret. */
function markdown(text: string): ReactNode[] {
  const parts: ReactNode[] = [];
  let at = 0;
  for (const m of text.matchAll(signs)) {
    if (m.index > at) parts.push(text.slice(at, m.index));
    const [sign, words] = m[1] !== undefined ? [m[1], m[2]] : m[4] !== undefined ? [m[4], m[5]] : [m[0], ''];
    parts.push(<span key={m.index} className="text-ink-3">{sign}</span>);
    if (words) parts.push(<span key={`${m.index} words`} className={m[1] !== undefined ? 'text-brass-ink' : 'text-ink-2'}>{words}</span>);
    at = m.index + m[0].length;
  }
  parts.push(text.slice(at));
  return parts;
}

/** A script with its times held back. */
function cues(text: string): ReactNode[] {
  return text.split(/(^\[\d+:\d\d\])/m).map((part, i) => (i % 2 === 1 ? <span key={i} className="text-ink-3">{part}</span> : part));
}

/** Text with links, hashtags and mentions in the network's link colour, as the network will show them. */
function highlighted(text: string): ReactNode[] {
  const parts: ReactNode[] = [];
  let at = 0;
  for (const match of text.matchAll(tags)) {
    if (match.index > at) parts.push(text.slice(at, match.index));
    parts.push(<span key={match.index} className="text-[var(--net-link,var(--link))]">{match[0]}</span>);
    at = match.index + match[0].length;
  }
  parts.push(text.slice(at));
  return parts;
}

/** The words as the mirror paints them, for those who only read. */
export function PaintedText({ value, marks = 'tags', className }: { value: string; marks?: MirrorFieldProps['marks']; className?: string | undefined }) {
  return <p className={cn('whitespace-pre-wrap wrap-anywhere', className)}>{paint(value, marks)}</p>;
}
function paint(text: string, marks: MirrorFieldProps['marks']): ReactNode {
  return marks === 'none' ? text : marks === 'markdown' ? markdown(text) : marks === 'script' ? cues(text) : highlighted(text);
}

/**
 * A textarea that is as tall as its words and shows them highlighted: a mirror under it paints, the field itself is
 * transparent. No measuring, no content-editable; selection, undo and spelling are the browser's own.
 */
export function MirrorField({ label, value, onChange, overFrom, marks = 'tags', className, readOnly, ...rest }: MirrorFieldProps) {
  const field = useRef<HTMLTextAreaElement>(null);
  const over = overFrom !== undefined && overFrom < value.length;
  const kept = over ? value.slice(0, overFrom) : value;
  return (
    <div className={cn('mirror-field rounded-xs', className)}>
      <div aria-hidden className="pointer-events-none">
        {paint(kept, marks)}
        {over && <mark className="bg-bad-soft text-bad">{value.slice(overFrom)}</mark>}
        {/* a last empty line has no height without something on it */}
        {'\u200b'}
      </div>
      <textarea
        ref={field}
        aria-label={label}
        value={value}
        rows={1}
        readOnly={readOnly}
        spellCheck
        onChange={(e) => onChange(e.target.value)}
        onKeyDown={(e) => {
          if (e.key === 'Escape') {
            e.stopPropagation();
            field.current?.blur();
          }
        }}
        className="focus-visible:outline-none"
        {...rest}
      />
    </div>
  );
}
