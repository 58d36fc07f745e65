//! What a document says, in the few fields that a person checks at a glance and a writer builds on.

use serde::{Deserialize, Serialize};

/// A document in short.
#[derive(
    Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::ToSchema, schemars::JsonSchema,
)]
#[serde(deny_unknown_fields)]
pub struct Analysis {
    /// The one thing that the document says, in a sentence.
    pub core_message: String,
    /// What supports it, most important first, each a sentence.
    pub key_points: Vec<String>,
    /// What it is about, in a few words.
    pub topic: String,
    /// Whom it is for, in a few words.
    pub audience: String,
    /// ISO 639-1 code of its language.
    pub language: String,
    /// Phrases that it turns on, most important first.
    pub keyphrases: Vec<String>,
}
