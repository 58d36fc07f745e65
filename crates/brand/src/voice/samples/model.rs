//! What is known of a sample. Pure.

use std::collections::BTreeMap;

use bellwether_kernel::hex;
use bellwether_language::{Language, count_words};
use bellwether_networks::Network;
use bellwether_voice::{FEATURES, Style, quality};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use strum::VariantArray as _;
use utoipa::ToSchema;

/// The longest text, in characters.
pub const LONGEST: usize = 40_000;
/// Refused texts that an answer names; the rest are counted.
const NAMED: usize = 20;
/// Numbers of engagement kept with a text.
const NUMBERS: usize = 20;

/// Whose text it is.
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
pub enum SampleKind {
    /// The brand's own.
    Own,
    /// Somebody else's, to compare with.
    Other,
}

/// How a sample came.
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
    strum::VariantArray,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum SampleSource {
    /// Pasted.
    Paste,
    /// From a file.
    Upload,
    /// From a post, by hand.
    Post,
    /// From the posts of a connected account.
    Account,
    /// A draft that a person changed: as they left it, or as it was before when they changed much.
    Edit,
    /// A draft that was approved or liked as it was.
    Approval,
    /// A draft that was rejected or disliked.
    Rejection,
}

impl SampleSource {
    /// Whether samples of it are the texts of posts, drafts among them: whoever may not read posts may not read these.
    pub const fn is_of_posts(self) -> bool {
        match self {
            Self::Post | Self::Edit | Self::Approval | Self::Rejection => true,
            // what an account gives back was published
            Self::Paste | Self::Upload | Self::Account => false,
        }
    }

    /// The sources that somebody may read, as the database writes them.
    pub(crate) fn readable(posts: bool) -> Vec<String> {
        Self::VARIANTS
            .iter()
            .filter(|source| posts || !source.is_of_posts())
            .map(|source| <&str>::from(*source).to_owned())
            .collect()
    }
}

/// A text given.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSample {
    /// Up to 40,000 characters.
    pub text: String,
    /// Where it was published.
    #[serde(default)]
    pub network: Option<Network>,
    /// When.
    #[serde(default)]
    pub published_at: Option<DateTime<Utc>>,
    /// As the network counts: likes, replies …
    #[serde(default)]
    pub engagement: BTreeMap<String, i64>,
}

/// A text that was not taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RefusedSample {
    /// Where it stood: `samples/3`, `line 12`, `tweets.js item 3`.
    pub place: String,
    /// Why not, in words.
    pub reason: String,
}

/// What became of texts given at once.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct SamplesImported {
    /// Samples that are new.
    pub added: usize,
    /// Texts that were there already, in the brand or earlier in the same request.
    pub repeated: usize,
    /// Texts that were not taken: the first 20.
    pub refused: Vec<RefusedSample>,
    /// How many more were not taken.
    pub more_refused: usize,
}

impl SamplesImported {
    /// With what became of further texts.
    #[must_use]
    pub fn and(mut self, more: Self) -> Self {
        self.added += more.added;
        self.repeated += more.repeated;
        self.more_refused += more.more_refused;
        for refused in more.refused {
            self.refuse(refused.place, refused.reason);
        }
        self
    }

    /// Notes a text that was not taken.
    pub(crate) fn refuse(&mut self, place: impl Into<String>, reason: impl Into<String>) {
        if self.refused.len() < NAMED {
            self.refused.push(RefusedSample { place: place.into(), reason: reason.into() });
        } else {
            self.more_refused += 1;
        }
    }
}

/// A text with everything that is worked out of it, ready to be kept.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Ready {
    pub(crate) content: String,
    /// SHA-256 as PostgreSQL reads it: `\x…`.
    pub(crate) content_hash: String,
    pub(crate) network: Option<&'static str>,
    pub(crate) words: i32,
    pub(crate) language: Option<String>,
    pub(crate) quality: i16,
    pub(crate) reasons: Vec<String>,
    pub(crate) features: BTreeMap<&'static str, f32>,
    pub(crate) engagement: BTreeMap<String, i64>,
    pub(crate) published_at: Option<DateTime<Utc>>,
    /// Where it stood, to name it when there is no room for it.
    #[serde(skip)]
    pub(crate) place: String,
}

impl Ready {
    /// Works a text out; the reason when it can't be taken. Takes about a millisecond for a long post.
    pub(crate) fn of(sample: NewSample, place: String) -> Result<Self, (String, String)> {
        let content = clean(&sample.text);
        let Some(hash) = fingerprint(&content) else {
            return Err((place, "There are no words in it.".to_owned()));
        };
        if content.chars().count() > LONGEST {
            return Err((place, "It is longer than 40,000 characters; give its parts.".to_owned()));
        }
        let language = Language::detect(&content);
        let measured = quality(&content, language);
        let style = Style::of(&content, language);
        let features =
            FEATURES.iter().zip(&style.0).map(|(feature, value)| (feature.name, short(*value))).collect();
        let engagement = sample
            .engagement
            .into_iter()
            .filter(|(name, _)| !name.is_empty() && name.chars().count() <= 60 && !name.contains('\0'))
            .take(NUMBERS)
            .collect();
        Ok(Self {
            words: i32::try_from(count_words(&content)).unwrap_or(i32::MAX),
            content,
            content_hash: written(&hash),
            network: sample.network.map(Network::as_str),
            language: (language != Language::UNKNOWN).then(|| language.code().to_owned()),
            quality: i16::try_from(measured.score).unwrap_or(100).clamp(0, 100),
            reasons: measured.reasons,
            features,
            engagement,
            published_at: sample.published_at,
            place,
        })
    }
}

