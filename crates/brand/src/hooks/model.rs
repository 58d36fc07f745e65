//! What is known of a hook, and when its month began. Pure.

use bellwether_kernel::{Problem, Timestamp};
use bellwether_web::Patch;
use chrono::DateTime;
use jiff::{Unit, Zoned, civil::Date, tz::TimeZone};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::fields::{Faults, Field, Most, characters, section};

/// What a hook does.
#[derive(
    Debug,
    Clone,
    Copy,
    Default,
    PartialEq,
    Eq,
    Serialize,
    Deserialize,
    ToSchema,
    strum::IntoStaticStr,
    strum::EnumString,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum HookKind {
    /// Asks.
    Question,
    /// Claims.
    #[default]
    Statement,
    /// Gives a number.
    Statistic,
    /// Begins to tell.
    Story,
    /// Contradicts what most say.
    Contrarian,
    /// Promises instructions.
    HowTo,
    /// Announces a list.
    List,
    /// Promises an outcome.
    Promise,
    /// Quotes somebody.
    Quotation,
    /// Something else.
    Other,
}

/// A time of the year.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Serialize,
    Deserialize,
    ToSchema,
    strum::IntoStaticStr,
    strum::EnumString,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Season {
    /// Spring.
    Spring,
    /// Summer.
    Summer,
    /// Autumn.
    Autumn,
    /// Winter.
    Winter,
    /// The holidays at the end of the year.
    Holidays,
    /// The new year.
    NewYear,
}

/// How much a hook presses.
#[derive(
    Debug,
    Clone,
    Copy,
    Default,
    PartialEq,
    Eq,
    Serialize,
    Deserialize,
    ToSchema,
    strum::IntoStaticStr,
    strum::EnumString,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Urgency {
    /// Not at all.
    #[default]
    Low,
    /// Somewhat.
    Medium,
    /// Much.
    High,
}

section! {
    /// A first line.
    Hook,
    /// A new hook or a change of one: absent fields stay, null clears. A new one needs a `text`.
    UpdateHook {
        /// The line, up to 500 characters; no two of a brand are the same.
        text: String, Option<String>, characters(500);
        /// What it does; `statement` when nothing is said.
        kind: HookKind, Option<HookKind>, characters(0);
        /// The brand's own word for what it is about, up to 80 characters.
        category: Option<String>, Patch<String>, characters(80);
        /// Set when it is for this time of the year only.
        season: Option<Season>, Patch<Season>, characters(0);
        /// Set when it is for this place only, up to 120 characters.
        place: Option<String>, Patch<String>, characters(120);
        /// How much it presses; `low` when nothing is said.
        urgency: Urgency, Option<Urgency>, characters(0);
        /// How well posts with it did, 0 to 100.
        performance_score: Option<f64>, Patch<f64>, characters(0);
        /// The model that made it, up to 200 characters; a person's own without.
        model: Option<String>, Patch<String>, characters(200);
        /// The prompt with which it was made, up to 200 characters.
        prompt: Option<String>, Patch<String>, characters(200);
    }
}

/// Values that can't be too long, and that nobody counts.
macro_rules! plain {
    ($($type:ty),+) => {
        $(impl Field for $type {
            fn check(&self, _: Most, _: &str, _: &mut Faults) {}

            fn is_filled(&self) -> Option<bool> {
                None
            }
        })+
    };
}
plain!(HookKind, Urgency, Option<Season>);

impl Field for Option<f64> {
    fn check(&self, _: Most, path: &str, faults: &mut Faults) {
        if self.is_some_and(|score| !(0.0..=100.0).contains(&score)) {
            faults.add(path, "out_of_range", "Give 0 to 100.");
        }
    }

    fn is_filled(&self) -> Option<bool> {
        None
    }
}

impl Hook {
    pub(super) fn checked(&self) -> Result<(), Problem> {
        let mut faults = Faults::default();
        self.check("", &mut faults);
        if self.prompt.is_some() && self.model.is_none() {
            faults.add("model", "missing", "Say which model made it with this prompt.");
        }
        faults.into_result()
    }
}

/// The present month in a zone: its number, and the instant at which it began.
pub(super) fn month(now: Timestamp, zone: &str) -> Option<(i16, Timestamp)> {
    let zone = TimeZone::get(zone).ok()?;
    let here: Zoned = jiff::Timestamp::from_second(now.timestamp()).ok()?.to_zoned(zone.clone());
    let first: Date = here.date().first_of_month();
    // where midnight of the first does not exist, the month begins with the first instant that does
    let start = first.to_zoned(zone).ok()?.round(Unit::Second).ok()?;
    Some((i16::from(here.month()), DateTime::from_timestamp(start.timestamp().as_second(), 0)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_begins_in_the_brand_s_zone() {
        let now: Timestamp = "2026-11-30T23:30:00Z".parse().unwrap();
        let start = |zone| month(now, zone).map(|(number, start)| (number, start.to_rfc3339()));
        assert_eq!(start("UTC"), Some((11, "2026-11-01T00:00:00+00:00".to_owned())));
        assert_eq!(start("Asia/Tokyo"), Some((12, "2026-11-30T15:00:00+00:00".to_owned())));
        assert_eq!(start("Europe/Berlin"), Some((12, "2026-11-30T23:00:00+00:00".to_owned())));
        // before the clocks went back
        assert_eq!(start("America/New_York"), Some((11, "2026-11-01T04:00:00+00:00".to_owned())));
        assert_eq!(start("Nowhere/None"), None);
    }

    #[test]
    fn a_score_is_a_percentage_and_a_prompt_has_a_model() {
        let hook = Hook {
            text: "Why?".into(),
            performance_score: Some(100.5),
            prompt: Some("p".into()),
            ..Hook::default()
        };
        let problem = hook.checked().unwrap_err();
        let paths: Vec<&str> = problem.errors.iter().map(|fault| fault.path.as_str()).collect();
        assert_eq!(paths, ["performance_score", "model"]);
    }
}
