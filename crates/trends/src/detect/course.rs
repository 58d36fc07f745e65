//! How a topic goes: its pace, whether it is declining or over, and when it will be at its peak.

use super::{
    background::Volume,
    stats::median,
    topic::{Topic, hour},
    trend::{Prediction, Range, State},
};

/// A topic that was no trend is forgotten after this many hours without an item.
const FORGET: i64 = 96;
/// A trend is over after at least this many quiet hours.
const QUIET: f64 = 48.0;
/// It declines after at least this many.
const SLOW: f64 = 4.0;

/// Quarter-hours → seconds in the middle of one.
fn middle(quarter: u32) -> i64 {
    i64::from(quarter) * 900 + 450
}

/// Items between two times.
fn between(course: &[(u32, u32)], from: i64, to: i64) -> f64 {
    course
        .iter()
        .filter(|(quarter, _)| (from..to).contains(&middle(*quarter)))
        .map(|(_, items)| f64::from(*items))
        .sum()
}

/// When most items came at once: the middle of the busiest eighth of the time (at least two hours).
pub(crate) fn peak(course: &[(u32, u32)]) -> i64 {
    let (Some(first), Some(last)) = (course.first(), course.last()) else { return 0 };
    let (first, last) = (middle(first.0), middle(last.0));
    let half = ((last - first) / 16).max(3_600);
    let mut best = (0.0, first);
    for (quarter, _) in course {
        let at = middle(*quarter);
        let items: f64 = course
            .iter()
            .map(|(other, items)| {
                let distance = (middle(*other) - at).abs();
                f64::from(*items) * (1.0 - distance as f64 / (2 * half) as f64).max(0.0)
            })
            .sum();
        if items > best.0 + 1e-9 {
            best = (items, at);
        }
    }
    best.1
}

/// −1 (it stops) to 1 (all of it came just now): the pace of the last half of its time, at most a day, against the same
/// time before that.
pub(crate) fn momentum(topic: &Topic, volume: Option<&Volume>, now: i64) -> f64 {
    let span = ((now - topic.onset) / 2).clamp(3 * 3_600, 24 * 3_600);
    let pace = |from: i64, to: i64| {
        let hours = volume
            .map_or((to - from) as f64 / 3_600.0, |volume| volume.usual_hours(hour(from), hour(to)).max(0.5));
        between(&topic.course, from, to) / hours
    };
    let (late, early) = (pace(now - span, now + 1), pace(now - 2 * span, now - span));
    if late + early <= 0.0 { -1.0 } else { (late - early) / (late + early) }
}

/// Hours between its last items, usually.
fn gap(topic: &Topic) -> f64 {
    let times: Vec<i64> = topic.members.iter().rev().take(10).map(|member| member.at).collect();
    median(times.windows(2).map(|two| (two[0] - two[1]) as f64 / 3_600.0).collect())
}

/// After how many quiet hours a trend declines, and after how many it is over.
pub(crate) fn patience(topic: &Topic) -> (f64, f64) {
    let gap = gap(topic);
    ((gap * 4.0).clamp(SLOW, 48.0), (gap * 8.0).clamp(QUIET, 24.0 * 7.0))
}

pub(crate) fn state(topic: &Topic, volume: &Volume, now: i64) -> State {
    let quiet = (now - topic.last) as f64 / 3_600.0;
    if topic.found.is_none() {
        return if now - topic.last > FORGET * 3_600 { State::Expired } else { State::Active };
    }
    let (slow, over) = patience(topic);
    // by night everything is quiet
    let usual = volume.usual_hours(hour(topic.last), hour(now));
    if quiet > over {
        State::Expired
    } else if usual.min(quiet) > slow || falling(topic, volume, now) {
        State::Declining
    } else {
        State::Active
    }
}

/// Whether the pace of the last quarter of its time is below a third of its best.
fn falling(topic: &Topic, volume: &Volume, now: i64) -> bool {
    let quarter = ((now - topic.onset) / 4).max(3 * 3_600);
    if topic.total < 6 {
        return false;
    }
    let pace = |back: i64| {
        let (from, to) = (now - (back + 1) * quarter, now - back * quarter + i64::from(back == 0));
        between(&topic.course, from, to) / volume.usual_hours(hour(from), hour(to)).max(0.5)
    };
    let best = (0..4).map(pace).fold(0.0, f64::max);
    pace(0) < best / 3.0
}

/// Where the peak lies and how large it becomes, as multiples of the time since the onset and of the items so far: the
/// tenth, the fiftieth and the ninetieth of a hundred generated bursts at this stage, by how many items there are (3–4,
/// 5–8, 9 and more) and whether the second half of the time brought fewer, about as many, or more than the first.
/// Printed by the same command as the weights of the confidence.
const PEAK: [[[f64; 3]; 3]; 3] = [
    [[0.45, 2.03, 8.76], [0.69, 1.87, 6.25], [0.81, 2.06, 7.26]],
    [[0.26, 1.26, 4.15], [0.59, 1.47, 3.78], [0.80, 1.56, 3.65]],
    [[0.16, 0.39, 1.90], [0.44, 1.02, 2.25], [0.78, 1.18, 2.15]],
];
const SIZE: [[[f64; 3]; 3]; 3] = [
    [[2.00, 6.50, 28.67], [1.75, 6.00, 23.00], [2.00, 7.25, 28.00]],
    [[1.33, 3.67, 12.33], [1.33, 4.17, 14.33], [1.38, 4.33, 15.67]],
    [[1.10, 1.67, 4.67], [1.20, 2.33, 6.85], [1.30, 2.67, 7.20]],
];

impl Prediction {
    /// What is to be expected of a topic.
    pub(crate) fn of(topic: &Topic, now: i64) -> Self {
        let (stage, growth) = stage(topic, now);
        let since = (now - topic.onset).max(3_600) as f64;
        let at = |factor: f64| topic.onset + (since * factor) as i64;
        let items =
            |factor: f64| (f64::from(topic.total) * factor).max(f64::from(topic.total)).round() as i64;
        let (peak, size) = (PEAK[stage][growth], SIZE[stage][growth]);
        Self {
            made_at: now,
            onset: topic.onset,
            items: topic.total,
            peak: Range { low: at(peak[0]), likely: at(peak[1]), high: at(peak[2]) },
            size: Range { low: items(size[0]), likely: items(size[1]), high: items(size[2]) },
        }
    }

    /// Of what loses pace or is over: when most of it came, and all that did. The tables know only what grows, and multiples of the
    /// time since the onset run ahead of a clock that brings nothing more.
    pub(crate) fn past(topic: &Topic, now: i64) -> Self {
        let (peak, size) = (peak(&topic.course), i64::from(topic.total));
        Self {
            made_at: now,
            onset: topic.onset,
            items: topic.total,
            peak: Range { low: peak, likely: peak, high: peak },
            size: Range { low: size, likely: size, high: size },
        }
    }
}

/// Which row and column of the tables above.
pub(crate) fn stage(topic: &Topic, now: i64) -> (usize, usize) {
    let stage = match topic.total {
        0..=4 => 0,
        5..=8 => 1,
        _ => 2,
    };
    let middle = i64::midpoint(topic.onset, now);
    let early = between(&topic.course, topic.onset - 900, middle);
    let late = between(&topic.course, middle, now + 900);
    let growth = if late > early * 1.5 { 2 } else { usize::from(late * 1.5 >= early) };
    (stage, growth)
}