/// Works texts out; those that can't be taken and those that are there twice are noted.
pub(crate) fn ready(samples: Vec<(String, NewSample)>, imported: &mut SamplesImported) -> Vec<Ready> {
    let mut known = std::collections::HashSet::new();
    let mut taken = Vec::with_capacity(samples.len());
    for (place, sample) in samples {
        // told by the hash before the text is measured, which takes longer
        let hash = fingerprint(&clean(&sample.text));
        if hash.is_some_and(|hash| !known.insert(hash)) {
            imported.repeated += 1;
            continue;
        }
        match Ready::of(sample, place) {
            Ok(ready) => taken.push(ready),
            Err((place, reason)) => imported.refuse(place, reason),
        }
    }
    taken
}

/// Without what the database can't keep and nobody sees, and without the times of a script, which nobody says.
fn clean(text: &str) -> String {
    let text = text.replace("\r\n", "\n");
    let text: String = text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect();
    let lines: Vec<&str> = text.trim().lines().map(without_time).collect();
    lines.join("\n").trim().to_owned()
}

/// A line without `[1:05]` or `[1:02:05]` before it.
fn without_time(line: &str) -> &str {
    let Some((time, rest)) = line.trim_start().strip_prefix('[').and_then(|line| line.split_once(']')) else {
        return line;
    };
    let parts: Vec<&str> = time.split(':').collect();
    let number = |part: &&str| matches!(part.len(), 1..=2) && part.bytes().all(|byte| byte.is_ascii_digit());
    if matches!(parts.len(), 2 | 3) && parts.iter().all(number) { rest.trim_start() } else { line }
}

/// SHA-256 of the letters and digits in lower case: what makes two texts the same; none when there are none.
pub(crate) fn fingerprint(text: &str) -> Option<[u8; 32]> {
    let plain: String = text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    (!plain.is_empty()).then(|| Sha256::digest(plain).into())
}

/// The fingerprint of a text as it will be kept, as PostgreSQL reads it.
pub(crate) fn hash_of(text: &str) -> Option<String> {
    fingerprint(&clean(text)).map(|hash| written(&hash))
}

fn written(hash: &[u8]) -> String {
    format!("\\x{}", hex(hash))
}

/// With four digits: more is chance.
fn short(value: f32) -> f32 {
    (value * 10_000.0).round() / 10_000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(text: &str) -> NewSample {
        NewSample { text: text.to_owned(), ..NewSample::default() }
    }

    #[test]
    fn the_texts_of_posts_are_for_those_who_may_read_posts() {
        assert_eq!(SampleSource::readable(false), ["paste", "upload", "account"]);
        assert_eq!(SampleSource::readable(true).len(), 7);
    }

    #[test]
    fn a_text_counts_once_whatever_its_case_and_spaces() {
        let texts =
            ["Good morning, oven!", "good  morning oven", "  Good\r\nmorning: OVEN ", "Good night.", "…"];
        let numbered =
            texts.iter().enumerate().map(|(i, text)| (format!("samples/{i}"), given(text))).collect();
        let mut imported = SamplesImported::default();
        let taken = ready(numbered, &mut imported);
        assert_eq!((taken.len(), imported.repeated, imported.refused.len()), (2, 2, 1));
        assert_eq!(imported.refused[0].place, "samples/4");
        assert_eq!(taken[0].content, "Good morning, oven!");
        assert!(taken[0].content_hash.starts_with("\\x") && taken[0].content_hash.len() == 66);
    }

    #[test]
    fn the_times_of_a_script_are_no_words() {
        let script =
            "[0:00] An apprentice is a person.\n\n  [1:02:05] She learns.\n[sic] as it was [0:10] said";
        let taken = Ready::of(given(script), String::new()).unwrap();
        assert_eq!(taken.content, "An apprentice is a person.\n\nShe learns.\n[sic] as it was [0:10] said");
        assert!(Ready::of(given("[0:00]"), String::new()).is_err(), "nothing is left of it");
    }

    #[test]
    fn what_can_not_be_kept_is_left_out_or_refused() {
        let taken = Ready::of(given("One\u{0}two\u{7} three"), String::new()).unwrap();
        assert_eq!(taken.content, "Onetwo three");
        assert!(Ready::of(given(&"word ".repeat(9000)), "line 2".into()).is_err());
        let mut imported = SamplesImported::default();
        for _ in 0..25 {
            imported.refuse("x", "y");
        }
        assert_eq!((imported.refused.len(), imported.more_refused), (20, 5));
    }
}
