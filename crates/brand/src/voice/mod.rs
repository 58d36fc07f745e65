//! How a brand sounds: samples, the models trained from them, and what a model says of a text.
//!
//! A model is trained by a job ([`Train`]), outside of every transaction and off the async threads. One is active per
//! brand and family of networks; it is kept parsed in memory by its id, since a version never changes.

mod account;
mod cache;
pub mod family;
mod http;
mod import;
mod languages;
mod learn;
pub mod models;
mod overview;
pub mod samples;
mod score;

use bellwether_kernel::{Kind, Problem};

pub use account::AccountPost;
pub use cache::KnownVoice;
pub(crate) use cache::Voices;
pub use family::Family;
pub use import::SampleFile;
pub use learn::{Lesson, Measured};
pub use models::{Train, VoiceModelSummary, VoiceModelView};
pub use overview::{FamilyView, VoiceOverview};
pub use score::{ScoreText, ScoreView};

pub(crate) fn routes() -> bellwether_web::Api {
    http::routes().merge(samples::http::routes()).merge(models::http::routes())
}

/// Runs what computes for longer than a moment where it holds nobody up.
pub(crate) async fn off_the_threads<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Problem> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| Problem::new(Kind::Internal, "internal", error.to_string()))
}
