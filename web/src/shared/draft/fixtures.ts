import type { Content, Post } from '../api/types';

/** A draft for unit tests. */
export function aPost(part: Partial<Post> = {}): Post {
  const content: Content = part.content ?? {
    shape: 'post', post: 'A keeper wrote three lines every night.', opening_hook: 'A keeper wrote three lines every night.', cta: null, hashtags: [], mentions: [], media_prompt: null,
  };
  return {
    id: 'post_1', generation_id: 'gen_1', target: 'x.post', network: 'x', content_type: 'post', status: 'pending', content, original: null, edited: false, feedback: 0,
    note: '', rejection_reason: null, regenerating: false, regeneration_error: null, tone: 'conversational', source: { title: 'Lighthouse', url: null },
    writer: { provider: 'builtin', model: 'writer-1' }, counts: [{ path: 'post', used: 39, limit: 280, unit: 'weighted' }], issues: [], media: [], first_comment: null, options: {},
    created_at: '2026-11-21T02:00:00Z', updated_at: '2026-11-21T02:00:00Z', version: 1, ...part,
  };
}
export function aText(post: string): Content {
  return { shape: 'post', post, opening_hook: post, cta: null, hashtags: [], mentions: [], media_prompt: null };
}
