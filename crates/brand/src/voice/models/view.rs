//! What is shown of a version.

use bellwether_voice::{Guide, Validation};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::types::Json;
use utoipa::ToSchema;

use crate::{ids::VoiceModelId, voice::Family};

/// Where a version stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum VoiceModelStatus {
    /// Waits for a worker.
    Pending,
    /// Is being trained.
    Training,
    /// Can be used.
    Completed,
    /// Could not be trained; `failure` says why.
    Failed,
}

/// A version of a brand's voice.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct VoiceModelSummary {
    /// Id.
    pub id: VoiceModelId,
    /// From 1 in its family.
    pub version: i32,
    /// For which networks.
    #[schema(value_type = Family)]
    pub family: String,
    /// Where it stands.
    #[schema(value_type = VoiceModelStatus)]
    pub status: String,
    /// Whether it is the one in use.
    pub active: bool,
    /// The brand's own samples that it learned from.
    pub sample_count: i32,
    /// Texts of others that it was compared with.
    pub other_count: i32,
    /// Words in the samples.
    pub words: i32,
    /// Area under the curve over texts that were held out: 0.5 is chance, 1 is never wrong.
    pub validation_score: Option<f64>,
    /// How it did on texts that were held out.
    #[schema(value_type = Option<ValidationView>)]
    pub validation: Option<Json<ValidationView>>,
    /// The area that the active version before it reaches on texts held out for the comparison, both versions being made
    /// anew without those texts.
    pub before_score: Option<f64>,
    /// The area that this version reaches on the same texts.
    pub after_score: Option<f64>,
    /// Why it could not be trained, in words.
    pub failure: Option<String>,
    /// When the training began.
    pub training_started_at: Option<DateTime<Utc>>,
    /// When it ended.
    pub training_completed_at: Option<DateTime<Utc>>,
    /// When it was asked for.
    pub created_at: DateTime<Utc>,
}

/// How a model did on texts that it was not trained on.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ValidationView {
    /// Area under the curve: 0.5 is chance, 1 is never wrong.
    pub area: f64,
    /// Pieces of the brand's own texts that were held out, each once.
    pub own: usize,
    /// Pieces of others.
    pub others: usize,
    /// Mean confidence in the brand's pieces.
    pub mean_own: f64,
    /// Mean confidence in those of others.
    pub mean_others: f64,
    /// How far confidences are from how often they are right, on average.
    #[serde(default)]
    pub calibration_error: Option<f64>,
}

impl From<&Validation> for ValidationView {
    fn from(found: &Validation) -> Self {
        Self {
            area: rounded(found.area),
            own: found.own,
            others: found.others,
            mean_own: rounded(found.mean_own),
            mean_others: rounded(found.mean_others),
            calibration_error: Some(rounded(found.calibration_error)),
        }
    }
}

/// With four digits: more is chance.
pub(super) fn rounded(value: f32) -> f64 {
    (f64::from(value) * 10_000.0).round() / 10_000.0
}

/// A version with what it says in words.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct VoiceModelView {
    /// In short.
    #[serde(flatten)]
    pub summary: VoiceModelSummary,
    /// What it was trained with, what was left out, why it was not put to use.
    #[schema(value_type = Object)]
    pub config: Value,
    /// The style guide derived from it.
    pub guide: Option<Guide>,
}
