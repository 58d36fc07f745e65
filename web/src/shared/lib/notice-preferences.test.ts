import { describe, expect, it } from 'vitest';
import type { NoticePreferences } from '../api/types';
import { changePreferences } from './notice-preferences';

const now = {
  mail: true, marketing: false, quiet_hours: { from: '22:00', to: '07:00' },
  kinds: [{ kind: 'member_joined', app: true, mail: false }, { kind: 'post_approved', app: true, mail: false }],
} as NoticePreferences;

describe('a change of the preferences', () => {
  it('touches what it names and nothing else', () => {
    expect(changePreferences(now, {})).toEqual(now);
    expect(changePreferences(now, { mail: false }).mail).toBe(false);
    expect(changePreferences(now, { kinds: { post_approved: { app: false, mail: true } } }).kinds).toEqual([now.kinds[0], { kind: 'post_approved', app: false, mail: true }]);
    expect(changePreferences(now, { marketing: true }).quiet_hours).toEqual(now.quiet_hours);
    expect(changePreferences({ ...now, morning: { time: '08:00', max_drafts: 5 } } as NoticePreferences, { morning: { time: '06:30' } }).morning).toEqual({ time: '06:30', max_drafts: 5 });
    expect(changePreferences(now, { quiet_hours: null }).quiet_hours).toBeNull();
  });
});
