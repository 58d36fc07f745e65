//! Telling whether a post that was read back is the one that was sent.

use bellwether_kernel::Timestamp;
use chrono::Duration;
use unicode_normalization::UnicodeNormalization as _;

use super::{Publisher, Recent, Seen};

/// How far a network's clock may differ from ours.
const CLOCKS_DIFFER: Duration = Duration::minutes(2);

/// What a piece is recognised by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fingerprint {
    /// Its text, normalised.
    pub text: String,
    /// How many media it has.
    pub media: usize,
    /// When the attempt began: no post before is it.
    pub since: Timestamp,
    /// The network's id of the piece that it answers.
    pub answers: Option<String>,
    /// Ids that belong to other publications of ours: the same text may have been published on purpose twice.
    pub taken: Vec<String>,
}

/// The post that a fingerprint fits. The oldest of several: each is given to one publication only.
pub fn find<'r>(
    publisher: &dyn Publisher,
    fingerprint: &Fingerprint,
    recent: &'r Recent,
) -> Option<&'r Seen> {
    recent
        .posts
        .iter()
        .filter(|seen| seen.at >= fingerprint.since - CLOCKS_DIFFER)
        .filter(|seen| !fingerprint.taken.contains(&seen.posted.id))
        .filter(|seen| seen.media.is_none_or(|media| media == fingerprint.media))
        .filter(|seen| match (&fingerprint.answers, &seen.answers) {
            (Some(wanted), Some(found)) => wanted == found,
            // networks that don't tell what a post answers
            (_, None) => true,
            (None, Some(_)) => false,
        })
        .filter(|seen| same_text(&fingerprint.text, &publisher.normalise(&seen.text)))
        .min_by_key(|seen| seen.at)
}

/// Networks cut long texts short in lists, ending them with an ellipsis.
fn same_text(sent: &str, shown: &str) -> bool {
    if sent == shown {
        return true;
    }
    let cut = shown.trim_end_matches('…').trim_end_matches("...").trim_end();
    cut.len() < shown.len() && cut.chars().count() >= 40 && sent.starts_with(cut)
}

/// Compatible characters made one, links left out (networks shorten them), spaces run together.
pub fn normalised(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let text: String = text.nfc().collect();
    for word in text.split_whitespace() {
        if word.contains("://") || word.starts_with("t.co/") {
            continue;
        }
        if !out.is_empty() {
            out.push(' ');
        }
        // invisible marks that networks take out
        out.extend(word.chars().filter(|c| !matches!(c, '\u{200b}' | '\u{feff}' | '\u{2060}')));
    }
    out
}
