import { describe, expect, it } from 'vitest';
import type { Post } from '../api/types';
import { chosenOf, means, merged, sayChosen, withChoice, type OptionRule, type TargetRules } from './options';

const option = (part: Partial<OptionRule> & Pick<OptionRule, 'name' | 'kind'>): OptionRule => ({ label: part.name, help: '', needs: [], ...part });
const linked = ['BOOK', 'SHOP'];
const button: OptionRule[] = [
  option({ name: 'action', label: 'Button', kind: { type: 'choice', values: [{ value: 'BOOK', label: 'Book' }, { value: 'SHOP', label: 'Shop' }, { value: 'CALL', label: 'Call' }], default: null }, needs: [{ when: linked, option: 'action_url', values: [], words: 'Say where.' }] }),
  option({ name: 'action_url', label: 'Where it leads', kind: { type: 'url' }, needs: [{ when: [], option: 'action', values: linked, words: 'Choose one.' }] }),
];
const video: OptionRule[] = [
  option({ name: 'privacy', kind: { type: 'choice', values: [{ value: 'public', label: 'Everybody' }, { value: 'unlisted', label: 'Unlisted' }], default: 'public' } }),
  option({ name: 'kids', label: 'Made for kids', kind: { type: 'flag', default: false } }),
  option({ name: 'notify', label: 'Tell subscribers', kind: { type: 'flag', default: true } }),
];
const rules = (options: OptionRule[]) => ({ options, first_comment: { max: 10, unit: 'utf16' } }) as unknown as TargetRules;

describe('the choices of a network', () => {
  it('are shown once they mean something', () => {
    const [action, url] = button as [OptionRule, OptionRule];
    expect(means(action, button, {})).toBe(true);
    expect(means(url, button, {})).toBe(false);
    expect(means(url, button, { action: 'CALL' })).toBe(false);
    expect(means(url, button, { action: 'BOOK' })).toBe(true);
    // what is kept is never hidden, however little it means
    expect(means(url, button, { action_url: 'https://example.com' })).toBe(true);
  });

  it('keep what was chosen and nothing that is so anyhow', () => {
    expect(withChoice(video, {}, 'privacy', 'unlisted')).toEqual({ privacy: 'unlisted' });
    expect(withChoice(video, { privacy: 'unlisted' }, 'privacy', 'public')).toEqual({});
    expect(withChoice(video, {}, 'notify', false)).toEqual({ notify: false });
    expect(withChoice(video, { notify: false }, 'notify', true)).toEqual({});
    expect(withChoice(button, { action: 'BOOK' }, 'action_url', '')).toEqual({ action: 'BOOK' });
  });

  it('let go of what lost its meaning', () => {
    expect(withChoice(button, { action: 'BOOK', action_url: 'https://example.com' }, 'action', 'CALL')).toEqual({ action: 'CALL' });
    expect(withChoice(button, { action: 'BOOK', action_url: 'https://example.com' }, 'action', 'SHOP')).toEqual({ action: 'SHOP', action_url: 'https://example.com' });
    expect(withChoice(button, { action: 'BOOK', action_url: 'https://example.com' }, 'action', undefined)).toEqual({});
  });

  it('leave alone what no form shows', () => {
    const post = { options: { privacy: 'unlisted', event: { title: 'A day' } } as unknown as Post['options'] };
    expect(chosenOf(post)).toEqual({ privacy: 'unlisted' });
    expect(merged(post.options, video, { kids: true })).toEqual({ event: { title: 'A day' }, kids: true });
  });

  it('are told in a line', () => {
    expect(sayChosen(rules(video), {}, null)).toBe('');
    expect(sayChosen(rules(video), { privacy: 'unlisted', kids: true, notify: false }, 'More')).toBe('Unlisted · Made for kids · not: Tell subscribers · first comment');
    expect(sayChosen(rules(button), { action: 'BOOK', action_url: 'https://example.com' }, null)).toBe('Book · Where it leads');
  });
});
