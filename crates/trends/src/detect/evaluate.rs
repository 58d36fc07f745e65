//! What came true of what was predicted.

use serde::Serialize;

use super::{
    course,
    topic::quarter,
    trend::{Range, Trend},
};

/// How a trend that is over went, against what was said when it was found.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Outcome {
    /// When most of it came at once, in seconds since 1970.
    pub peak_at: i64,
    /// Whether that was within the predicted interval.
    pub peak_hit: bool,
    /// How many hours later (above 0) or earlier than predicted.
    pub peak_late_hours: f64,
    /// Its items in the end.
    pub items: u32,
    /// Whether that was within the predicted interval.
    pub size_hit: bool,
    /// Items in the end over predicted ones.
    pub size_ratio: f64,
    /// Whether it went on after it was found, by at least half as many items again: a trend that was none does not.
    pub held: bool,
}

/// Compares a trend with what was predicted when it was found. Of one that is not over yet, this is the state so far.
pub fn evaluate(trend: &Trend) -> Outcome {
    let course: Vec<(u32, u32)> =
        trend.course.iter().map(|hour| (quarter(hour.at.timestamp() + 1_800), hour.items)).collect();
    let peak_at = course::peak(&course);
    let predicted = &trend.predicted;
    // the course is by the hour: so is the judgement
    let inside =
        |range: &Range, value: i64, slack: i64| range.low - slack <= value && value <= range.high + slack;
    Outcome {
        peak_at,
        peak_hit: inside(&predicted.peak, peak_at, 3_600),
        peak_late_hours: (peak_at - predicted.peak.likely) as f64 / 3_600.0,
        items: trend.items,
        size_hit: inside(&predicted.size, i64::from(trend.items), 0),
        size_ratio: f64::from(trend.items) / predicted.size.likely.max(1) as f64,
        held: f64::from(trend.items) >= 1.5 * f64::from(predicted.items),
    }
}

/// Over many trends: how often what was said came true.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct HitRate {
    /// Trends that are over.
    pub trends: u32,
    /// Of them, peak within the interval.
    pub peaks: u32,
    /// Size within the interval.
    pub sizes: u32,
    /// Went on after they were found.
    pub held: u32,
}

impl HitRate {
    /// Counts them.
    pub fn of(outcomes: impl IntoIterator<Item = Outcome>) -> Self {
        outcomes.into_iter().fold(Self::default(), |sum, outcome| Self {
            trends: sum.trends + 1,
            peaks: sum.peaks + u32::from(outcome.peak_hit),
            sizes: sum.sizes + u32::from(outcome.size_hit),
            held: sum.held + u32::from(outcome.held),
        })
    }

    /// Share of the peaks that lay within their interval, 0–1; nothing without trends. The intervals are made for 0.8.
    pub fn peak_rate(&self) -> Option<f64> {
        (self.trends > 0).then(|| f64::from(self.peaks) / f64::from(self.trends))
    }

    /// Share of the sizes that lay within their interval, 0–1; nothing without trends.
    pub fn size_rate(&self) -> Option<f64> {
        (self.trends > 0).then(|| f64::from(self.sizes) / f64::from(self.trends))
    }
}
