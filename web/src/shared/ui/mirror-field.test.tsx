import { fireEvent, render, screen } from '@testing-library/react';
import { describe, expect, it, vi } from 'vitest';
import { crossing } from '../draft/check';
import { MirrorField } from './mirror-field';

const mirror = () => document.querySelector('.mirror-field > div');

describe('a field with a mirror', () => {
  it('shows the same words in both, whatever is picked out', () => {
    const text = 'See #bells and @ada at https://example.com/a#b, not a#b.\n\n## Head\n- **bold** [x](y)\n> said\n[0:03] go';
    for (const marks of ['tags', 'markdown', 'script', 'none'] as const) {
      const { unmount } = render(<MirrorField label="Text" value={text} marks={marks} onChange={() => undefined} />);
      expect(mirror()?.textContent?.replace('\u200b', '')).toBe(text);
      expect(screen.getByLabelText<HTMLTextAreaElement>('Text').value).toBe(text);
      unmount();
    }
  });

  it('picks out links, tags and mentions, and nothing inside a word', () => {
    render(<MirrorField label="Text" value="See #bells, @ada and mail@example not #" onChange={() => undefined} />);
    expect([...(mirror()?.querySelectorAll('span') ?? [])].map((s) => s.textContent)).toEqual(['#bells', '@ada']);
  });

  it('marks what is too much from where the limit is crossed, between whole characters', () => {
    const text = 'ab👨‍👩‍👧cd';
    const at = crossing(text, { path: 'post', used: 5, limit: 3, unit: 'graphemes' });
    expect(text.slice(at)).toBe('cd');
    expect(crossing(text, { path: 'post', used: 3, limit: 3, unit: 'graphemes' })).toBeUndefined();
    render(<MirrorField label="Text" value={text} overFrom={at} onChange={() => undefined} />);
    expect(document.querySelector('mark')?.textContent).toBe('cd');
  });

  it('hands on what is typed, and lets go at Escape', () => {
    const change = vi.fn();
    render(<MirrorField label="Text" value="a" onChange={change} />);
    const field = screen.getByLabelText('Text');
    field.focus();
    fireEvent.change(field, { target: { value: 'ab' } });
    expect(change).toHaveBeenCalledWith('ab');
    fireEvent.keyDown(field, { key: 'Escape' });
    expect(document.activeElement).not.toBe(field);
  });
});
