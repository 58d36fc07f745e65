import type { Content, Shape } from '../api/types';

/** The value at a path such as `thread/2` or `slides/1/body`, as text. */
export function textAt(content: Content, path: string): string {
  let value: unknown = content;
  for (const step of path.split('/')) {
    if (value === null || typeof value !== 'object') return '';
    value = (value as Record<string, unknown>)[step];
  }
  return typeof value === 'string' ? value : '';
}

/** The content with the text at a path changed; everything else is shared with the old one. */
export function withText<C extends Content>(content: C, path: string, text: string): C {
  const steps = path.split('/');
  const put = (value: unknown, at: number): unknown => {
    if (at === steps.length) return text;
    const step = steps[at] ?? '';
    if (Array.isArray(value)) return value.map((item: unknown, i) => (i === Number(step) ? put(item, at + 1) : item));
    return { ...(value as Record<string, unknown>), [step]: put((value as Record<string, unknown>)[step], at + 1) };
  };
  return put(content, 0) as C;
}

/** The texts in the order a reader meets them, with the path of each. */
export function textsOf(content: Content): { path: string; label: string; text: string }[] {
  switch (content.shape) {
    case 'post':
      return [{ path: 'post', label: 'Text', text: content.post }];
    case 'thread':
      return content.thread.map((text, i) => ({ path: `thread/${i}`, label: `Post ${i + 1} of ${content.thread.length}`, text }));
    case 'script':
      return [
        ...content.hooks.map((text, i) => ({ path: `hooks/${i}`, label: `Hook ${i + 1}`, text })),
        { path: 'script', label: 'Script', text: content.script },
        { path: 'caption', label: 'Caption', text: content.caption },
      ];
    case 'carousel':
      return [
        ...content.slides.flatMap((slide, i) => [
          { path: `slides/${i}/title`, label: `Slide ${i + 1} title`, text: slide.title },
          { path: `slides/${i}/body`, label: `Slide ${i + 1} text`, text: slide.body },
        ]),
        { path: 'caption', label: 'Caption', text: content.caption },
      ];
    case 'email':
      return [
        { path: 'subject', label: 'Subject', text: content.subject },
        { path: 'preheader', label: 'Preview text', text: content.preheader },
        { path: 'body', label: 'Body', text: content.body },
      ];
    case 'article':
      return [
        { path: 'title', label: 'Title', text: content.title },
        { path: 'description', label: 'Description', text: content.description },
        { path: 'body', label: 'Body', text: content.body },
      ];
  }
}

/** What goes to the clipboard: the words, ready to be pasted into the network. */
export function plainText(content: Content): string {
  switch (content.shape) {
    case 'post':
      return content.post;
    case 'thread':
      return content.thread.join('\n\n');
    case 'script':
      return [content.script, content.caption].filter(Boolean).join('\n\n');
    case 'carousel':
      return [...content.slides.map((s) => [s.title, s.body].filter(Boolean).join('\n')), content.caption].filter(Boolean).join('\n\n');
    case 'email':
      return [content.subject, content.body, content.cta ? [content.cta.text, content.cta.url].filter(Boolean).join(': ') : '']
        .filter(Boolean).join('\n\n');
    case 'article':
      return [`# ${content.title}`, content.body].join('\n\n');
  }
}

/** What of a draft a voice hears: the running text, not titles and subjects. The server's `spoken` says the same. */
export function spokenText(content: Content): string {
  switch (content.shape) {
    case 'post':
    case 'thread':
      return plainText(content);
    case 'script':
      return content.script;
    case 'carousel':
      return [...content.slides.map((s) => s.body), content.caption].join('\n\n');
    case 'email':
    case 'article':
      return content.body;
  }
}

/** One line that stands for the draft in a list. */
export function headline(content: Content): string {
  const first = {
    post: () => (content.shape === 'post' ? (content.post.split('\n').find((line) => line.trim()) ?? '') : ''),
    thread: () => (content.shape === 'thread' ? (content.thread[0] ?? '') : ''),
    script: () => (content.shape === 'script' ? (content.hooks[0] ?? content.script) : ''),
    carousel: () => (content.shape === 'carousel' ? (content.slides[0]?.title ?? content.caption) : ''),
    email: () => (content.shape === 'email' ? content.subject : ''),
    article: () => (content.shape === 'article' ? content.title : ''),
  }[content.shape]();
  return first.replace(/\s+/g, ' ').trim();
}

