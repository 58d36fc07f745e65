//! What the API says of posts, and what is told to it.

use bellwether_brand::VoiceModelId;
use bellwether_kernel::{
    Actor,
    id::{BrandId, GenerationId, OutputId, PostId, UserId, VersionId},
};
use bellwether_networks::{Content, Issue, Network, PathCount, Target, Tone};
use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::{Map, Value, value::RawValue};
use utoipa::ToSchema;

use super::{model::Status, sql};
use crate::{
    media::{UsedMedia, attached::AttachMedia},
    voice::Heard,
};

/// A post.
#[derive(Debug, Serialize, ToSchema)]
pub struct PostView {
    /// Id.
    pub id: PostId,
    /// What it was written by, unless that is gone.
    pub generation_id: Option<GenerationId>,
    /// Network and content type, e.g. `x.thread`.
    #[schema(value_type = Target)]
    pub target: String,
    /// The network.
    #[schema(value_type = Network)]
    pub network: String,
    /// The content type.
    pub content_type: String,
    /// Where it stands.
    #[schema(value_type = Status)]
    pub status: String,
    /// The text.
    #[schema(value_type = Content)]
    pub content: Box<RawValue>,
    /// What the writer wrote, where people changed it.
    #[schema(value_type = Option<Content>)]
    pub original: Option<Box<RawValue>>,
    /// Whether people changed it.
    pub edited: bool,
    /// Thumb down, none, up: -1, 0, 1.
    pub feedback: i16,
    /// For those who review it.
    pub note: String,
    /// Why it was rejected.
    pub rejection_reason: Option<String>,
    /// Another text is being written.
    pub regenerating: bool,
    /// Why the last attempt at another text failed.
    pub regeneration_error: Option<String>,
    /// Its tone.
    #[schema(value_type = Tone)]
    pub tone: String,
    /// What it was made from.
    pub source: Source,
    /// Who wrote it.
    pub writer: WriterView,
    /// Used and allowed length per text, in the network's own counting.
    #[schema(value_type = Vec<PathCount>)]
    pub counts: Box<RawValue>,
    /// What breaks the network's rules or could be better.
    #[schema(value_type = Vec<Issue>)]
    pub issues: Box<RawValue>,
    /// How sure the brand's voice is that the brand wrote it, 0 to 1, as of its last change; absent when there is no voice
    /// or too little text.
    pub voice_confidence: Option<f64>,
    /// Which training of the voice said so: another one may say otherwise.
    pub voice_model_id: Option<VoiceModelId>,
    /// The files that it shows, in order.
    pub media: Vec<UsedMedia>,
    /// What is said below it once it is out.
    pub first_comment: Option<String>,
    /// What was chosen of its network, by the names that the network's rules give.
    #[schema(value_type = Object)]
    pub options: Box<RawValue>,
    /// When it was written.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
    /// For `If-Match`.
    pub version: i32,
}

/// What a post was made from.
#[derive(Debug, Serialize, ToSchema)]
pub struct Source {
    /// Title of the input.
    pub title: Option<String>,
    /// Its address.
    pub url: Option<String>,
}

/// Who wrote.
#[derive(Debug, Serialize, ToSchema)]
pub struct WriterView {
    /// `builtin`, or a provider's name in the configuration.
    pub provider: String,
    /// The model.
    pub model: String,
}

impl From<sql::PostRow> for PostView {
    fn from(row: sql::PostRow) -> Self {
        Self {
            id: row.id,
            generation_id: row.generation_id,
            target: row.target,
            network: row.network,
            content_type: row.content_type,
            status: row.status,
            content: row.content.0,
            original: row.original.map(|original| original.0),
            edited: row.edited,
            feedback: row.feedback,
            note: row.note,
            rejection_reason: row.rejection_reason,
            regenerating: row.regenerating,
            regeneration_error: row.regeneration_error,
            tone: row.tone,
            source: Source { title: row.source_title, url: row.source_url },
            writer: WriterView { provider: row.provider, model: row.model },
            counts: row.counts.0,
            issues: row.issues.0,
            voice_confidence: row.voice_confidence,
            voice_model_id: row.voice_model_id,
            media: row.media.0.into_iter().map(UsedMedia::from).collect(),
            first_comment: row.first_comment,
            options: row.options.0,
            created_at: row.created_at,
            updated_at: row.updated_at,
            version: row.version,
        }
    }
}

/// A kept version of a post.
#[derive(Debug, Serialize, ToSchema)]
pub struct VersionView {
    /// Id.
    pub id: VersionId,
    /// 1 for what was written first.
    pub number: i32,
    /// `generated`, `edited`, `regenerated`, `restored` or `imported`.
    pub reason: String,
    /// The text.
    #[schema(value_type = Content)]
    pub content: Box<RawValue>,
    /// The first comment.
    pub first_comment: Option<String>,
    /// What was chosen of the network.
    #[schema(value_type = Object)]
    pub options: Box<RawValue>,
    /// Who made it.
    #[schema(value_type = Actor)]
    pub actor: Box<RawValue>,
    /// When.
    pub created_at: DateTime<Utc>,
}

/// What a list of posts is narrowed to.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Only of this status.
    pub status: Option<Status>,
    /// Only of this network.
    pub network: Option<Network>,
    /// Only of this generation.
    pub generation: Option<GenerationId>,
    /// Only with these words.
    pub query: Option<String>,
}

/// A change of a post; absent stays.
#[derive(Debug, Clone, Default)]
pub struct PostChange {
    /// The text, whole.
    pub content: Option<Content>,
    /// For those who review it.
    pub note: Option<String>,
    /// The files that it shows, all of them, in order.
    pub media: Option<Vec<AttachMedia>>,
    /// What is said below it once it is out; empty or none inside takes it away.
    pub first_comment: Option<Option<String>>,
    /// What is chosen of its network, all of it.
    pub options: Option<Map<String, Value>>,
}

/// What became of each post of a bulk action.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct BulkResult {
    /// Done.
    pub done: Vec<PostId>,
    /// Not done, and why.
    pub failed: Vec<BulkFailure>,
}

/// A post that a bulk action left as it was.
#[derive(Debug, Serialize, ToSchema)]
pub struct BulkFailure {
    /// Which.
    pub id: PostId,
    /// Stable code.
    pub code: String,
    /// Why.
    pub message: String,
}

/// A post just written.
pub struct NewPost<'a> {
    /// Of which brand.
    pub brand: BrandId,
    /// Written by which generation.
    pub generation: Option<GenerationId>,
    /// As which output.
    pub output: Option<OutputId>,
    /// Asked for by whom.
    pub created_by: Option<UserId>,
    /// For what.
    pub target: Target,
    /// The text.
    pub content: &'a Content,
    /// In which tone.
    pub tone: Tone,
    /// Title of the input.
    pub source_title: Option<&'a str>,
    /// Address of the input.
    pub source_url: Option<&'a str>,
    /// Who wrote it: provider, model, prompt.
    pub writer: (&'a str, &'a str, &'a str),
    /// What the brand's voice said of it.
    pub(crate) voice: Heard,
}
