import { asProblem, type Problem } from '../api/problem';
import type { Content, Post, PostVersion } from '../api/types';
import { same } from '../lib/content';
import { createStore, type Store } from '../lib/store';

export type Phase = 'clean' | 'dirty' | 'saving' | 'conflict' | 'failed';
export interface DraftState {
  content: Content;
  /** What the server has, as far as we know, and its version. */
  saved: Content;
  version: number;
  phase: Phase;
  problem: Problem | null;
  /** In a conflict: what somebody else wrote meanwhile. */
  theirs: Post | null;
}
export interface DraftServer {
  save: (version: number, content: Content, keepalive: boolean) => Promise<Post>;
  load: () => Promise<Post>;
  /** Newest first. */
  versions: () => Promise<Pick<PostVersion, 'id' | 'reason' | 'content'>[]>;
  restore: (versionId: string) => Promise<Post>;
  saved: (post: Post) => void;
}

const pause = 700;

/**
 * The words of one draft while somebody edits it: saved by itself a moment after the last key, one save at a time, never
 * over somebody else's newer words. Lives outside React so that it outlasts the card that shows it.
 */
export class DraftSession {
  readonly store: Store<DraftState>;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private running: Promise<void> | null = null;

  constructor(post: Post, private readonly server: DraftServer) {
    this.store = createStore<DraftState>({ content: post.content, saved: post.content, version: post.version, phase: 'clean', problem: null, theirs: null });
  }

  get state(): DraftState {
    return this.store.get();
  }

  /** The server's word on the draft, from a list or an answer. It never overwrites unsaved words. */
  receive(post: Post): void {
    const { version, phase, content } = this.state;
    if (post.version < version || phase === 'saving' || phase === 'conflict') return;
    if (phase === 'clean') {
      if (post.version > version || !same(post.content, content)) this.put({ content: post.content, saved: post.content, version: post.version });
    }
  }

  edit(content: Content): void {
    if (this.state.phase === 'conflict') {
      this.put({ content });
      return;
    }
    const clean = same(content, this.state.saved);
    this.put({ content, problem: null, phase: this.running ? 'saving' : clean ? 'clean' : 'dirty' });
    clearTimeout(this.timer);
    if (!clean) this.timer = setTimeout(() => void this.flush(), pause);
  }

  /** Saves what is unsaved now. Afterwards the phase says how it went. */
  async flush(keepalive = false): Promise<void> {
    clearTimeout(this.timer);
    while (this.running) await this.running;
    if (this.state.phase === 'conflict' || same(this.state.content, this.state.saved)) return;
    this.running = this.save(keepalive).finally(() => {
      this.running = null;
    });
    await this.running;
    const { phase } = this.state;
    // Keys pressed while the save was under way.
    if (phase === 'dirty') await this.flush(keepalive);
  }

  private async save(keepalive: boolean): Promise<void> {
    const { content, version, saved } = this.state;
    this.put({ phase: 'saving', problem: null });
    try {
      this.done(content, await this.server.save(version, content, keepalive));
    } catch (error) {
      const problem = asProblem(error);
      if (problem.status !== 412) {
        this.put({ phase: 'failed', problem });
        return;
      }
      try {
        const theirs = await this.server.load();
        if (same(theirs.content, saved)) {
          // Newer, yet the same words: a status or a note changed. Nothing of theirs can be lost.
          this.done(content, await this.server.save(theirs.version, content, keepalive));
        } else {
          this.put({ phase: 'conflict', theirs, problem });
        }
      } catch (second) {
        this.put({ phase: 'failed', problem: asProblem(second) });
      }
    }
  }

  private done(sent: Content, post: Post): void {
    const untouched = same(this.state.content, sent);
    // The server may tidy what it stores; its words count unless newer ones stand here already.
    this.put({
      saved: post.content, version: post.version, content: untouched ? post.content : this.state.content, phase: untouched ? 'clean' : 'dirty', problem: null, theirs: null,
    });
    this.server.saved(post);
  }

  /** Ends a conflict with my words on top; theirs stay a version of their own. */
  async keepMine(): Promise<void> {
    await this.settle(false);
  }

  /** Ends a conflict with their words on top; mine are kept as a version first. */
  async takeTheirs(): Promise<void> {
    await this.settle(true);
  }

  /**
   * Edits of one person in a row are one version, so mine would be written into theirs if both are the same person's
   * (two tabs). Another version is brought up in between; then theirs stands by itself.
   */
  private async pin(): Promise<{ post: Post; versionId: string | undefined }> {
    const versions = await this.server.versions();
    const newest = versions[0];
    const other = newest?.reason === 'edited' ? versions.find((v) => !same(v.content, newest.content)) : undefined;
    return { post: other ? await this.server.restore(other.id) : await this.server.load(), versionId: newest?.id };
  }

  private async settle(theirsOnTop: boolean): Promise<void> {
    const mine = this.state.content;
    if (!this.state.theirs || this.running) return;
    const work = async () => {
      try {
        const { post, versionId } = await this.pin();
        let top = same(post.content, mine) ? post : await this.server.save(post.version, mine, false);
        if (theirsOnTop && versionId) top = await this.server.restore(versionId);
        this.put({ content: top.content, saved: top.content, version: top.version, theirs: null, phase: 'clean', problem: null });
        this.server.saved(top);
      } catch (error) {
        const problem = asProblem(error);
        // A third hand in between: the conflict goes on, with the newest words on their side.
        const theirs = problem.status === 412 ? await this.server.load().catch(() => this.state.theirs) : this.state.theirs;
        this.put({ phase: 'conflict', problem, theirs });
      }
    };
    this.running = work().finally(() => {
      this.running = null;
    });
    await this.running;
  }

  private put(part: Partial<DraftState>): void {
    this.store.set((old) => ({ ...old, ...part }));
  }
}
