import { api } from '@/shared/api/client';
import { asProblem, problemOf } from '@/shared/api/problem';
import { keys } from '@/shared/api/queries';
import { toast } from '@/shared/lib/toast';
import { useScope } from '@/shared/lib/use-scope';
import { Button } from '@/shared/ui/button';
import { Dialog } from '@/shared/ui/dialog';
import { Fault } from '@/shared/ui/note';
import { Avatar } from '@/shared/ui/status';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useRef, useState, type KeyboardEvent, type PointerEvent } from 'react';

/** One's picture: chosen, moved into place, cut square, and sent small. */
export function AvatarField() {
  const { user } = useScope();
  const client = useQueryClient();
  const picker = useRef<HTMLInputElement>(null);
  const [image, setImage] = useState<ImageBitmap | null>(null);
  const [fault, setFault] = useState<string | null>(null);
  const refresh = () => client.invalidateQueries({ queryKey: keys.me });
  const remove = useMutation({
    mutationFn: () => api.DELETE('/api/v1/me/avatar'),
    onSuccess: () => toast('Your picture is removed'),
    onError: (error) => toast('It could not be removed', { kind: 'error', detail: asProblem(error).message }),
    onSettled: refresh,
  });
  const choose = async (file: File | undefined) => {
    setFault(null);
    if (!file) return;
    try {
      setImage(await createImageBitmap(file));
    } catch {
      setFault(`${file.name} can’t be read as a picture. PNG, JPEG, WebP and GIF can.`);
    }
  };
  return (
    <div className="grid gap-2">
      <p className="text-sm font-semibold">Picture</p>
      <div className="flex flex-wrap items-center gap-4">
        <Avatar name={user.name} src={user.avatar_url} className="size-16 text-lg" />
        <Button onClick={() => picker.current?.click()}>{user.avatar_url ? 'Another picture' : 'Choose a picture'}</Button>
        {user.avatar_url && <Button variant="quiet" busy={remove.isPending} onClick={() => remove.mutate()}>Remove</Button>}
        <input
          ref={picker}
          type="file"
          accept="image/png,image/jpeg,image/webp,image/gif"
          aria-label="Picture"
          tabIndex={-1}
          className="sr-only"
          onChange={(e) => {
            void choose(e.target.files?.[0]);
            e.target.value = '';
          }}
        />
      </div>
      {fault && <p role="alert" className="text-xs text-bad">{fault}</p>}
      {image && (
        <Crop
          image={image}
          onClose={() => setImage(null)}
          onDone={() => {
            setImage(null);
            toast('Your picture is changed');
            void refresh();
          }}
        />
      )}
    </div>
  );
}

const side = 256;

function Crop({ image, onDone, onClose }: { image: ImageBitmap; onDone: () => void; onClose: () => void }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [zoom, setZoom] = useState(1);
  const [at, setAt] = useState({ x: 0, y: 0 });
  const drag = useRef<{ x: number; y: number } | null>(null);
  const scale = (side / Math.min(image.width, image.height)) * zoom;
  // The picture always covers the square.
  const clamp = useCallback((to: { x: number; y: number }, s: number) => {
    const room = { x: Math.max(0, (image.width * s - side) / 2), y: Math.max(0, (image.height * s - side) / 2) };
    return { x: Math.min(room.x, Math.max(-room.x, to.x)), y: Math.min(room.y, Math.max(-room.y, to.y)) };
  }, [image]);
  useEffect(() => {
    const paint = canvas.current?.getContext('2d');
    if (!paint) return;
    paint.fillStyle = '#ffffff';
    paint.fillRect(0, 0, side * 2, side * 2);
    const [width, height] = [image.width * scale * 2, image.height * scale * 2];
    paint.drawImage(image, side - width / 2 + at.x * 2, side - height / 2 + at.y * 2, width, height);
  }, [image, scale, at]);
  const send = useMutation({
    mutationFn: async () => {
      const blob = await new Promise<Blob | null>((done) => canvas.current?.toBlob(done, 'image/jpeg', 0.9));
      if (!blob) throw new Error('The browser could not cut the picture.');
      // Bytes, which the typed client has no words for.
      const answer = await fetch('/api/v1/me/avatar', { method: 'PUT', body: blob, headers: { 'content-type': 'application/octet-stream' }, credentials: 'same-origin' });
      if (!answer.ok) throw await problemOf(answer);
    },
    onSuccess: onDone,
  });
  const onPointerMove = (e: PointerEvent) => {
    if (!drag.current) return;
    setAt(clamp({ x: at.x + e.clientX - drag.current.x, y: at.y + e.clientY - drag.current.y }, scale));
    drag.current = { x: e.clientX, y: e.clientY };
  };
  const onKeyDown = (e: KeyboardEvent) => {
    const by: Record<string, [number, number]> = { ArrowLeft: [-8, 0], ArrowRight: [8, 0], ArrowUp: [0, -8], ArrowDown: [0, 8] };
    const step = by[e.key];
    if (!step) return;
    e.preventDefault();
    setAt(clamp({ x: at.x + step[0], y: at.y + step[1] }, scale));
  };
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title="Put it in place" description="Drag it, or move it with the arrow keys." footer={<><Button onClick={onClose}>Cancel</Button><Button variant="primary" busy={send.isPending} onClick={() => send.mutate()}>Use this picture</Button></>}>
      <div className="grid justify-items-center gap-5">
        <canvas
          ref={canvas}
          width={side * 2}
          height={side * 2}
          tabIndex={0}
          role="img"
          aria-label="Your picture, cut round"
          className="size-64 cursor-grab touch-none rounded-full active:cursor-grabbing"
          onPointerDown={(e) => {
            drag.current = { x: e.clientX, y: e.clientY };
            e.currentTarget.setPointerCapture(e.pointerId);
          }}
          onPointerMove={onPointerMove}
          onPointerUp={() => {
            drag.current = null;
          }}
          onKeyDown={onKeyDown}
        />
        <label className="flex w-64 items-center gap-3 text-sm text-ink-2">
          Zoom
          <input
            type="range"
            min={1}
            max={4}
            step={0.02}
            value={zoom}
            className="grow accent-[var(--brass)]"
            onChange={(e) => {
              const next = Number(e.target.value);
              setZoom(next);
              setAt((old) => clamp(old, (side / Math.min(image.width, image.height)) * next));
            }}
          />
        </label>
        <Fault error={send.error} />
      </div>
    </Dialog>
  );
}
