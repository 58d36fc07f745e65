import type { NoticePreferences, UpdateNoticePreferences } from '../api/types';

/** What is set of a change, without what is left out of it. */
const given = <T extends object>(change: T | null | undefined) => Object.fromEntries(Object.entries(change ?? {}).filter(([, value]) => value !== undefined));

/** The preferences as they will be after a change: shown before the server says so. */
export function changePreferences(now: NoticePreferences, change: UpdateNoticePreferences): NoticePreferences {
  return {
    ...now,
    mail: change.mail ?? now.mail,
    marketing: change.marketing ?? now.marketing,
    trend_alerts: change.trend_alerts ?? now.trend_alerts,
    post_reminders: change.post_reminders ?? now.post_reminders,
    weekly_reports: change.weekly_reports ?? now.weekly_reports,
    kinds: now.kinds.map((k) => ({ ...k, ...change.kinds?.[k.kind] })),
    ...(change.morning && { morning: { ...now.morning, ...given(change.morning) } }),
    // null is an answer here: no quiet hours
    ...(change.quiet_hours !== undefined && { quiet_hours: change.quiet_hours }),
  };
}
