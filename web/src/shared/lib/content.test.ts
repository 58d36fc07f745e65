import { describe, expect, it } from 'vitest';
import type { Content } from '../api/types';
import { asHashtag, askOf, excerpt, headline, plainText, spokenText, tagsOf, textAt, textsOf, withAsk, withTags, withText } from './content';

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

  it('gives what a voice hears, as the server does', () => {
    expect(spokenText(thread)).toBe('1/ Light\n\n2/ Bell');
    expect(spokenText(carousel)).toBe('a\n\nb\n\nc');
    expect(spokenText(email)).not.toContain('https://example.com');
  });

  it('tells a draft by its first line, and does not say it twice', () => {
    const post: Content = { shape: 'post', post: '\nThe hook.\n\nThe rest of it.', opening_hook: '', cta: null, hashtags: [], mentions: [], media_prompt: null };
    expect(headline(post)).toBe('The hook.');
    expect(excerpt(post)).toBe('The rest of it.');
    expect(excerpt(email)).toBe('Hello a **point**');
  });
});

describe('what stands beside the text', () => {
  const post: Content = { shape: 'post', post: 'A light.\n\nCome and see.\n\n#Light #Lighthouse', opening_hook: 'A light.', cta: 'Come and see.', hashtags: ['#Light', '#Lighthouse'], mentions: [], media_prompt: null };

  it('takes a hashtag out of the text with the list, and no longer one that begins alike', () => {
    expect(withTags(post, ['#Lighthouse'])).toMatchObject({ hashtags: ['#Lighthouse'], post: 'A light.\n\nCome and see.\n\n#Lighthouse' });
    expect(withTags(post, [])).toMatchObject({ hashtags: [], post: 'A light.\n\nCome and see.' });
  });

  it('sets a new hashtag at the end of the row, or begins one', () => {
    expect(withTags(post, ['#Light', '#Lighthouse', '#Sea'])).toMatchObject({ post: 'A light.\n\nCome and see.\n\n#Light #Lighthouse #Sea' });
    expect(withTags({ ...post, post: 'A light.', hashtags: [] }, ['#Sea'])).toMatchObject({ post: 'A light.\n\n#Sea' });
    expect(withTags(thread, ['#Sea'])).toMatchObject({ thread: ['1/ Light', '2/ Bell\n\n#Sea'] });
    expect(tagsOf(email)).toBeNull();
  });

  it('moves the ask with its words, before the hashtags when it is new', () => {
    expect(withAsk(post, 'Go there.')).toMatchObject({ cta: 'Go there.', post: 'A light.\n\nGo there.\n\n#Light #Lighthouse' });
    expect(withAsk({ ...post, cta: null, post: 'A light.\n\n#Light' }, 'Go there.')).toMatchObject({ post: 'A light.\n\nGo there.\n\n#Light' });
    expect(withAsk(post, '')).toMatchObject({ cta: null });
    expect(askOf(email)).toBeNull();
  });

  it('makes a hashtag of what is typed', () => {
    expect(asHashtag(' release notes! ')).toBe('#releasenotes');
    expect(asHashtag('##Grüße')).toBe('#Grüße');
    expect(asHashtag(' !')).toBe('');
  });
});
