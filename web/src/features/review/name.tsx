import { Button } from '@/shared/ui/button';
import { Dialog } from '@/shared/ui/dialog';
import { TextField } from '@/shared/ui/field';
import { useState } from 'react';

const key = 'bellwether.reviewer';

/** Who reviews, asked once and remembered while the window is open. Storage may be forbidden; then it is asked anew after a reload. */
export function useReviewer(): [string, (name: string) => void] {
  const [name, setName] = useState(() => {
    try {
      return sessionStorage.getItem(key) ?? '';
    } catch {
      return '';
    }
  });
  return [name, (next) => {
    setName(next);
    try {
      sessionStorage.setItem(key, next);
    } catch {
      // kept in memory only
    }
  }];
}

export function NameDialog({ name, onName, onClose }: { name: string; onName: (name: string) => void; onClose: () => void }) {
  const [typed, setTyped] = useState(name);
  const [asked, setAsked] = useState(false);
  const clean = typed.trim();
  const fault = clean === '' ? 'Say who you are.' : [...clean].length > 120 ? 'Use at most 120 characters.' : undefined;
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title="Who are you?" description="Your name stands beside what you say, so that the team knows whose word it is.">
      <form
        noValidate
        className="grid gap-5"
        onSubmit={(event) => {
          event.preventDefault();
          setAsked(true);
          if (!fault) onName(clean);
        }}
      >
        <TextField label="Your name" autoComplete="name" autoFocus value={typed} onChange={(e) => setTyped(e.target.value)} error={asked ? fault : undefined} />
        <div className="flex flex-wrap justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary">Go on</Button>
        </div>
      </form>
    </Dialog>
  );
}
