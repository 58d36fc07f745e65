import { AlarmClock, BadgeCheck, CalendarX2, ChartNoAxesColumn, CircleHelp, Eye, FileWarning, Hourglass, MessageCircleWarning, MessageSquareText, OctagonPause, PartyPopper, Plug, Rss, TrendingUp, TriangleAlert, UserPlus, type LucideIcon } from 'lucide-react';
import type { InfiniteData } from '@tanstack/react-query';
import type { Notice, NoticeKind, Page } from '../api/types';

interface Looks {
  icon: LucideIcon;
  /** As a choice in the settings. */
  label: string;
  /** How loud its icon is: `bad` went wrong, `warn` waits for somebody, `good` is good news. */
  tone: 'bad' | 'warn' | 'good' | 'plain';
}

/** How each kind of notice looks, and what it is called. */
export const noticeKinds: Record<NoticeKind, Looks> = {
  publication_failed: { icon: CalendarX2, label: 'A post was not published', tone: 'bad' },
  publication_unclear: { icon: CircleHelp, label: 'It is unclear whether a post is out', tone: 'warn' },
  publication_held: { icon: OctagonPause, label: 'A post is held back', tone: 'warn' },
  comment_trouble: { icon: MessageCircleWarning, label: 'A first comment needs a look', tone: 'warn' },
  connection_trouble: { icon: Plug, label: 'An account has to be connected again', tone: 'bad' },
  source_trouble: { icon: Rss, label: 'A source can’t be read any more', tone: 'warn' },
  review_requested: { icon: Eye, label: 'A post waits for your review', tone: 'warn' },
  changes_requested: { icon: MessageSquareText, label: 'Somebody asks for changes', tone: 'warn' },
  post_approved: { icon: BadgeCheck, label: 'Your post is approved', tone: 'good' },
  generation_partial: { icon: FileWarning, label: 'Some drafts could not be written', tone: 'warn' },
  generation_failed: { icon: TriangleAlert, label: 'None of the drafts could be written', tone: 'bad' },
  member_joined: { icon: UserPlus, label: 'Somebody joins', tone: 'plain' },
  invitation_accepted: { icon: PartyPopper, label: 'Your invitation is accepted', tone: 'good' },
  trend_rising: { icon: TrendingUp, label: 'A trend rises fast', tone: 'good' },
  post_reminder: { icon: AlarmClock, label: 'Something waits to go out', tone: 'warn' },
  weekly_report: { icon: ChartNoAxesColumn, label: 'Your week in numbers', tone: 'plain' },
  trial_ending: { icon: Hourglass, label: 'The trial ends soon', tone: 'warn' },
};

/** The kinds as the settings group them. */
export const noticeGroups: { title: string; kinds: NoticeKind[]; note?: string }[] = [
  { title: 'Publishing', kinds: ['publication_failed', 'publication_unclear', 'publication_held', 'comment_trouble', 'connection_trouble'] },
  { title: 'Review', kinds: ['review_requested', 'changes_requested', 'post_approved'] },
  { title: 'Drafts', kinds: ['generation_partial', 'generation_failed'] },
  { title: 'Sources', kinds: ['source_trouble'] },
  { title: 'Trends and reminders', kinds: ['trend_rising', 'post_reminder', 'weekly_report'], note: 'By mail, these come by the ways of your morning delivery.' },
  { title: 'People and plan', kinds: ['member_joined', 'invitation_accepted', 'trial_ending'] },
];

/** The number on the bell. The server counts to 100. */
export function bellNumber(unread: number): string {
  return unread > 99 ? '99+' : String(unread);
}

/** The bell's name, for who doesn't see the number. */
export function bellName(unread: number): string {
  return unread === 0 ? 'Notifications' : `Notifications, ${unread > 99 ? 'more than 99' : unread} unread`;
}

type Pages = InfiniteData<Page<Notice>>;

/** The list with one notice read, or all of them; `read` is how many were unread before. */
export function markRead(list: Pages | undefined, at: string, only?: string): { list: Pages | undefined; read: number } {
  let read = 0;
  if (!list) return { list, read };
  const pages = list.pages.map((page) => ({
    ...page,
    items: page.items.map((notice) => {
      if (notice.read_at || (only && notice.id !== only)) return notice;
      read += 1;
      return { ...notice, read_at: at };
    }),
  }));
  return { list: { ...list, pages }, read };
}
