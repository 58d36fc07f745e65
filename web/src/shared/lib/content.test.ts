import { describe, expect, it } from 'vitest';
import type { Content } from '../api/types';
import { excerpt, headline, plainText, textAt, textsOf, withText } from './content';

const thread: Content = { shape: 'thread', thread: ['1/ Light', '2/ Bell'], post_count: 2, hashtags: [], mentions: [], media_prompt: null };
const carousel: Content = { shape: 'carousel', slides: [{ title: 'One', body: 'a' }, { title: 'Two', body: 'b' }], caption: 'c', cta: null, hashtags: [], media_prompt: null };
const email: Content = { shape: 'email', subject: 'S', preheader: 'P', body: '# Hello\n\n- a **point**', cta: { text: 'Read', url: 'https://example.com' } };

describe('texts of a content', () => {
  it('finds a text by its path, as the server names it', () => {
    expect(textAt(thread, 'thread/1')).toBe('2/ Bell');
    expect(textAt(carousel, 'slides/1/body')).toBe('b');
    expect(textAt(email, 'cta/text')).toBe('Read');
    expect(textAt(thread, 'thread/9')).toBe('');
    expect(textAt(thread, 'nowhere/at/all')).toBe('');
  });

  it('changes one text and leaves the old content as it was', () => {
    const next = withText(carousel, 'slides/0/title', 'Eins');
    expect(textAt(next, 'slides/0/title')).toBe('Eins');
    expect(textAt(carousel, 'slides/0/title')).toBe('One');
    expect(next.shape === 'carousel' && next.slides[1]).toBe(carousel.shape === 'carousel' && carousel.slides[1]);
  });

  it('every text that it lists can be found and changed by its path', () => {
    for (const content of [thread, carousel, email]) {
      for (const { path, text } of textsOf(content)) {
        expect(textAt(content, path)).toBe(text);
        expect(textAt(withText(content, path, 'x'), path)).toBe('x');
      }
    }
  });

  it('gives what is pasted into the network', () => {
    expect(plainText(thread)).toBe('1/ Light\n\n2/ Bell');
    expect(plainText(carousel)).toBe('One\na\n\nTwo\nb\n\nc');
    expect(plainText(email)).toContain('Read: https://example.com');
  });

  it('tells a draft by its first line, and does not say it twice', () => {
    const post: Content = { shape: 'post', post: '\nThe hook.\n\nThe rest of it.', opening_hook: '', cta: null, hashtags: [], mentions: [], media_prompt: null };
    expect(headline(post)).toBe('The hook.');
    expect(excerpt(post)).toBe('The rest of it.');
    expect(excerpt(email)).toBe('Hello a **point**');
  });
});
