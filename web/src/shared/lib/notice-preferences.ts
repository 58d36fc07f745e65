import type { NoticePreferences, UpdateNoticePreferences } from '../api/types';

/** The preferences as they will be after a change: shown before the server says so. */
export function changePreferences(now: NoticePreferences, change: UpdateNoticePreferences): NoticePreferences {
  return {
    ...now,
    mail: change.mail ?? now.mail,
    marketing: change.marketing ?? now.marketing,
    kinds: now.kinds.map((k) => ({ ...k, ...change.kinds?.[k.kind] })),
    // null is an answer here: no quiet hours
    ...(change.quiet_hours !== undefined && { quiet_hours: change.quiet_hours }),
  };
}
