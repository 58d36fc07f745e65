import { Problem } from '@/shared/api/problem';
import { describe, expect, it, vi } from 'vitest';
import type { Taken, Upload } from './api';
import { again, Uploader, type Memory, type UploadServer } from './uploader';

const file = (bytes: number, name = 'door.mp4') => new File([new Uint8Array(bytes)], name);
const memory: Memory = { keep: () => undefined, drop: () => undefined };

/** A server with one upload, which takes as much of each part as it is told to before it breaks off. */
function server(part: Partial<UploadServer> = {}) {
  let bytes = 0;
  let received = 0;
  const offsets: number[] = [];
  const view = (): Upload => ({ id: 'up_1', name: 'door.mp4', bytes, received, part_max_bytes: 10, media_id: null, expires_at: '' });
  const it: UploadServer = {
    create: (f) => {
      bytes = f.size;
      return Promise.resolve(view());
    },
    status: () => Promise.resolve(view()),
    put: (_, offset, blob, sent) => {
      offsets.push(offset);
      if (offset !== received) return Promise.reject(new Problem(409, 'offset_mismatch', ''));
      received += blob.size;
      sent(blob.size);
      return Promise.resolve(view());
    },
    finish: () => Promise.resolve({ duplicate: false, media: { id: 'media_1' } } as Taken),
    cancel: vi.fn(() => Promise.resolve()),
    wait: () => Promise.resolve(),
    ...part,
  };
  return { it, offsets, lose: (n: number) => { received = n; }, begun: (all: number, n: number) => { bytes = all; received = n; } };
}
/** A second, the default, is little where much else runs. */
const patience = { timeout: 20_000 };
const until = (uploader: Uploader, phase: string) => vi.waitFor(() => expect(uploader.store.get()[0]?.phase).toBe(phase), patience);

describe('an upload', () => {
  it('goes in parts, one after the other, and is told of once', async () => {
    const { it: s, offsets } = server();
    const taken = vi.fn();
    const uploader = new Uploader(s, memory, taken);
    uploader.add([{ key: 'a', file: file(25) }], '');
    await until(uploader, 'done');
    expect(offsets).toEqual([0, 10, 20]);
    expect(uploader.store.get()[0]).toMatchObject({ sent: 25, media: 'media_1' });
    expect(taken).toHaveBeenCalledOnce();
  });

  it('goes on where the server says after a part broke off', async () => {
    let broke = false;
    const s = server();
    const whole = s.it.put;
    s.it.put = (...args) => {
      if (broke || args[1] !== 10) return whole(...args);
      broke = true;
      s.lose(13);
      return Promise.reject(new TypeError('Failed to fetch'));
    };
    const uploader = new Uploader(s.it, memory, () => undefined);
    uploader.add([{ key: 'a', file: file(25) }], '');
    await until(uploader, 'done');
    expect(s.offsets).toEqual([0, 13, 23]);
  });

  it('stops for good at what the server refuses, in its words, and leaves nothing behind', async () => {
    const { it: s } = server({ finish: () => Promise.reject(new Problem(415, 'unsupported_media_type', 'Send a JPEG.')) });
    const uploader = new Uploader(s, memory, () => undefined);
    uploader.add([{ key: 'a', file: file(5, 'notes.txt') }], '');
    await until(uploader, 'failed');
    const [it] = uploader.store.get();
    expect(it?.problem?.message).toBe('Send a JPEG.');
    expect(it && again(it)).toBe(false);
    expect(s.cancel).toHaveBeenCalledWith('up_1');
  });

  it('can be tried again by hand after the line stayed down', async () => {
    let down = true;
    const s = server();
    const whole = s.it.create;
    s.it.create = (...args) => (down ? Promise.reject(new TypeError('Failed to fetch')) : whole(...args));
    const uploader = new Uploader(s.it, memory, () => undefined);
    uploader.add([{ key: 'a', file: file(5) }], '');
    await until(uploader, 'failed');
    const [it] = uploader.store.get();
    expect(it && again(it)).toBe(true);
    down = false;
    uploader.resume('a');
    await until(uploader, 'done');
  });

  it('is paused and goes on, from what is there', async () => {
    let go: () => void = () => undefined;
    const s = server();
    const whole = s.it.put;
    let first = true;
    s.it.put = (...args) => {
      if (!first) return whole(...args);
      first = false;
      return new Promise((done, failed) => {
        go = () => done(whole(...args));
        args[4].addEventListener('abort', () => failed(new DOMException('', 'AbortError')));
      });
    };
    const uploader = new Uploader(s.it, memory, () => undefined);
    uploader.add([{ key: 'a', file: file(15) }], '');
    await until(uploader, 'sending');
    await vi.waitFor(() => expect(first).toBe(false), patience);
    uploader.pause('a');
    await until(uploader, 'paused');
    go();
    uploader.resume('a');
    await until(uploader, 'done');
  });

  it('begun before a reload goes on with its file, and asks for it where the browser kept none', async () => {
    const s = server();
    s.begun(25, 20);
    const uploader = new Uploader(s.it, memory, () => undefined);
    uploader.restore({ key: 'a', upload: 'up_1', name: 'door.mp4', bytes: 25, folder: '', sent: 20 }, null);
    expect(uploader.store.get()[0]?.phase).toBe('lost');
    expect(uploader.found('a', file(25, 'other.mp4'))).toBe(false);
    expect(uploader.found('a', file(25))).toBe(true);
    await until(uploader, 'done');
    expect(s.offsets).toEqual([20]);
  });

  it('that is cancelled is given up at the server', async () => {
    const s = server({ put: (_id, _at, _part, _sent, stop) => new Promise((_, failed) => stop.addEventListener('abort', () => failed(new DOMException('', 'AbortError')))) });
    const uploader = new Uploader(s.it, memory, () => undefined);
    uploader.add([{ key: 'a', file: file(5) }], '');
    await vi.waitFor(() => expect(uploader.store.get()[0]?.phase).toBe('sending'), patience);
    await Promise.resolve();
    await vi.waitFor(() => {
      uploader.cancel('a');
      expect(s.it.cancel).toHaveBeenCalledWith('up_1');
    }, patience);
    expect(uploader.store.get()).toEqual([]);
  });
});
