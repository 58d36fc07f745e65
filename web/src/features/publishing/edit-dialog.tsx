import { textsOf, withText } from '@/shared/lib/content';
import { Button } from '@/shared/ui/button';
import { Dialog } from '@/shared/ui/dialog';
import { Field, inputClass } from '@/shared/ui/field';
import { Fault } from '@/shared/ui/note';
import { useState } from 'react';
import type { PublicationActions } from './actions';
import type { Publication } from './api/types';

/** The words of one account alone: the draft and its other publications stay as they are. */
export function EditDialog({ publication: p, actions, onClose }: { publication: Publication; actions: PublicationActions; onClose: () => void }) {
  const [content, setContent] = useState(p.content);
  const { busy, error } = actions.editing;
  return (
    <Dialog open dirty={JSON.stringify(content) !== JSON.stringify(p.content)} onOpenChange={(open) => !open && onClose()} size="lg" title={`The text for ${p.connection.name}`} description="Changes this publication alone; the draft and other accounts keep their words.">
      <form
        className="grid gap-5"
        onSubmit={(e) => {
          e.preventDefault();
          if (!busy) actions.edit(p, content, onClose);
        }}
      >
        {textsOf(content).map(({ path, label, text }) => (
          <Field key={path} label={label}>
            {(ids) => <textarea {...ids} rows={4} value={text} onChange={(e) => setContent(withText(content, path, e.target.value))} className={`${inputClass} h-auto py-2 font-serif text-base field-sizing-content max-lg:h-auto`} />}
          </Field>
        ))}
        <Fault error={error} />
        <div className="flex flex-wrap justify-end gap-2">
          {p.own_content && <Button variant="quiet" className="mr-auto" busy={busy} onClick={() => actions.edit(p, null, onClose)}>Back to the draft’s words</Button>}
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" busy={busy} disabled={JSON.stringify(content) === JSON.stringify(p.content)}>Save</Button>
        </div>
      </form>
    </Dialog>
  );
}
