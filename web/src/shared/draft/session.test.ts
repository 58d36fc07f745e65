import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Problem } from '../api/problem';
import type { Content, Post } from '../api/types';
import { aPost, aText } from './fixtures';
import { DraftSession, type DraftServer } from './session';

/** A server of one draft that refuses old versions and keeps every text it ever had, as the real one does. */
class OneDraft implements DraftServer {
  post = aPost({ content: aText('first') });
  kept: { id: string; content: Content; reason: string }[] = [{ id: 'v1', content: this.post.content, reason: 'generated' }];
  saves = 0;
  fail: Problem | null = null;
  hold: Promise<void> | null = null;
  told: Post[] = [];

  write(content: Content, reason: string): Post {
    // The same words again change nothing.
    if (JSON.stringify(content) === JSON.stringify(this.post.content)) return this.post;
    const last = this.kept[0];
    // Edits of one person in a row are one version.
    if (reason === 'edited' && last?.reason === 'edited') last.content = content;
    else this.kept.unshift({ id: `v${this.kept.length + 1}`, content, reason });
    this.post = { ...this.post, content, version: this.post.version + 1 };
    return this.post;
  }
  save = async (version: number, content: Content) => {
    this.saves++;
    await this.hold;
    if (this.fail) throw this.fail;
    if (version !== this.post.version) throw new Problem(412, 'stale', 'stale');
    return this.write(content, 'edited');
  };
  load = async () => this.post;
  versions = async () => structuredClone(this.kept);
  restore = async (id: string) => this.write(this.kept.find((v) => v.id === id)?.content ?? aText('?'), 'restored');
  saved = (post: Post) => void this.told.push(post);
  texts = () => this.kept.map((v) => (v.content.shape === 'post' ? v.content.post : ''));
}

describe('a draft that saves itself', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  const setUp = () => {
    const server = new OneDraft();
    return { server, session: new DraftSession(server.post, server) };
  };
  const text = (session: DraftSession) => (session.state.content.shape === 'post' ? session.state.content.post : '');

  it('saves once, a moment after the last key', async () => {
    const { server, session } = setUp();
    session.edit(aText('f'));
    await vi.advanceTimersByTimeAsync(500);
    session.edit(aText('fi'));
    await vi.advanceTimersByTimeAsync(500);
    expect(server.saves).toBe(0);
    expect(session.state.phase).toBe('dirty');
    await vi.advanceTimersByTimeAsync(300);
    expect(server.saves).toBe(1);
    expect(session.state).toMatchObject({ phase: 'clean', version: 2 });
    expect(server.told).toHaveLength(1);
  });

  it('does not save what was typed and taken back', async () => {
    const { server, session } = setUp();
    session.edit(aText('firs'));
    session.edit(aText('first'));
    await vi.advanceTimersByTimeAsync(2000);
    expect(server.saves).toBe(0);
    expect(session.state.phase).toBe('clean');
  });

  it('sends keys pressed during a save afterwards, and never two saves at a time', async () => {
    const { server, session } = setUp();
    let release = () => undefined as void;
    server.hold = new Promise((done) => { release = done; });
    session.edit(aText('one'));
    const flushed = session.flush();
    session.edit(aText('one two'));
    await vi.advanceTimersByTimeAsync(5000);
    expect(server.saves).toBe(1);
    server.hold = null;
    release();
    await flushed;
    await vi.advanceTimersByTimeAsync(2000);
    expect(server.post.content).toEqual(aText('one two'));
    expect(session.state.phase).toBe('clean');
  });

  it('takes newer words of the server only while nothing is unsaved', () => {
    const { session } = setUp();
    session.receive(aPost({ content: aText('newer'), version: 5 }));
    expect(text(session)).toBe('newer');
    session.edit(aText('mine'));
    session.receive(aPost({ content: aText('newest'), version: 6 }));
    expect(text(session)).toBe('mine');
  });

  it('ignores an older answer that arrives late', () => {
    const { session } = setUp();
    session.receive(aPost({ content: aText('newer'), version: 5 }));
    session.receive(aPost({ content: aText('old'), version: 4 }));
    expect(text(session)).toBe('newer');
  });

  it('passes over a newer version whose words are the same: only its status changed', async () => {
    const { server, session } = setUp();
    server.post = { ...server.post, status: 'approved', version: 9 };
    session.edit(aText('mine'));
    await session.flush();
    expect(session.state.phase).toBe('clean');
    expect(server.post.content).toEqual(aText('mine'));
  });

  it('stops at a conflict and keeps both texts', async () => {
    const { server, session } = setUp();
    server.write(aText('theirs'), 'edited');
    session.edit(aText('mine'));
    await session.flush();
    expect(session.state.phase).toBe('conflict');
    expect(session.state.theirs?.content).toEqual(aText('theirs'));
    expect(server.post.content).toEqual(aText('theirs'));
    session.receive(server.post);
    expect(text(session)).toBe('mine');
  });

  it('keeps mine on top with theirs among the versions, even if both were one person', async () => {
    const { server, session } = setUp();
    server.write(aText('theirs'), 'edited');
    session.edit(aText('mine'));
    await session.flush();
    await session.keepMine();
    expect(session.state.phase).toBe('clean');
    expect(server.post.content).toEqual(aText('mine'));
    expect(server.texts()).toContain('theirs');
  });

  it('takes theirs with mine among the versions', async () => {
    const { server, session } = setUp();
    server.write(aText('theirs'), 'edited');
    session.edit(aText('mine'));
    await session.flush();
    await session.takeTheirs();
    expect(session.state.phase).toBe('clean');
    expect(text(session)).toBe('theirs');
    expect(server.post.content).toEqual(aText('theirs'));
    expect(server.texts()).toContain('mine');
  });

  it('stays in the conflict when ending it fails', async () => {
    const { server, session } = setUp();
    server.write(aText('theirs'), 'edited');
    session.edit(aText('mine'));
    await session.flush();
    server.fail = new Problem(503, 'unavailable', 'The database does not answer.');
    await session.keepMine();
    expect(session.state).toMatchObject({ phase: 'conflict' });
    expect(text(session)).toBe('mine');
    expect(session.state.problem?.status).toBe(503);
  });

  it('says that saving failed, keeps the words, and saves them when asked again', async () => {
    const { server, session } = setUp();
    server.fail = new Problem(503, 'unavailable', 'The database does not answer.');
    session.edit(aText('mine'));
    await session.flush();
    expect(session.state.phase).toBe('failed');
    expect(text(session)).toBe('mine');
    server.fail = null;
    await session.flush();
    expect(session.state.phase).toBe('clean');
    expect(server.post.content).toEqual(aText('mine'));
  });
});
