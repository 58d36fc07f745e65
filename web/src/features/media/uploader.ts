import { asProblem, Problem } from '@/shared/api/problem';
import { createStore, type Store } from '@/shared/lib/store';
import type { Taken, Upload } from './api';

/** What the server does of an upload; time and line are its own. */
export interface UploadServer {
  create: (file: File, folder: string) => Promise<Upload>;
  status: (upload: string) => Promise<Upload>;
  put: (upload: string, offset: number, part: Blob, sent: (bytes: number) => void, stop: AbortSignal) => Promise<Upload>;
  finish: (upload: string) => Promise<Taken>;
  cancel: (upload: string) => Promise<unknown>;
  /** Waits before another try. */
  wait: (ms: number) => Promise<void>;
}

/** `lost`: it was begun before the page was loaded anew, and the browser kept no copy of the file. */
export type Phase = 'waiting' | 'sending' | 'paused' | 'lost' | 'finishing' | 'done' | 'failed';
export interface Sending {
  key: string; name: string; bytes: number; folder: string;
  /** Bytes that the server has. */
  sent: number; phase: Phase; problem: Problem | null; media: string | null;
  /** The library had the same file already. */
  duplicate: boolean;
}
/** What outlasts a reload. */
export interface Begun { key: string; upload: string; name: string; bytes: number; folder: string; sent: number }
export interface Memory { keep: (begun: Begun, file: File) => void; drop: (key: string) => void }

const partBytes = 4 * 1024 * 1024;
const atOnce = 2;
const tries = 6;

interface Job { file: File | null; upload: string | null; stop: AbortController | null }

/**
 * Sends files in parts, a few at once. A part that breaks off is gone on with where the server says; what the server
 * refuses is told in its own words. Outlasts the screen that shows it.
 */
export class Uploader {
  readonly store: Store<Sending[]> = createStore<Sending[]>([]);
  private readonly jobs = new Map<string, Job>();

  constructor(private readonly server: UploadServer, private readonly memory: Memory, private readonly taken: (media: Taken['media'], key: string) => void) {}

  add(files: { key: string; file: File }[], folder: string): void {
    for (const { key, file } of files) this.jobs.set(key, { file, upload: null, stop: null });
    this.store.set((all) => [...all, ...files.map(({ key, file }) => ({ key, name: file.name, bytes: file.size, folder, sent: 0, phase: 'waiting' as const, problem: null, media: null, duplicate: false }))]);
    this.next();
  }

  /** What was under way when the page was left; with its file it can go on. */
  restore(begun: Begun, file: File | null): void {
    if (this.jobs.has(begun.key)) return;
    this.jobs.set(begun.key, { file, upload: begun.upload, stop: null });
    const { upload: _, ...rest } = begun;
    this.store.set((all) => [...all, { ...rest, phase: file ? 'waiting' : 'lost', problem: null, media: null, duplicate: false }]);
    this.next();
  }

  /** The file that was lost, chosen again. False when it is another one. */
  found(key: string, file: File): boolean {
    const job = this.jobs.get(key);
    const it = this.of(key);
    if (!job || !it || file.name !== it.name || file.size !== it.bytes) return false;
    job.file = file;
    this.resume(key);
    return true;
  }

  pause(key: string): void {
    const it = this.of(key);
    if (it?.phase !== 'sending' && it?.phase !== 'waiting') return;
    this.put(key, { phase: 'paused' });
    this.jobs.get(key)?.stop?.abort();
    this.next();
  }

  resume(key: string): void {
    const job = this.jobs.get(key);
    if (!job?.file) return;
    this.put(key, { phase: 'waiting', problem: null });
    this.next();
  }

  /** Gives it up, or takes its line away once it is over. */
  cancel(key: string): void {
    const job = this.jobs.get(key);
    const over = this.of(key)?.phase === 'done';
    this.jobs.delete(key);
    job?.stop?.abort();
    this.memory.drop(key);
    this.store.set((all) => all.filter((it) => it.key !== key));
    // an upload that nobody goes on with is removed after a day by itself
    if (job?.upload && !over) void this.server.cancel(job.upload).catch(() => undefined);
    this.next();
  }

