//! Types and pure rules of generations.

use bellwether_brand::VoiceModelId;
use bellwether_kernel::Problem;
use bellwether_models::BrandNotes;
use bellwether_networks::{Network, Target, Tone};
use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use utoipa::ToSchema;

/// The most targets of one generation.
pub const MAX_TARGETS: usize = 24;
/// The longest instructions, in characters.
pub const MAX_INSTRUCTIONS: usize = 1000;

/// Where a generation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum GenerationStatus {
    /// Waits for a worker.
    Pending,
    /// Is being written.
    Running,
    /// Every output was written.
    Completed,
    /// Some outputs were written, some failed.
    Partial,
    /// Nothing was written.
    Failed,
}

impl GenerationStatus {
    /// As the database writes it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Running => "running",
            Self::Completed => "completed",
            Self::Partial => "partial",
            Self::Failed => "failed",
        }
    }

    /// How a generation ends whose outputs ended so.
    pub const fn of(completed: usize, failed: usize) -> Self {
        match (completed, failed) {
            (0, _) => Self::Failed,
            (_, 0) => Self::Completed,
            _ => Self::Partial,
        }
    }
}

/// Reads what was asked for: targets (`x.thread`) and networks (`linkedin`, its default target), without doubles, in
/// the order asked. Faults are told by place.
pub fn read_targets(asked: &[String]) -> Result<Vec<Target>, Problem> {
    let mut targets = Vec::new();
    let mut problem: Option<Problem> = None;
    let mut fault = |index: usize, code: &str, message: String| {
        let path = format!("targets/{index}");
        problem = Some(match problem.take() {
            None => Problem::invalid(path, code, message),
            Some(problem) => problem.at(path, code, message),
        });
    };
    for (index, text) in asked.iter().enumerate() {
        match Target::parse(text) {
            Some(target) if targets.contains(&target) => {}
            Some(target) => targets.push(target),
            None => fault(index, "unknown_target", unknown_target(text)),
        }
    }
    if let Some(problem) = problem {
        return Err(problem);
    }
    if targets.is_empty() {
        return Err(Problem::invalid(
            "targets",
            "empty",
            "Name at least one network or target, e.g. x.thread.",
        ));
    }
    if targets.len() > MAX_TARGETS {
        return Err(Problem::invalid("targets", "too_many", format!("Name at most {MAX_TARGETS} targets.")));
    }
    Ok(targets)
}

/// Says what there is instead of a target that there isn't.
pub fn unknown_target(text: &str) -> String {
    let shown: String = text.chars().take(40).collect();
    let network = text.split('.').next().unwrap_or_default();
    if let Some(network) = Network::parse(network) {
        let targets: Vec<&str> = network.targets().map(Target::as_str).collect();
        return format!("`{shown}` is unknown; {} has {}.", network.name(), targets.join(", "));
    }
    let networks: Vec<&str> = Network::ALL.iter().map(|network| network.as_str()).collect();
    format!("`{shown}` is unknown; the networks are {}.", networks.join(", "))
}

/// Instructions in the person's own words: at most so long.
pub fn check_instructions(instructions: Option<&str>) -> Result<(), Problem> {
    if instructions.is_some_and(|text| text.chars().count() > MAX_INSTRUCTIONS) {
        let message = format!("Use at most {MAX_INSTRUCTIONS} characters.");
        return Err(Problem::invalid("instructions", "too_long", message));
    }
    Ok(())
}

/// Furthest that a generation can be planned ahead, in days.
const MAX_DAYS_AHEAD: i64 = 31;

