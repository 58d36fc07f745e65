import { describe, expect, it } from 'vitest';
import type { Network, Target } from '@/shared/api/types';
import { targetsOn, usualTargets } from '@/shared/draft/targets';
import { composerOf, emptyComposer, fileFault, loneUrl, readComposer, request, words } from './composer-state';

describe('the composer', () => {
  it('keeps the words of each brand apart, and over a reload', async () => {
    const a = composerOf({ org: 'acme', brand: 'one' });
    a.set((s) => ({ ...s, text: 'Half a thought', model: 'strict' }));
    expect(composerOf({ org: 'acme', brand: 'one' })).toBe(a);
    expect(composerOf({ org: 'acme', brand: 'two' }).get()).toEqual(emptyComposer);
    window.dispatchEvent(new Event('pagehide'));
    expect(readComposer(localStorage.getItem('bellwether.composer.acme.one'))).toMatchObject({ text: 'Half a thought', model: 'strict' });
    a.set(emptyComposer);
    window.dispatchEvent(new Event('pagehide'));
    expect(localStorage.getItem('bellwether.composer.acme.one')).toBeNull();
  });

  it('takes what storage holds only as far as it makes sense', () => {
    expect(readComposer(null)).toEqual(emptyComposer);
    expect(readComposer('{"text":7,"file":{"name":1}}')).toEqual(emptyComposer);
    expect(readComposer('not json')).toEqual(emptyComposer);
  });

  it('takes a lone address for a page, and nothing else', () => {
    expect(loneUrl(' https://example.com/a ')).toBe('https://example.com/a');
    expect(loneUrl('www.example.com/a')).toBe('https://www.example.com/a');
    expect(loneUrl('http://localhost:3000')).toBe('http://localhost:3000');
    expect(loneUrl('read https://example.com')).toBeNull();
    expect(loneUrl('https://a.example\nhttps://b.example')).toBeNull();
    expect(loneUrl('example')).toBeNull();
  });

  it('asks for what the person meant', () => {
    const state = { ...emptyComposer, text: 'https://example.com/a' };
    expect(request(state, ['x.post'], 'authority')).toEqual({ input: { type: 'url', url: 'https://example.com/a' }, targets: ['x.post'], tone: 'authority' });
    expect(request({ ...state, asText: true, instructions: ' short ' }, ['x.post'], 'authority')).toEqual({ input: { type: 'text', text: 'https://example.com/a' }, targets: ['x.post'], tone: 'authority', instructions: 'short' });
    expect(request({ ...state, file: { name: 'a.md', size: 1, content_base64: 'YQ==' } }, [], 'authority').input).toEqual({ type: 'file', name: 'a.md', content_base64: 'YQ==' });
  });

  it('refuses a file with a reason before it is sent', () => {
    expect(fileFault({ name: 'a.MD', size: 10 })).toBeNull();
    expect(fileFault({ name: 'a.mp3', size: 10 })).toContain('.docx');
    expect(fileFault({ name: 'noending', size: 10 })).toContain('noending');
    expect(fileFault({ name: 'a.pdf', size: 0 })).toContain('empty');
    expect(fileFault({ name: 'a.pdf', size: 11 * 1024 * 1024 })).toContain('10 MB');
  });

  it('begins with the usual form of each real network', () => {
    const type = (target: Target, is_default: boolean) => ({ target, is_default }) as Network['content_types'][number];
    expect(usualTargets([
      { id: 'x', content_types: [type('x.post', false), type('x.thread', true)] },
      { id: 'sandbox', content_types: [type('sandbox.post', true)] },
    ])).toEqual(['x.thread']);
  });

  it('begins with the networks that the brand is on, and with all where it is on none', () => {
    const network = (id: Network['id'], target: Target) => ({ id, content_types: [{ target, is_default: true } as Network['content_types'][number]] });
    const all = [network('x', 'x.post'), network('mastodon', 'mastodon.post'), network('sandbox', 'sandbox.post')];
    expect(targetsOn(['mastodon', 'sandbox'], all)).toEqual(['mastodon.post']);
    expect(targetsOn(['sandbox'], all)).toEqual(['x.post', 'mastodon.post']);
    expect(targetsOn([], all)).toEqual(['x.post', 'mastodon.post']);
  });

  it('counts words', () => {
    expect(words('  a bell,\n a wave ')).toBe(4);
    expect(words('')).toBe(0);
  });
});
