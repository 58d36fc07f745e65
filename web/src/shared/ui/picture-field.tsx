import { useMutation } from '@tanstack/react-query';
import { useRef, type ReactNode } from 'react';
import { asProblem, problemOf } from '../api/problem';
import { toast } from '../lib/toast';
import { Button } from './button';
import { Fault } from './note';

/** A picture that is put somewhere and taken away; `shown` is how it looks there. The server cuts it and makes it small. */
export function PictureField({ label, word, path, has, may, shown, children, refresh }: {
  label: string; word: string; path: string; has: boolean; may: boolean; shown: ReactNode; children: ReactNode; refresh: () => Promise<unknown>;
}) {
  const picker = useRef<HTMLInputElement>(null);
  const send = async (init: RequestInit) => {
    // Bytes, which the typed client has no words for.
    const answer = await fetch(path, { credentials: 'same-origin', ...init });
    if (!answer.ok) throw await problemOf(answer);
  };
  const put = useMutation({
    mutationFn: (file: File) => send({ method: 'PUT', body: file, headers: { 'content-type': 'application/octet-stream' } }),
    onSuccess: () => toast(`The ${word} is changed`),
    onSettled: refresh,
  });
  const remove = useMutation({
    mutationFn: () => send({ method: 'DELETE' }),
    onSuccess: () => toast(`The ${word} is removed`),
    onError: (error) => toast('It could not be removed', { kind: 'error', detail: asProblem(error).message }),
    onSettled: refresh,
  });
  return (
    <div className="grid gap-3">
      <div className="flex flex-wrap items-center gap-4">
        {shown}
        {children}
        {may && (
          <div className="flex flex-wrap gap-2">
            <Button size="sm" busy={put.isPending} onClick={() => picker.current?.click()}>{has ? `Another ${word}` : `Choose a ${word}`}</Button>
            {has && <Button size="sm" variant="quiet" busy={remove.isPending} onClick={() => remove.mutate()}>Remove</Button>}
          </div>
        )}
        <input
          ref={picker}
          type="file"
          accept="image/png,image/jpeg,image/webp,image/gif"
          aria-label={label}
          tabIndex={-1}
          className="sr-only"
          onChange={(e) => {
            const file = e.target.files?.[0];
            if (file) put.mutate(file);
            e.target.value = '';
          }}
        />
      </div>
      <Fault error={put.error} />
    </div>
  );
}
