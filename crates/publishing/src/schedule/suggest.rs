//! At which times an account's posts did well. Pure.
//!
//! What readers did with a post (its reactions and comments) is held against the account's usual post: the logarithm of
//! the ratio to the median. A time is as good as the posts around it: each counts by how near it was in the hours of the
//! day (a bell of 90 minutes) and, on another day of the week, for a third. What few posts say is drawn towards "as
//! usual", as if [`PRIOR`] more posts had done as usual.

use chrono::{Datelike as _, Duration, NaiveDateTime, Timelike as _};

use super::{Slot, model::clash};

/// Posts from which something can be said.
pub(super) const NEEDED: usize = 12;
/// How many usual posts are thought beside what was seen.
const PRIOR: f64 = 3.0;
/// Width of the bell, in minutes of the day.
const WIDTH: f64 = 90.0;
/// What a post of another day of the week counts.
const OTHER_DAY: f64 = 1.0 / 3.0;
/// What is named as "around" a time, in minutes.
const AROUND: i64 = 90;
/// A suggestion is at least so many times the usual.
const BETTER: f64 = 1.05;
/// Hours between two suggestions.
const APART: i64 = 3;

/// How a post did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Did {
    /// On the brand's wall clock.
    pub(super) at: NaiveDateTime,
    /// Reactions, shares and comments.
    pub(super) engagement: u64,
}

/// A time that did well before.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Good {
    pub(super) at: NaiveDateTime,
    /// Times the usual post.
    pub(super) factor: f64,
    /// Posts of any day within [`AROUND`] of that time of the day.
    pub(super) posts: usize,
}

/// What keeps a time from being free.
pub(super) struct Busy<'a> {
    pub(super) taken: &'a [NaiveDateTime],
    pub(super) apart: Duration,
    pub(super) cap: Option<usize>,
}

/// The best free times after `from`, the best first; none where too few posts say anything or none did better than usual.
/// Full hours, and the times of the queue that would suit the network.
pub(super) fn suggest(
    posts: &[Did],
    slots: &[Slot],
    busy: &Busy<'_>,
    (from, days): (NaiveDateTime, i64),
    most: usize,
) -> Vec<Good> {
    if posts.len() < NEEDED {
        return Vec::new();
    }
    let usual = median(posts);
    let ratio = |post: &Did| ((post.engagement as f64 + 1.0) / (usual + 1.0)).ln();
    let full = from.date().and_hms_opt(from.hour(), 0, 0).unwrap_or(from);
    let mut times: Vec<NaiveDateTime> = (1..=days * 24).map(|hours| full + Duration::hours(hours)).collect();
    times.extend(
        super::model::times(slots, None, from.date(), days.unsigned_abs() + 1)
            .filter(|time| *time > from && *time <= from + Duration::days(days)),
    );
    times.sort_unstable();
    times.dedup();
    let mut good: Vec<Good> = times
        .into_iter()
        .filter(|time| clash(*time, busy.taken, busy.apart, busy.cap).is_none())
        .map(|time| {
            let (mut weight, mut sum, mut around) = (0.0, 0.0, 0);
            for post in posts {
                let away = of_day(time, post.at);
                let near = (-(away as f64 / WIDTH).powi(2) / 2.0).exp();
                let near = if post.at.weekday() == time.weekday() { near } else { near * OTHER_DAY };
                weight += near;
                sum += near * ratio(post);
                around += usize::from(away <= AROUND);
            }
            Good { at: time, factor: (sum / (weight + PRIOR)).exp(), posts: around }
        })
        .filter(|good| good.factor >= BETTER && good.posts > 1)
        .collect();
    // of equally good times the sooner one
    good.sort_by(|a, b| b.factor.total_cmp(&a.factor).then(a.at.cmp(&b.at)));
    let mut chosen: Vec<Good> = Vec::new();
    for one in good {
        if chosen.len() == most {
            break;
        }
        if chosen.iter().all(|other| (other.at - one.at).abs() >= Duration::hours(APART)) {
            chosen.push(one);
        }
    }
    chosen
}