/** What follows the headline, in short. */
export function excerpt(content: Content): string {
  const rest = content.shape === 'email' ? content.body : content.shape === 'article' ? content.description : plainText(content);
  const flat = rest.replace(/^\[\d+:\d\d\] /gm, '').replace(/[#>*_`-]+\s/g, ' ').replace(/\s+/g, ' ').trim();
  const head = headline(content);
  return (flat.startsWith(head) ? flat.slice(head.length) : flat).trim().slice(0, 240);
}

export function same(a: Content, b: Content): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

export const shapeNames: Record<Shape, string> = {
  post: 'Post', thread: 'Thread', script: 'Script', carousel: 'Carousel', email: 'Email', article: 'Article',
};

/** The hashtags of a content, where its shape has any; an article's tags stand without `#`. */
export function tagsOf(content: Content): string[] | null {
  if (content.shape === 'article') return content.tags;
  return 'hashtags' in content ? content.hashtags : null;
}

const lastText: Partial<Record<Shape, (c: Content) => string>> = {
  post: () => 'post', thread: (c) => (c.shape === 'thread' ? `thread/${Math.max(0, c.thread.length - 1)}` : ''), script: () => 'caption', carousel: () => 'caption',
};
const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
const whole = (tag: string) => new RegExp(`(^|\\s)${escaped(tag)}(?![\\p{L}\\p{N}_])`, 'giu');

/** The content with these hashtags: one that goes leaves the text too, one that comes is set at its end. */
export function withTags(content: Content, tags: string[]): Content {
  if (content.shape === 'article') return { ...content, tags };
  if (!('hashtags' in content)) return content;
  const path = lastText[content.shape]?.(content) ?? '';
  const gone = content.hashtags.filter((t) => !tags.includes(t));
  const come = tags.filter((t) => !content.hashtags.includes(t));
  let next: Content = { ...content, hashtags: tags };
  for (const { path: at, text } of textsOf(content)) {
    const without = gone.reduce((t, tag) => t.replace(whole(tag), (_, before: string) => (before === '\n' ? '\n' : '')), text);
    if (without !== text) next = withText(next, at, without.replace(/[ \t]+\n/g, '\n').replace(/\n[ \t]+#/g, '\n#').trimEnd());
  }
  const end = textAt(next, path);
  const added = come.filter((tag) => !whole(tag).test(end)).join(' ');
  if (!added) return next;
  // A row of tags at the end goes on; else they begin a row of their own.
  const row = /(^|\n)\s*(#[\p{L}\p{N}_]+\s*)+$/u.test(end);
  return withText(next, path, end.trim() === '' ? added : `${end.trimEnd()}${row ? ' ' : '\n\n'}${added}`);
}

/** What is asked of the reader: a line in the text, except in an email, where it is a button. */
export function askOf(content: Content): string | null {
  return 'cta' in content && content.shape !== 'email' ? (content.cta ?? '') : null;
}
export function withAsk(content: Content, ask: string): Content {
  if (!('cta' in content) || content.shape === 'email') return content;
  const old = content.cta ?? '';
  const next: Content = { ...content, cta: ask.trim() === '' ? null : ask };
  const place = old && textsOf(content).find((t) => t.text.includes(old));
  if (place) return withText(next, place.path, place.text.replace(old, () => ask).trimEnd());
  const path = lastText[content.shape]?.(content);
  if (!path || ask.trim() === '') return next;
  const text = textAt(content, path);
  const tags = /(\n\s*)(#[\p{L}\p{N}_]+\s*)+$/u.exec(text);
  // Before the closing row of hashtags.
  return withText(next, path, tags ? `${text.slice(0, tags.index)}\n\n${ask}${text.slice(tags.index)}` : `${text.trimEnd()}\n\n${ask}`);
}

/** A hashtag as networks take it: no spaces, no signs. */
export function asHashtag(typed: string): string {
  const word = typed.normalize('NFC').replace(/^#+/, '').replace(/[^\p{L}\p{N}_]+/gu, '');
  return word ? `#${word}` : '';
}