  clear(): void {
    for (const it of this.store.get()) if (it.phase === 'done') this.cancel(it.key);
  }

  private of(key: string): Sending | undefined {
    return this.store.get().find((it) => it.key === key);
  }
  private put(key: string, part: Partial<Sending>): void {
    this.store.set((all) => all.map((it) => (it.key === key ? { ...it, ...part } : it)));
  }

  private next(): void {
    const all = this.store.get();
    const busy = all.filter((it) => it.phase === 'sending' || it.phase === 'finishing').length;
    for (const it of all.filter((one) => one.phase === 'waiting').slice(0, Math.max(0, atOnce - busy))) {
      this.put(it.key, { phase: 'sending' });
      void this.run(it.key).finally(() => this.next());
    }
  }

  private async run(key: string): Promise<void> {
    const job = this.jobs.get(key);
    const file = job?.file;
    if (!job || !file) return;
    const stop = new AbortController();
    job.stop = stop;
    const here = () => this.jobs.get(key) === job && this.of(key)?.phase === 'sending' && !stop.signal.aborted;
    for (let failed = 0; ;) {
      try {
        let state = job.upload ? await this.server.status(job.upload) : await this.server.create(file, this.of(key)?.folder ?? '');
        // cancelled while it was announced
        if (this.jobs.get(key) !== job) {
          void this.server.cancel(state.id).catch(() => undefined);
          return;
        }
        job.upload = state.id;
        const keep = () => this.memory.keep({ key, upload: state.id, name: file.name, bytes: file.size, folder: this.of(key)?.folder ?? '', sent: state.received }, file);
        keep();
        this.put(key, { sent: state.received });
        while (here() && state.media_id == null && state.received < state.bytes) {
          const from = state.received;
          const part = file.slice(from, from + Math.min(partBytes, state.part_max_bytes));
          state = await this.server.put(state.id, from, part, (bytes) => here() && this.put(key, { sent: from + bytes }), stop.signal);
          failed = 0;
          this.put(key, { sent: state.received });
          keep();
        }
        if (!here()) return;
        this.put(key, { phase: 'finishing' });
        const { media, duplicate } = await this.server.finish(state.id);
        if (this.jobs.get(key) !== job) return;
        this.memory.drop(key);
        this.put(key, { phase: 'done', media: media.id, duplicate, sent: file.size });
        this.taken(media, key);
        return;
      } catch (error) {
        if (this.jobs.get(key) !== job || stop.signal.aborted) return;
        const problem = asProblem(error);
        // it ended meanwhile: begun anew
        if (problem.status === 404 && job.upload) {
          job.upload = null;
          this.put(key, { phase: 'sending', sent: 0 });
        } else if (!passes(problem)) {
          this.refused(key, job, problem);
          return;
        }
        if (++failed >= tries) {
          this.put(key, { phase: 'failed', problem });
          return;
        }
        this.put(key, { phase: 'sending' });
        await this.server.wait(problem.code === 'offset_mismatch' ? 0 : Math.min(15_000, 500 * 2 ** failed));
        if (!here()) return;
      }
    }
  }

  private refused(key: string, job: Job, problem: Problem): void {
    this.put(key, { phase: 'failed', problem });
    this.memory.drop(key);
    if (job.upload) void this.server.cancel(job.upload).catch(() => undefined);
    job.upload = null;
    job.file = null;
  }
}

/** What another try may mend: a broken line, a server that is busy or starts, another offset. */
export const passes = (problem: Problem) => problem.status === 0 || problem.status >= 500 || problem.status === 429 || problem.status === 408
  || ['offset_mismatch', 'broken_off', 'finishing', 'incomplete'].includes(problem.code);
/** Whether trying again by hand makes sense. */
export const again = (it: Sending) => it.phase === 'failed' && it.problem !== null && passes(it.problem);
