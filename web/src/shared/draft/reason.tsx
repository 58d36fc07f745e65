import { useState, type FormEvent } from 'react';
import type { Post } from '../api/types';
import { cn } from '../lib/cn';
import { headline } from '../lib/content';
import { createStore, useStore } from '../lib/store';
import { Button } from '../ui/button';
import { Dialog } from '../ui/dialog';
import { inputClass } from '../ui/field';

const usual = ['Not accurate', 'Not our voice', 'Too long', 'Says nothing new', 'Wrong moment'];

/** Why a draft was rejected: one press for the usual reasons, or words of one's own. Optional, always. */
export function ReasonForm({ reason, give, label = 'Why was it rejected?' }: { reason: string; give: (reason: string) => void; label?: string }) {
  const [text, setText] = useState(reason);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (text.trim() !== reason) give(text.trim());
  };
  return (
    <form onSubmit={submit} className="grid gap-2.5">
      <div className="flex flex-wrap gap-1.5">
        {usual.map((word) => (
          <button
            key={word}
            type="button"
            aria-pressed={reason === word}
            onClick={() => {
              setText(word);
              give(word);
            }}
            className={cn('h-8 rounded-full border px-3 text-sm transition-colors hover:border-ink-3 max-lg:h-10', reason === word ? 'border-brass bg-brass-soft text-brass-ink' : 'text-ink-2')}
          >
            {word}
          </button>
        ))}
      </div>
      <div className="flex gap-2">
        <input aria-label={label} placeholder="Or in your own words" maxLength={1000} value={text} onChange={(e) => setText(e.target.value)} className={inputClass} />
        <Button type="submit" disabled={text.trim() === reason || text.trim() === ''}>Keep</Button>
      </div>
    </form>
  );
}

/** The draft whose rejection is to be explained, asked for from a message when its card is no longer in sight. */
export const askedWhy = createStore<{ post: Post; give: (reason: string) => void } | null>(null);

export function ReasonHost() {
  const asked = useStore(askedWhy);
  if (!asked) return null;
  return (
    <Dialog open onOpenChange={() => askedWhy.set(null)} title="Why was it rejected?" description={`“${headline(asked.post.content).slice(0, 90)}”. Your reason is kept with the draft; who writes the next one can read it.`}>
      <ReasonForm
        reason={asked.post.rejection_reason ?? ''}
        give={(reason) => {
          asked.give(reason);
          askedWhy.set(null);
        }}
      />
    </Dialog>
  );
}
