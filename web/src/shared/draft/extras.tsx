import { useId, useState } from 'react';
import { askOf, asHashtag, tagsOf, withAsk, withTags } from '../lib/content';
import { cn } from '../lib/cn';
import { TagsInput } from '../ui/tags-input';
import { useDesk } from './words';

const row = 'grid grid-cols-[5rem_minmax(0,1fr)] items-baseline gap-x-3';

/** What belongs to the draft and is no text of its own: hashtags, what it asks of the reader. */
export function Extras() {
  const { content, change, readOnly } = useDesk();
  const tags = tagsOf(content);
  const ask = askOf(content);
  const id = useId();
  if (tags === null && ask === null) return null;
  const article = content.shape === 'article';
  return (
    <div className="grid gap-2 border-t px-5 py-3 text-sm max-sm:px-4">
      {tags && (
        <div className={row}>
          <span className="text-xs text-ink-3">{article ? 'Tags' : 'Hashtags'}</span>
          <TagsInput label={article ? 'Tags' : 'Hashtags'} one={article ? 'a tag' : 'a hashtag'} tags={tags} readOnly={readOnly} clean={article ? (t) => t.trim().replace(/^#/, '') : asHashtag} onChange={(next) => change(withTags(content, next))} />
        </div>
      )}
      {ask !== null && (!readOnly || ask) && (
        <div className={row}>
          <label htmlFor={id} className="text-xs text-ink-3">Asks to</label>
          <Late id={id} value={ask} readOnly={readOnly} placeholder="Nothing. Say what the reader should do." onChange={(next) => change(withAsk(content, next))} />
        </div>
      )}
    </div>
  );
}

/** A line that is taken when it is left, since taking it moves words elsewhere. */
function Late({ id, value, onChange, placeholder, readOnly }: { id: string; value: string; onChange: (value: string) => void; placeholder: string; readOnly: boolean }) {
  const [typed, setTyped] = useState<string | null>(null);
  const done = () => {
    if (typed !== null && typed.trim() !== value) onChange(typed.trim());
    setTyped(null);
  };
  return (
    <input
      id={id}
      value={typed ?? value}
      readOnly={readOnly}
      placeholder={placeholder}
      onChange={(e) => setTyped(e.target.value)}
      onBlur={done}
      onKeyDown={(e) => {
        if (e.key === 'Enter') e.currentTarget.blur();
        if (e.key === 'Escape') {
          setTyped(null);
          e.stopPropagation();
        }
      }}
      className={cn('h-7 w-full min-w-0 truncate rounded-sm bg-transparent text-sm hover:bg-sunk focus-visible:bg-sunk focus-visible:outline-none max-lg:h-9')}
    />
  );
}

/** A word for those who review the draft; never published. */
export function Note({ note, save, readOnly, open }: { note: string; save: (note: string) => void; readOnly: boolean; open: boolean }) {
  const [typed, setTyped] = useState<string | null>(null);
  const id = useId();
  if (!open && !note) return null;
  return (
    <div className="grid grid-cols-[5rem_minmax(0,1fr)] items-baseline gap-x-3 border-t px-5 py-3 text-sm max-sm:px-4">
      <label htmlFor={id} className="text-xs text-ink-3">Note</label>
      <textarea
        id={id}
        rows={1}
        maxLength={4000}
        value={typed ?? note}
        readOnly={readOnly}
        autoFocus={open && !note}
        placeholder="For those who review this. It is never published."
        onChange={(e) => setTyped(e.target.value)}
        onBlur={() => {
          if (typed !== null && typed !== note) save(typed);
        }}
        onKeyDown={(e) => {
          if (e.key === 'Escape') {
            e.stopPropagation();
            e.currentTarget.blur();
          }
        }}
        className="w-full resize-none rounded-sm bg-transparent py-0.5 field-sizing-content hover:bg-sunk focus-visible:bg-sunk focus-visible:outline-none"
      />
    </div>
  );
}
