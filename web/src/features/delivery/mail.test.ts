import { describe, expect, it } from 'vitest';
import { decided, setAside } from './mail';

describe('a mail in a frame', () => {
  it('has its styles set aside, for a policy that allows none within the text', () => {
    const set = setAside('<html><head><style type="text/css">@media (x) { .a > b { color: red } }</style></head><body style="margin:0"><p class="a" style=\'color:blue\'>style="no"</p></body></html>');
    expect(set).toContain('<template data-css>@media (x) { .a > b { color: red } }</template>');
    expect(set).toContain('<body data-style="margin:0">');
    expect(set).toContain('<p class="a" data-style=\'color:blue\'>style="no"</p>');
    const inside = new DOMParser().parseFromString(set, 'text/html');
    expect(inside.querySelectorAll('[style], style').length).toBe(0);
    expect(inside.querySelector<HTMLTemplateElement>('template[data-css]')?.content.textContent).toContain('.a > b');
  });
  it('runs nothing', () => expect(setAside('<p>a</p><script>alert(1)</script><p>b</p><SCRIPT src=x>')).toBe('<p>a</p><p>b</p>'));
  it('is light or dark as one chooses, whatever the system is', () => {
    expect([decided('(prefers-color-scheme: dark)', 'dark'), decided('(prefers-color-scheme: dark)', 'light'), decided('(prefers-color-scheme:light)', 'light')]).toEqual(['all', 'not all', 'all']);
    expect(decided('screen and (prefers-color-scheme: dark)', 'dark')).toBe('screen');
    expect(decided('(prefers-color-scheme: dark) and (min-width: 480px)', 'dark')).toBe('(min-width: 480px)');
    expect(decided('only screen and (min-width: 480px)', 'dark')).toBe('only screen and (min-width: 480px)');
  });
});
