import { Problem } from '@/shared/api/problem';
import type { Content } from '@/shared/api/types';
import { describe, expect, it } from 'vitest';
import { quotable, sizeFor, slideFault } from './words';

const post = (text: string, hashtags: string[] = []): Content => ({ shape: 'post', post: text, opening_hook: '', cta: null, hashtags, mentions: [], media_prompt: null });

describe('what of a draft may stand on a card', () => {
  it('is a sentence of it, once, without hashtags and addresses', () => {
    expect(quotable(post('Nobody reads release notes for pleasure. So what?\n\nNobody reads release notes for pleasure.\nRead it all at https://example.com/notes today.\n#ReleaseNotes #Writing', ['#ReleaseNotes', '#Writing']))).toEqual(['Nobody reads release notes for pleasure.']);
  });

  it('stands without the marks of its list or heading', () => {
    expect(quotable(post('## Start with the change that hurts\n- Then say what **got better** since.'))).toEqual(['Start with the change that hurts', 'Then say what got better since.']);
  });
});

describe('words around cards', () => {
  it('choose the shape of a network', () => {
    expect(['instagram', 'x', 'linkedin', 'anything'].map(sizeFor)).toEqual(['portrait', 'landscape', 'square', 'square']);
  });

  it('name the slide that can’t be drawn', () => {
    expect(slideFault(new Problem(422, 'invalid', 'No.', [{ path: 'content/slides/2/body', code: 'too_long', message: 'This is too long.' }]))).toBe('Slide 3: This is too long.');
    expect(slideFault(new Problem(409, 'library_full', 'The library is full.'))).toBe('The library is full.');
    expect(slideFault(new Problem(412, 'stale', 'Changed.'))).toMatch(/^Somebody changed the draft/);
  });
});