/// Whether writing can begin then.
pub fn check_start(at: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Result<(), Problem> {
    match at {
        Some(at) if at <= now => {
            Err(Problem::invalid("starts_at", "past", "That time is past. Leave it out to write at once."))
        }
        Some(at) if at > now + Duration::days(MAX_DAYS_AHEAD) => {
            let message = format!("Choose a time within {MAX_DAYS_AHEAD} days.");
            Err(Problem::invalid("starts_at", "too_far", message))
        }
        _ => Ok(()),
    }
}

/// Everything that a generation's outcome hangs on.
#[derive(Debug, Clone, Serialize)]
pub struct CacheKey<'a> {
    /// SHA-256 of the normalised input.
    pub input_hash: &'a str,
    /// The author's own tags, which are not in the text.
    pub tags: &'a [String],
    /// Sorted, so that the order asked makes no difference.
    pub targets: Vec<&'a str>,
    /// Tone.
    pub tone: Tone,
    /// In the person's own words.
    pub instructions: Option<&'a str>,
    /// Which writer with which version.
    pub writer: &'a str,
    /// Who speaks: what writers are told of them.
    pub brand: &'a BrandNotes,
    /// The brand's language.
    pub locale: &'a str,
    /// The versions of its voice, sorted.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub voices: &'a [VoiceModelId],
    /// Where links lead.
    pub source_url: Option<&'a str>,
}

impl CacheKey<'_> {
    /// SHA-256, hex. Two requests with the same key have the same answer.
    pub fn hash(&self) -> String {
        // a struct of strings always serialises
        let json = serde_json::to_vec(self).unwrap_or_default();
        hex(&Sha256::digest(json))
    }
}

/// Lower-case hex.
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(texts: &[&str]) -> Result<Vec<Target>, Problem> {
        read_targets(&texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn networks_stand_for_their_default_and_doubles_are_one() {
        assert_eq!(
            asked(&["x", "x.thread", "linkedin.short"]).unwrap(),
            [Target::XThread, Target::LinkedinShort]
        );
    }

    #[test]
    fn faults_are_told_by_place_with_what_there_is_instead() {
        let problem = asked(&["x", "x.film", "myspace"]).unwrap_err();
        assert_eq!(problem.errors[0].path, "targets/1");
        assert!(problem.errors[0].message.contains("x.post"), "{}", problem.errors[0].message);
        assert_eq!(problem.errors[1].path, "targets/2");
        assert!(problem.errors[1].message.contains("linkedin"));
        assert_eq!(asked(&[]).unwrap_err().errors[0].code, "empty");
    }

    #[test]
    fn how_it_ends() {
        assert_eq!(GenerationStatus::of(3, 0), GenerationStatus::Completed);
        assert_eq!(GenerationStatus::of(2, 1), GenerationStatus::Partial);
        assert_eq!(GenerationStatus::of(0, 3), GenerationStatus::Failed);
    }

    #[test]
    fn every_part_of_the_key_counts() {
        let brand = BrandNotes { name: Some("Ada".into()), ..BrandNotes::default() };
        let key = CacheKey {
            input_hash: "a",
            tags: &[],
            targets: vec!["x.post"],
            tone: Tone::Conversational,
            instructions: None,
            writer: "builtin/1",
            brand: &brand,
            locale: "en",
            voices: &[],
            source_url: None,
        };
        assert_eq!(key.hash(), key.clone().hash());
        assert_eq!(key.hash().len(), 64);
        assert_ne!(key.hash(), CacheKey { tone: Tone::Authority, ..key.clone() }.hash());
        assert_ne!(key.hash(), CacheKey { writer: "builtin/2", ..key.clone() }.hash());
        assert_ne!(key.hash(), CacheKey { tags: &["bread".to_owned()], ..key.clone() }.hash());
        assert_ne!(key.hash(), CacheKey { instructions: Some("short"), ..key.clone() }.hash());
        let voices = [VoiceModelId::from(uuid::Uuid::from_u128(1))];
        assert_ne!(key.hash(), CacheKey { voices: &voices, ..key.clone() }.hash());
        let other = BrandNotes { no_hashtags: true, ..brand.clone() };
        assert_ne!(key.hash(), CacheKey { brand: &other, ..key.clone() }.hash());
    }
}