/// Minutes between two times of the day, over midnight too.
fn of_day(a: NaiveDateTime, b: NaiveDateTime) -> i64 {
    let minutes = |at: NaiveDateTime| i64::from(at.hour() * 60 + at.minute());
    let away = (minutes(a) - minutes(b)).abs();
    away.min(24 * 60 - away)
}

/// Of what posts got; of two in the middle their mean.
pub(super) fn median(posts: &[Did]) -> f64 {
    let mut all: Vec<u64> = posts.iter().map(|post| post.engagement).collect();
    all.sort_unstable();
    match (all.get(all.len() / 2), all.len() % 2) {
        (None, _) => 0.0,
        (Some(middle), 1) => *middle as f64,
        (Some(upper), _) => f64::midpoint(all[all.len() / 2 - 1] as f64, *upper as f64),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> NaiveDateTime {
        text.parse().unwrap()
    }

    /// Four weeks of posts at nine, which do well on Tuesdays, and at sixteen, which don't.
    fn posts() -> Vec<Did> {
        (0..28)
            .flat_map(|day| {
                let nine = at("2026-10-19T09:10:00") + Duration::days(day);
                let tuesday = nine.weekday() == chrono::Weekday::Tue;
                [
                    Did { at: nine, engagement: if tuesday { 60 } else { 24 } },
                    Did { at: nine + Duration::hours(7), engagement: 10 },
                ]
            })
            .collect()
    }

    fn free() -> Busy<'static> {
        Busy { taken: &[], apart: Duration::zero(), cap: None }
    }

    #[test]
    fn the_best_hour_of_the_best_day_comes_first() {
        let from = at("2026-11-16T12:00:00");
        let found = suggest(&posts(), &[], &free(), (from, 7), 3);
        assert_eq!(found.len(), 3);
        assert_eq!(found[0].at, at("2026-11-17T09:00:00"));
        assert!(found[0].factor > 1.4 && found[0].factor > found[1].factor, "{found:?}");
        assert_eq!(found[0].posts, 28, "those at nine of every day");
        assert!(found.iter().all(|good| (8..=10).contains(&good.at.hour())), "{found:?}");
    }

    #[test]
    fn what_is_taken_is_not_suggested() {
        let from = at("2026-11-16T12:00:00");
        let taken = [at("2026-11-17T09:00:00")];
        let busy = Busy { taken: &taken, apart: Duration::minutes(90), cap: None };
        let found = suggest(&posts(), &[], &busy, (from, 7), 1);
        assert!((found[0].at - taken[0]).abs() >= Duration::minutes(90), "{found:?}");
        let busy = Busy { taken: &taken, apart: Duration::zero(), cap: Some(1) };
        let found = suggest(&posts(), &[], &busy, (from, 7), 1);
        assert_ne!(found[0].at.date(), taken[0].date());
    }

    #[test]
    fn few_posts_and_even_ones_say_nothing() {
        let from = at("2026-11-16T12:00:00");
        assert_eq!(suggest(&posts()[..NEEDED - 1], &[], &free(), (from, 7), 3), []);
        let even: Vec<Did> = posts().iter().map(|post| Did { engagement: 20, ..*post }).collect();
        assert_eq!(suggest(&even, &[], &free(), (from, 7), 3), []);
    }

    #[test]
    fn a_time_of_the_queue_counts_as_one() {
        let from = at("2026-11-16T12:00:00");
        let slot = Slot { day: 2, time: "09:10:00".parse().unwrap(), network: None };
        let found = suggest(&posts(), &[slot], &free(), (from, 7), 1);
        assert_eq!(found[0].at, at("2026-11-17T09:10:00"), "nearer to what did well than the full hour");
    }

    #[test]
    fn midnight_is_near_itself() {
        assert_eq!(of_day(at("2026-11-16T23:30:00"), at("2026-11-20T00:30:00")), 60);
        assert!(median(&[]).abs() < f64::EPSILON);
    }
}
