//! The stance that a text takes towards its reader.

use serde::{Deserialize, Serialize};

/// The four tones that a creator chooses from.
#[derive(
    Debug,
    Clone,
    Copy,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    utoipa::ToSchema,
    schemars::JsonSchema,
    strum::EnumString,
    strum::IntoStaticStr,
    strum::Display,
    strum::VariantArray,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Tone {
    /// Explains, step by step.
    Educational,
    /// Talks as to a friend; the default.
    #[default]
    Conversational,
    /// Takes a side and says so.
    Opinionated,
    /// Speaks from experience and evidence.
    Authority,
}

impl Tone {
    /// Every tone, in the order in which a person sees them.
    pub const ALL: &'static [Self] = <Self as strum::VariantArray>::VARIANTS;

    /// As the API and the database write it.
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// As a person reads it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Educational => "Educational",
            Self::Conversational => "Conversational",
            Self::Opinionated => "Opinionated",
            Self::Authority => "Authority",
        }
    }

    /// What it does to the text, in one line.
    pub const fn description(self) -> &'static str {
        match self {
            Self::Educational => "Explains step by step, defines its terms.",
            Self::Conversational => "Talks as to a friend, asks the reader.",
            Self::Opinionated => "Takes a side and says so.",
            Self::Authority => "Speaks plainly from evidence and numbers.",
        }
    }

    /// Reads what the API and the database write.
    pub fn parse(text: &str) -> Option<Self> {
        text.parse().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_back() {
        for &tone in Tone::ALL {
            assert_eq!(Tone::parse(tone.as_str()), Some(tone));
            assert_eq!(serde_json::to_value(tone).unwrap(), tone.as_str());
        }
        assert_eq!(Tone::parse("loud"), None);
    }
}
