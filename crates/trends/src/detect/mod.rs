//! Finds what rises in a stream of items. Pure: no I/O, no clock, no chance; time is what the items say.
//!
//! # How
//!
//! 1. **Terms.** An item's title and keyphrases become words cut to stems and pairs of words that stand close together,
//!    in any order (`terms`).
//! 2. **What is usual.** For each term its share of the stream, from the last week by the hour and from the time before
//!    with a half-life of four weeks, with the term's own hours of the week as far as it has shown any (`background`,
//!    `term`). A pair is to be expected at least as often as its words meet by chance. A window of 2 hours to 7 days is
//!    surprising when a negative binomial with that mean hardly brings as much. A source that repeats itself within half
//!    a day counts ½, ⅓, …, a copy of another item's wording about a third.
//! 3. **Topics.** A surprising term gathers its items, the items bring the other terms that they share (synonyms come in
//!    by standing in the same items, nothing else), and an item with enough of them joins: each of them speaks the less
//!    the more of the stream has passed since the topic's last items, since it would have come anyway. Topics whose words
//!    are alike become one; the older one stays (`topic`, `gather`).
//! 4. **Confidence.** A logistic regression over six numbers that can be said in words, fitted on streams of the
//!    generator in `examples/trend_stream` (`confidence` has the constants and the command), is a topic's score. 0.5 makes a
//!    trend. How sure that is follows from its score and from how long nothing has come since, fitted in the same way.
//! 5. **Course.** Momentum, state, predicted peak and size from the times of a topic's items (`course`); what came true
//!    is told by [`evaluate`].
//!
//! # Bounds
//!
//! Everything is bounded by [`Settings`]: items are kept a week, terms and topics up to a number of each.
//! [`Detector::bytes`] says how much memory the state takes: with the default bounds 6 MB after ten thousand titles and 94
//! MB after a million within a year. What an item costs is bounded by them, too: `benches/README.md` has the figures.
//! The state is `serde`-able, so it can be kept over a restart.
//!
//! ```
//! use bellwether_trends::detect::{Detector, Item, Settings};
//! use bellwether_language::Language;
//! use chrono::DateTime;
//! use uuid::Uuid;
//!
//! let mut detector = Detector::new(Settings::default());
//! let changes = detector.push(&Item {
//!     id: Uuid::from_u128(1),
//!     source: Uuid::from_u128(2),
//!     at: DateTime::from_timestamp(1_760_000_000, 0).unwrap_or_default(),
//!     title: "Acme recalls the X200 battery",
//!     keyphrases: &[],
//!     language: Language::ENGLISH,
//! });
//! assert!(changes.is_empty(), "one item is no trend");
//! ```

mod background;
mod confidence;
mod course;
mod detector;
mod evaluate;
mod gather;
mod name;
mod stats;
mod stem;
mod table;
mod term;
mod terms;
#[cfg(test)]
mod tests;
mod topic;
mod trend;
mod week;

pub use confidence::{FEATURES, Moment, Snapshot};
pub use detector::{Change, Detector, Item, Kind, Settings};
pub use evaluate::{HitRate, Outcome, evaluate};
pub use trend::{Contribution, Course, Ends, Evidence, Phrase, Prediction, Range, State, Trend, Why};
