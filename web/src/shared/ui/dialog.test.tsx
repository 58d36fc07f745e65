import { act, fireEvent, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useState } from 'react';
import { describe, expect, it, vi } from 'vitest';
import { unsavedNow, useChanged, useUnsaved } from '../lib/unsaved';
import { Button } from './button';
import { Dialog } from './dialog';
import { HintProvider } from './hint';

function Letter({ onClose }: { onClose: () => void }) {
  const [text, setText] = useState('');
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title="A letter" dirty={text !== ''} footer={<Button onClick={onClose}>Cancel</Button>}>
      <textarea aria-label="Text" value={text} onChange={(e) => setText(e.target.value)} />
    </Dialog>
  );
}
function Inner() {
  const [text, setText] = useState('Ada');
  useUnsaved(useChanged({ text }));
  return <input aria-label="Name" value={text} onChange={(e) => setText(e.target.value)} />;
}
const show = (what: React.ReactNode) => render(<HintProvider>{what}</HintProvider>);

describe('a dialog with something typed', () => {
  it('closes at once while nothing is typed', async () => {
    const close = vi.fn();
    show(<Letter onClose={close} />);
    await userEvent.keyboard('{Escape}');
    expect(close).toHaveBeenCalledOnce();
  });

  it('asks at Escape; keeping leaves the text and the focus where they were', async () => {
    const close = vi.fn();
    show(<Letter onClose={close} />);
    await userEvent.type(screen.getByLabelText('Text'), 'Dear keeper');
    await userEvent.keyboard('{Escape}');
    expect(close).not.toHaveBeenCalled();
    expect(screen.getByRole('alertdialog', { name: 'Discard what you typed?' })).toBeTruthy();
    expect(document.activeElement?.textContent).toBe('Keep writing');
    // Escape once more is no way around the question.
    await userEvent.keyboard('{Escape}');
    expect(screen.queryByRole('alertdialog')).toBeNull();
    expect(close).not.toHaveBeenCalled();
    expect(document.activeElement).toBe(screen.getByLabelText('Text'));
    expect((screen.getByLabelText('Text') as HTMLTextAreaElement).value).toBe('Dear keeper');
  });

  it('asks at the cross and beside the dialog too, and goes when it is told to', async () => {
    const close = vi.fn();
    show(<Letter onClose={close} />);
    await userEvent.type(screen.getByLabelText('Text'), 'Dear keeper');
    await userEvent.click(screen.getByRole('button', { name: 'Close' }));
    await userEvent.click(screen.getByRole('button', { name: 'Keep writing' }));
    await act(() => new Promise((done) => setTimeout(done)));
    fireEvent.pointerDown(document.body);
    await userEvent.click(screen.getByRole('button', { name: 'Discard' }));
    expect(close).toHaveBeenCalledOnce();
  });

  it('is told by a form inside of it, as long as the form differs from what it opened with', async () => {
    const close = vi.fn();
    show(<Dialog open onOpenChange={close} title="A form"><Inner /></Dialog>);
    await userEvent.type(screen.getByLabelText('Name'), '!');
    await userEvent.keyboard('{Escape}');
    await userEvent.click(screen.getByRole('button', { name: 'Keep writing' }));
    expect(close).not.toHaveBeenCalled();
    await userEvent.type(screen.getByLabelText('Name'), '{Backspace}');
    await userEvent.keyboard('{Escape}');
    expect(close).toHaveBeenCalledWith(false);
  });
});

describe('a dialog that shows something once', () => {
  it('is closed by its button alone, and holds the page', async () => {
    const close = vi.fn();
    const { unmount } = show(<Dialog open held onOpenChange={close} title="Copy the key now" footer={<Button onClick={() => close(false)}>I have it</Button>}>bw_secret</Dialog>);
    expect(unsavedNow()).toBe('secret');
    await userEvent.keyboard('{Escape}');
    await act(() => new Promise((done) => setTimeout(done)));
    fireEvent.pointerDown(document.body);
    expect(screen.queryByRole('button', { name: 'Close' })).toBeNull();
    expect(screen.queryByRole('alertdialog')).toBeNull();
    expect(close).not.toHaveBeenCalled();
    await userEvent.click(screen.getByRole('button', { name: 'I have it' }));
    expect(close).toHaveBeenCalledWith(false);
    unmount();
    expect(unsavedNow()).toBeNull();
  });
});
