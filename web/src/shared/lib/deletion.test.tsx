import { act, renderHook } from '@testing-library/react';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { Problem } from '../api/problem';
import { deleteLater, useLeaving } from './deletion';
import { dismiss, toasts, undoLast } from './toast';

const started = (remove = vi.fn(() => Promise.resolve())) => {
  const settled = vi.fn();
  const hook = renderHook(() => useLeaving());
  const id = `thing-${Math.random()}`;
  act(() => deleteLater(id, { said: 'The thing is deleted', remove, settled }));
  return { id, remove, settled, hidden: () => hook.result.current.has(id) };
};

describe('a deletion that can be taken back', () => {
  beforeEach(() => act(() => toasts.set([])));

  it('hides at once and deletes when the message leaves', async () => {
    const it = started();
    expect(it.hidden()).toBe(true);
    expect(it.remove).not.toHaveBeenCalled();
    await act(async () => dismiss(toasts.get()[0]?.id ?? 0));
    expect(it.remove).toHaveBeenCalledExactlyOnceWith(false);
    expect(it.hidden()).toBe(true);
  });

  it('is taken back by undo, and nothing is sent', async () => {
    const it = started();
    await act(async () => void undoLast());
    expect(it.hidden()).toBe(false);
    expect(it.remove).not.toHaveBeenCalled();
  });

  it('happens when newer messages push its own away, and when the page goes', async () => {
    const pushed = started();
    const left = started();
    await act(async () => started());
    expect(pushed.remove).toHaveBeenCalledExactlyOnceWith(false);
    await act(async () => void window.dispatchEvent(new Event('pagehide')));
    expect(left.remove).toHaveBeenCalledExactlyOnceWith(true);
  });

  it('comes back when the server refuses, and stays away when it was gone already', async () => {
    const refused = started(vi.fn(() => Promise.reject(new Problem(403, 'forbidden', 'You may not.'))));
    await act(async () => dismiss(toasts.get()[0]?.id ?? 0));
    expect(refused.hidden()).toBe(false);
    expect(toasts.get().at(-1)?.detail).toBe('You may not.');
    const gone = started(vi.fn(() => Promise.reject(new Problem(404, 'not_found', 'No such thing.'))));
    await act(async () => dismiss(toasts.get().at(-1)?.id ?? 0));
    expect(gone.hidden()).toBe(true);
    expect(gone.settled).toHaveBeenCalledOnce();
  });
});
