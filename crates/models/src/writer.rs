//! The one seam between those who want a text and those who write one: the built-in writer and the language models.

use std::{collections::BTreeMap, sync::Arc};

use async_trait::async_trait;
use bellwether_kernel::{Kind, Problem, money::MicroUsd};
use bellwether_networks::{Content, Network, Target, Tone};
use serde::{Deserialize, Serialize};

use crate::{
    analysis::Analysis,
    meter::{Meter, Refusal},
    voice::VoiceEar,
};

/// The text that a draft is made from.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Document {
    /// Plain text, cleaned of markup; paragraphs are parted by an empty line.
    pub text: String,
    /// Its title, when it has one.
    pub title: Option<String>,
    /// Where it was found; writers may put it where the network shows links.
    pub source_url: Option<String>,
    /// Its language as an ISO 639-1 code (`en`, `de`), when it could be told. What is written is in this language.
    pub language: Option<String>,
    /// The author's own tags or keywords for it.
    #[serde(default)]
    pub tags: Vec<String>,
    /// Who says what of it, when it is put together from what others say: writers name each whose words they take.
    #[serde(default)]
    pub reported: Option<Reported>,
}

/// What several sources say of one thing.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct Reported {
    /// The thing, in a few words.
    pub about: String,
    /// In the order in which they stand in the text.
    pub sources: Vec<Report>,
}

/// What one of them says.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Report {
    /// Who.
    pub name: String,
    /// The headline.
    pub title: String,
    /// Where it can be read.
    pub url: String,
    /// The words as they stand in the text; empty where only the headline is known.
    pub text: String,
}

/// What is known about the one who speaks.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct BrandNotes {
    /// As readers know it.
    pub name: Option<String>,
    /// How it speaks, one note each: “short sentences”, “never says leverage”.
    pub voice: Vec<String>,
    /// Whom it speaks to.
    pub audience: Option<String>,
    /// Words that it never uses.
    #[serde(default)]
    pub avoid: Vec<String>,
    /// What it is and does, one note each: “industry: furniture”.
    #[serde(default)]
    pub about: Vec<String>,
    /// What it speaks about.
    #[serde(default)]
    pub topics: Vec<String>,
    /// What readers may be asked to do, the most wanted first.
    #[serde(default)]
    pub calls_to_action: Vec<String>,
    /// Drafts carry no hashtags but those that are asked for by name.
    #[serde(default)]
    pub no_hashtags: bool,
    /// What to mind on a network.
    #[serde(default)]
    pub networks: BTreeMap<Network, String>,
    /// What it knows and writers may cite beside the document.
    #[serde(default)]
    pub citations: Vec<Citation>,
}

/// Something that may be cited.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Citation {
    /// What is known.
    pub text: String,
    /// Where it is from, in words.
    pub source: Option<String>,
    /// Where it can be read.
    pub url: Option<String>,
}

/// Everything that a writer is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Brief {
    /// What to write from. Nothing may be claimed that isn't in it.
    pub document: Document,
    /// For which network and content type.
    pub target: Target,
    /// The stance towards the reader.
    pub tone: Tone,
    /// What the person asked for in their own words.
    pub instructions: Option<String>,
    /// Who speaks.
    pub brand: BrandNotes,
    /// What is already known about the document; a writer that needs it and doesn't get it works it out itself.
    pub analysis: Option<Analysis>,
    /// In whose voice, when one is trained.
    pub voice: Option<Arc<VoiceEar>>,
    /// 0 for the first draft; each higher number asks for another one of the same brief.
    pub variation: u32,
}

/// Tokens in and out, as the provider counted them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Usage {
    /// Read by the model.
    pub input_tokens: u64,
    /// Written by the model, its thinking included.
    pub output_tokens: u64,
}

impl std::ops::Add for Usage {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self {
            input_tokens: self.input_tokens.saturating_add(other.input_tokens),
            output_tokens: self.output_tokens.saturating_add(other.output_tokens),
        }
    }
}

/// Where a piece of what was written comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Origin {
    /// From the document: the bytes `start..end` of [`Document::text`].
    Input {
        /// First byte.
        start: usize,
        /// One past the last byte.
        end: usize,
    },
    /// From the document's title, its address, the brand's name or the person's instructions.
    Brief,
    // also what an author adds to most of their texts, an emoji, a greeting, a last line: `voice/…`
    /// A declared phrase of the built-in writer.
    Pattern {
        /// The phrase's stable name.
        id: String,
    },
}

/// One piece of what was written and its origin.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Trace {
    /// Which published text: a JSON pointer without leading slash, such as `thread/2`.
    pub path: String,
    // where a voice was asked for, its contractions, marks and line breaks may be the author's
    /// The piece as it stands there.
    pub text: String,
    /// Where it comes from.
    pub origin: Origin,
}

