import { render, screen } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { Compared } from './compared';

describe('two versions against each other', () => {
  it('shows both numbers, and takes its colour from them', () => {
    const { rerender, container } = render(<Compared model={{ before_score: 0.94, after_score: 0.98 }} />);
    expect(screen.getByText('94 → 98').parentElement?.className).toContain('text-good');
    screen.getByText('94 for the version before, 98 for this one');
    rerender(<Compared model={{ before_score: 0.29, after_score: 0.288 }} />);
    expect(screen.getByText('29 → 28').parentElement?.className).toContain('text-bad');
    rerender(<Compared model={{ before_score: 0.914, after_score: 0.918 }} />);
    expect(screen.getByText('91 → 91').parentElement?.className).not.toMatch(/good|bad/);
    rerender(<Compared model={{ before_score: null, after_score: 0.9 }} />);
    expect(container.textContent).toBe('');
  });
});
