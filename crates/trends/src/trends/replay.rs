//! What is stored is gone through again from the beginning, in order of time: the same items give the same trends, however
//! often and in whichever process (docs/decisions/0028).

use bellwether_kernel::Timestamp;
use bellwether_language::Language;
use uuid::Uuid;

use crate::detect::{Detector, Item, Kind, Settings, Trend};

/// Days of items that are gone through. What is usual fades with a half-life of four weeks.
pub(super) const DAYS: i64 = 35;
/// The newest items of them that are.
pub(super) const MOST: i64 = 30_000;

/// An item as the detector takes it.
#[derive(Debug, Clone)]
pub(super) struct Said {
    pub(super) id: Uuid,
    pub(super) source: Uuid,
    /// The earlier one of when it was published and when it was seen.
    pub(super) at: Timestamp,
    pub(super) seen_at: Timestamp,
    /// Whether its source says when it was published.
    pub(super) dated: bool,
    pub(super) title: String,
    /// The title of the first of those that say nearly the same, when it is not itself that one: copies are known by their
    /// wording.
    pub(super) copy_of: Option<String>,
    pub(super) keyphrases: Vec<String>,
    pub(super) language: String,
}

impl Said {
    fn item(&self) -> Item<'_> {
        Item {
            id: self.id,
            source: self.source,
            at: self.at,
            title: self.copy_of.as_deref().unwrap_or(&self.title),
            keyphrases: &self.keyphrases,
            language: Language::from_tag(&self.language).unwrap_or(Language::UNKNOWN),
        }
    }
}

/// What a replay found.
#[derive(Debug, Default)]
pub(super) struct Replay {
    /// Trends that are not over, the surest first.
    pub(super) running: Vec<Trend>,
    /// Those that are, in the order in which they ended.
    pub(super) over: Vec<Trend>,
}

/// Goes through items up to now.
pub(super) fn replay(said: &mut [Said], now: Timestamp) -> Replay {
    said.sort_by(|a, b| a.at.cmp(&b.at).then(a.id.cmp(&b.id)));
    let mut detector = Detector::new(Settings::default());
    let mut over = Vec::new();
    let mut end = |kind: Kind| {
        if let Kind::Expired(trend) = kind {
            over.push(*trend);
        }
    };
    for one in said.iter() {
        for change in detector.push(&one.item()) {
            end(change.kind);
        }
    }
    for change in detector.advance(now) {
        end(change.kind);
    }
    Replay { running: detector.trends(), over }
}

#[cfg(test)]
mod tests {
    use chrono::Duration;

    use super::*;

    fn said(number: u128, hours: i64, source: u128, title: &str) -> Said {
        let start: Timestamp = "2026-11-01T00:00:00Z".parse().unwrap();
        let at = start + Duration::hours(hours);
        Said {
            id: Uuid::from_u128(number),
            source: Uuid::from_u128(source),
            at,
            seen_at: at,
            dated: true,
            title: title.to_owned(),
            copy_of: None,
            keyphrases: vec![],
            language: "en".to_owned(),
        }
    }

    /// Two weeks of everyday talk, then a recall.
    fn stream() -> Vec<Said> {
        let words =
            ["oak", "lamp", "drawer", "varnish", "apprentice", "window", "invoice", "harvest", "bicycle"];
        let mut all: Vec<Said> = (0..140_u128)
            .map(|n| {
                let word = |k: u128| words[((n * 7 + k * (n % 5 + 1)) % 9) as usize];
                let title = format!("{} and {} number {n}", word(0), word(2));
                said(n + 1, i64::try_from(n).unwrap() * 2 + 8, 1 + n % 6, &title)
            })
            .collect();
        for (n, title) in [
            "Acme recalls the X200 battery",
            "X200 batteries: what the recall by Acme means for drivers",
            "Fire risk prompts Acme to recall batteries of the X200",
            "Is your X200 part of the battery recall?",
            "Acme shares fall after X200 recall",
            "Battery recall: Acme replaces X200 packs for free",
            "How Acme missed the faulty batteries in its X200",
        ]
        .into_iter()
        .enumerate()
        {
            let n = n as u128;
            all.push(said(1_000 + n, 290 + i64::try_from(n).unwrap() / 2, 1 + n % 6, title));
        }
        all
    }

    #[test]
    fn the_same_items_give_the_same_trends_in_whatever_order_they_come() {
        let now: Timestamp = "2026-11-13T06:00:00Z".parse().unwrap();
        let (mut one, mut other) = (stream(), stream());
        other.reverse();
        let (a, b) = (replay(&mut one, now), replay(&mut other, now));
        assert_eq!(a.running, b.running);
        assert_eq!(a.running.len(), 1, "{:?}", a.running);
        assert!(a.running[0].items >= 6 && a.over.is_empty());
        // and a fortnight later it is over
        let late = replay(&mut one, now + Duration::days(14));
        assert_eq!((late.running.len(), late.over.len()), (0, 1));
        assert!(late.over[0].evidence.iter().all(|evidence| evidence.item.as_u128() >= 1_000));
    }

    #[test]
    fn what_says_nearly_the_same_is_a_copy() {
        let mut all: Vec<Said> = stream();
        // one agency's text under six titles
        for one in &mut all {
            if one.id.as_u128() >= 1_000 {
                one.copy_of = Some("Acme recalls the X200 battery".to_owned());
            }
        }
        let found = replay(&mut all, "2026-11-13T06:00:00Z".parse().unwrap());
        assert!(found.running.is_empty(), "{:?}", found.running);
    }
}
