//! models: who writes. One trait ([`writer::Writer`]) behind which the built-in writer and every language model
//! stand, the metering of each call ([`meter::Meter`]), and what keeps a model honest: the schema, the network's
//! rules and the guard of facts.
//!
//! Owns no tables. `operations` implements the meter and keeps `operations.ai_runs`.
//!
//! How a draft comes about: [`Models::writer`] gives the writers in the configured order. A remote one renders its
//! prompt (`prompts/*.md`), asks its provider (admitted by the meter, tried again where that helps, given up where the
//! circuit is open, recorded always), picks the JSON out of the answer, holds it against the schema, the rules of the
//! target and the facts of the source, and asks once more with what was wrong. What is still wrong is said in the
//! notes. When all fail, the built-in writer writes and says so.
//!
//! What texts mean: [`Models::embed`] turns them into vectors, by the model on this machine (crate `embed`) or by a
//! provider, metered as every other call. [`Models::embedding_model`] says which model that is, or why there is none.
//!
//! To add a provider's protocol: a variant of [`config::ProviderKind`], its address, its adapter in `transport.rs`,
//! a section in `docs/models.md`. To change a prompt: a new file with the next version.

pub mod analysis;
mod analyst;
mod angles;
mod backoff;
pub mod builtin;
mod call_error;
mod chain;
mod check;
pub mod circuit;
pub mod config;
mod converse;
pub mod embeddings;
mod facts;
pub mod meter;
mod models;
mod prices;
mod profiler;
mod prompt;
mod provider;
#[cfg(test)]
mod provider_tests;
mod remote;
mod rules;
mod schema;
pub mod secret;
mod tally;
pub mod tokens;
mod transport;
pub mod voice;
pub mod writer;

pub use analysis::Analysis;
pub use analyst::Analysed;
pub use angles::{AngleBrief, AngleIdea, Angled};
pub use builtin::BuiltinWriter;
pub use chain::Chain;
pub use config::{ConfigError, EmbeddingsConfig, EmbeddingsKind, ModelsConfig, ProviderConfig};
pub use embeddings::{EmbedError, EmbeddingModel, Urgency};
pub use meter::{AiRun, CapReached, Estimate, Meter, Purpose, Refusal, RunStatus, Unmetered};
pub use models::{ModelInfo, Models};
pub use profiler::{Extracted, Profiled, WantedField};
pub use voice::VoiceEar;
pub use writer::{
    BrandNotes, Brief, Citation, Document, Origin, Progress, Report, Reported, Silent, Step, Trace, Usage,
    WriteError, Writer, Written,
};

/// The name of the built-in writer wherever a model is named.
pub const BUILTIN: &str = "builtin";

/// The marks around a source: by chance, so that no source can close them.
fn fence(rng: &bellwether_kernel::Rng) -> String {
    let bytes = rng.bytes::<8>();
    format!("{:012x}", u64::from_le_bytes(bytes) >> 16)
}