/// What a writer hands back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// The text in the target's shape.
    pub content: Content,
    /// Who wrote: a provider's name in the configuration, or `builtin`.
    pub provider: String,
    /// Which model, or the built-in writer's version.
    pub model: String,
    /// The prompt's name and version, such as `write/3`; for the built-in writer that of its patterns.
    pub prompt: String,
    /// Over all attempts, also those of providers that failed before.
    pub usage: Usage,
    /// Over all attempts; `None` when the price of any of them is unknown.
    pub cost: Option<MicroUsd>,
    /// From the brief to this, waiting included.
    pub milliseconds: u64,
    /// Calls made, repairs and retries included; 1 for the built-in writer.
    pub attempts: u32,
    /// What the reader of the draft should know: what was repaired, what still breaks a rule, who wrote instead.
    pub notes: Vec<String>,
    /// For the built-in writer every sentence; for models the facts that the guard found in the document.
    pub trace: Vec<Trace>,
}

/// Why nothing was written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WriteError {
    /// There is too little to write from.
    #[error("the text is too short to write from: {0}")]
    NothingToWrite(String),
    /// The meter refused the call.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The provider could not be reached, was too slow, too busy or broken; trying later may help.
    #[error("the model “{provider}” did not answer: {reason}")]
    Unavailable {
        /// The provider's name in the configuration.
        provider: String,
        /// What happened, without secrets and without what was sent.
        reason: String,
        /// Seconds after which trying again makes sense, when the provider said so.
        retry_after: Option<u64>,
    },
    /// The provider refuses us: a wrong key, an unknown model, a request that it can't read. Trying again won't help.
    #[error("the model “{provider}” refused the request: {reason}")]
    Rejected {
        /// The provider's name in the configuration.
        provider: String,
        /// What it said, shortened.
        reason: String,
    },
    /// It answered, but with nothing that could be used even after the repair.
    #[error("the model “{provider}” gave no usable answer: {reason}")]
    Unusable {
        /// The provider's name in the configuration.
        provider: String,
        /// What was wrong with the answer.
        reason: String,
    },
    /// No writer of that name is configured.
    #[error("there is no model “{0}” in the configuration")]
    UnknownModel(String),
}

impl WriteError {
    /// Stable code for the API and the meter.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NothingToWrite(_) => "nothing_to_write",
            Self::Refused(refusal) => refusal.code(),
            Self::Unavailable { .. } => "model_unavailable",
            Self::Rejected { .. } => "model_rejected",
            Self::Unusable { .. } => "model_unusable",
            Self::UnknownModel(_) => "unknown_model",
        }
    }

    /// Whether the same brief may succeed later without anybody changing anything.
    pub const fn is_passing(&self) -> bool {
        matches!(self, Self::Unavailable { .. } | Self::Refused(Refusal::Unavailable(_)))
    }
}

impl From<WriteError> for Problem {
    fn from(error: WriteError) -> Self {
        let kind = match &error {
            WriteError::NothingToWrite(_) | WriteError::UnknownModel(_) => Kind::Invalid,
            WriteError::Refused(Refusal::Cap(_)) => Kind::PaymentRequired,
            WriteError::Refused(Refusal::Unavailable(_)) | WriteError::Unavailable { .. } => {
                Kind::Unavailable
            }
            WriteError::Rejected { .. } | WriteError::Unusable { .. } => Kind::Upstream,
        };
        let problem = Self::new(kind, error.code(), error.to_string());
        match error {
            WriteError::Unavailable { retry_after: Some(seconds), .. } => problem.retry_after(seconds),
            _ => problem,
        }
    }
}

/// What happens while a text is written, for a progress display.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Step {
    /// A call begins.
    Asking {
        /// Whom.
        provider: String,
        /// Which model.
        model: String,
        /// Which call this is, from 1.
        attempt: u32,
    },
    /// More of the answer came in.
    Receiving {
        /// Characters so far.
        characters: usize,
    },
    /// A call failed in passing; another follows.
    Waiting {
        /// Why.
        reason: String,
        /// For how long.
        milliseconds: u64,
    },
    /// The answer had faults; the model is told which.
    Repairing {
        /// How many.
        issues: usize,
    },
    /// This one gives up; the next in the order is asked.
    FallingBack {
        /// Who gave up.
        from: String,
        /// Who is asked next.
        to: String,
        /// Why.
        reason: String,
    },
}

/// Hears what happens. Called from within the work: must return at once.
pub trait Progress: Send + Sync {
    /// Something happened.
    fn step(&self, step: Step);

    /// The answer as far as it came in: unfinished, of the answer's own form (JSON), unchecked.
    fn text(&self, _so_far: &str) {}
}

/// Nobody listens.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Progress for Silent {
    fn step(&self, _: Step) {}
}

/// Writes one text for one target.
#[async_trait]
pub trait Writer: Send + Sync {
    /// Name in the configuration; `builtin` for the built-in writer.
    fn name(&self) -> &str;

    /// What a cache key needs to know of the writer: its model and prompt, so that a new version writes anew.
    fn version(&self) -> String;

    /// Writes. Dropping the future stops the work; a call under way is then told to the meter as cancelled.
    async fn write(
        &self,
        brief: &Brief,
        meter: &dyn Meter,
        progress: &dyn Progress,
    ) -> Result<Written, WriteError>;
}
