//! What people's decisions on a draft say of the brand's voice. Pure.

use std::collections::HashMap;

use bellwether_brand::voice::{
    Lesson,
    samples::{SampleKind, SampleSource},
};
use bellwether_language::words;
use bellwether_networks::Network;

use crate::posts::model::Status;

/// Of the words of two texts, the share in common below which one is a rewriting of the other.
const MUCH: f64 = 0.8;

/// Where a draft stands.
pub(super) struct Stand<'a> {
    pub(super) status: Status,
    /// Thumb down, none, up.
    pub(super) feedback: i16,
    /// The text.
    pub(super) text: &'a str,
    /// What was written first, where people changed it.
    pub(super) original: Option<&'a str>,
    pub(super) network: Network,
}

/// What a draft teaches as it stands; none when it teaches nothing new: put away, it keeps what it taught.
pub(super) fn lessons(stand: &Stand<'_>) -> Option<Vec<Lesson>> {
    use SampleKind::{Other, Own};
    let lesson = |kind, source, weight, text: &str| Lesson {
        kind,
        source,
        weight,
        text: text.to_owned(),
        network: Some(stand.network),
    };
    let stands = match stand.status {
        Status::Archived => return None,
        Status::Rejected => return Some(vec![lesson(Other, SampleSource::Rejection, 1.0, against(stand))]),
        Status::Approved | Status::Published => true,
        Status::Pending => false,
    };
    if !stands && stand.feedback < 0 {
        return Some(vec![lesson(Other, SampleSource::Rejection, 1.0, against(stand))]);
    }
    if let Some(original) = stand.original {
        // what somebody took the trouble to write says most
        let mut taught = vec![lesson(Own, SampleSource::Edit, 2.0, stand.text)];
        if in_common(original, stand.text) < MUCH {
            taught.push(lesson(Other, SampleSource::Edit, 1.0, original));
        }
        return Some(taught);
    }
    Some(match (stands, stand.feedback) {
        (true, _) => vec![lesson(Own, SampleSource::Approval, 1.5, stand.text)],
        (false, 1) => vec![lesson(Own, SampleSource::Approval, 1.0, stand.text)],
        (false, _) => Vec::new(),
    })
}

/// What a rejection speaks against: what was written first, never what a person made of it. Whatever is wrong with that,
/// it is in somebody's own words.
fn against<'a>(stand: &Stand<'a>) -> &'a str {
    stand.original.unwrap_or(stand.text)
}

/// Twice the words in common over all words of both (Dice 1945), 0 to 1.
fn in_common(one: &str, other: &str) -> f64 {
    let mut counts: HashMap<String, i64> = HashMap::new();
    let (mut all, mut common) = (0_u32, 0_u32);
    for word in words(one) {
        *counts.entry(word.to_lowercase()).or_default() += 1;
        all += 1;
    }
    for word in words(other) {
        all += 1;
        if let Some(count) = counts.get_mut(&word.to_lowercase())
            && *count > 0
        {
            *count -= 1;
            common += 1;
        }
    }
    f64::from(2 * common) / f64::from(all.max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stand<'a>(status: Status, feedback: i16, text: &'a str, original: Option<&'a str>) -> Stand<'a> {
        Stand { status, feedback, text, original, network: Network::X }
    }

    fn told(stand: &Stand<'_>) -> Vec<(SampleKind, SampleSource, f32)> {
        let lessons = lessons(stand).unwrap_or_default();
        lessons.iter().map(|lesson| (lesson.kind, lesson.source, lesson.weight)).collect()
    }

    #[test]
    fn decisions_become_samples_and_counter_samples() {
        use SampleKind::{Other, Own};
        use SampleSource::{Approval, Edit, Rejection};
        let text = "We open at seven, and the bread is warm.";
        assert_eq!(told(&stand(Status::Pending, 0, text, None)), []);
        assert_eq!(told(&stand(Status::Approved, 0, text, None)), [(Own, Approval, 1.5)]);
        assert_eq!(told(&stand(Status::Pending, 1, text, None)), [(Own, Approval, 1.0)]);
        assert_eq!(told(&stand(Status::Pending, -1, text, None)), [(Other, Rejection, 1.0)]);
        assert_eq!(told(&stand(Status::Approved, -1, text, None)), [(Own, Approval, 1.5)]);
        assert_eq!(told(&stand(Status::Rejected, 1, text, None)), [(Other, Rejection, 1.0)]);
        assert_eq!(lessons(&stand(Status::Archived, 0, text, None)), None);
        let little = "We open at seven and the bread is still warm.";
        assert_eq!(told(&stand(Status::Pending, 0, text, Some(little))), [(Own, Edit, 2.0)]);
        let much = "Unlock the power of artisanal freshness today!";
        assert_eq!(
            told(&stand(Status::Approved, 0, text, Some(much))),
            [(Own, Edit, 2.0), (Other, Edit, 1.0)]
        );
    }

    #[test]
    fn what_a_person_wrote_is_never_held_against_the_voice() {
        let (mine, original) = ("I closed at six, and I was glad.", "Unlock the power of early closing!");
        for (status, feedback) in [(Status::Rejected, 0), (Status::Rejected, -1), (Status::Pending, -1)] {
            let taught = lessons(&stand(status, feedback, mine, Some(original))).unwrap_or_default();
            let told: Vec<(SampleKind, &str)> =
                taught.iter().map(|lesson| (lesson.kind, lesson.text.as_str())).collect();
            assert_eq!(told, [(SampleKind::Other, original)]);
        }
    }

    #[test]
    fn what_is_in_common_is_a_share() {
        let (one, other) = ("one two three four", "One two, three FOUR!");
        assert!((in_common(one, other) - 1.0).abs() < 1e-9);
        assert!(in_common(one, "five six") < 1e-9);
        assert!(in_common("", "").abs() < 1e-9);
    }
}
