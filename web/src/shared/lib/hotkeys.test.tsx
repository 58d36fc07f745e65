import { fireEvent, render } from '@testing-library/react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { listenForPrefix, useHotkeys, type Hotkeys } from './hotkeys';

function Page({ keys }: { keys: Hotkeys }) {
  useHotkeys(keys);
  return <><button type="button">b</button><textarea aria-label="t" /></>;
}
const press = (key: string, on: Element = document.body, more: KeyboardEventInit = {}) => fireEvent.keyDown(on, { key, ...more });
let stop: (() => void) | undefined;
afterEach(() => stop?.());

describe('keys', () => {
  it('are heard on the page and left alone in a text', () => {
    const a = vi.fn();
    const { getByLabelText, getByRole } = render(<Page keys={{ a }} />);
    press('a');
    press('a', getByRole('button'));
    expect(a).toHaveBeenCalledTimes(2);
    press('a', getByLabelText('t'));
    press('a', document.body, { altKey: true });
    press('a', document.body, { ctrlKey: true });
    expect(a).toHaveBeenCalledTimes(2);
  });

  it('with ⌘ or Ctrl are heard in a text too', () => {
    const save = vi.fn();
    const { getByLabelText } = render(<Page keys={{ 'mod+enter': save }} />);
    press('Enter', getByLabelText('t'), { ctrlKey: true });
    press('Enter', getByLabelText('t'), { metaKey: true });
    expect(save).toHaveBeenCalledTimes(2);
  });

  it('are silent under a dialog', () => {
    const a = vi.fn();
    render(<><Page keys={{ a }} /><div role="dialog" /></>);
    press('a');
    expect(a).not.toHaveBeenCalled();
  });

  it('in a row mean another thing than alone', () => {
    const [t, go] = [vi.fn(), vi.fn()];
    stop = listenForPrefix();
    render(<Page keys={{ t, 'g t': go }} />);
    press('t');
    press('g');
    press('t');
    press('t');
    expect(go).toHaveBeenCalledTimes(1);
    expect(t).toHaveBeenCalledTimes(2);
  });
});
