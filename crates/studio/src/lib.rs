//! Any text, file or page becomes drafts for every network; drafts are edited, reviewed and kept in versions.
//!
//! Owns `studio.generations`, `outputs`, `posts`, `versions`, `media`, `uploads`, `renditions`, `post_media`, `card_styles` and
//! `archive.generations`.
//!
//! Writes the events `generation.started`, `generation.analysed`, `generation.output_completed`,
//! `generation.output_failed`, `generation.completed`, `generation.failed`, `generation.deleted`,
//! `generation.restored`, `post.created`, `post.updated`, `post.regenerating`, `post.regenerated`,
//! `post.regeneration_failed`, `post.approved`, `post.rejected`, `post.reopened`, `post.archived`, `post.deleted`,
//! `post.restored`, `post.feedback`, `media.created`, `media.updated`, `media.deleted`, `media.restored`, `media.purged`, `card_style.updated`;
//! hears its own decisions on posts, from which the brand's voice learns. While a draft is written, open streams are told of it in passing by
//! `generation.output_progress` and `post.progress`, which are in no log.

pub mod clients;
mod error;
pub mod generations;
pub mod media;
pub mod posts;
mod progress;
pub mod rules;
pub mod today;
mod trends;
pub mod voice;
pub mod writing;

use std::{ops::Deref, sync::Arc};

use bellwether_billing::Billing;
use bellwether_brand::Brands;
use bellwether_kernel::{Clock, Rng};
use bellwether_operations::Operations;
use bellwether_store::Store;
use bellwether_trends::Trends;

pub use error::Error;
pub use generations::jobs::{Generate, Retain};
pub use media::{Files, Library, MediaConfig, jobs::RetainMedia};
pub use posts::{ImportPost, KeepReviews, PastPosts, jobs::Regenerate};
pub use trends::StatesOfPosts;
pub use voice::LearnVoice;
pub use writing::Writing;

/// The facade of this context. Cheap to clone: every request does.
#[derive(Clone)]
pub struct Studio(Arc<StudioParts>);

/// The parts of [`Studio`].
#[derive(Clone)]
pub struct StudioParts {
    pub(crate) store: Store,
    pub(crate) clock: Clock,
    pub(crate) rng: Rng,
    pub(crate) brands: Brands,
    pub(crate) billing: Billing,
    pub(crate) operations: Operations,
    pub(crate) writing: Writing,
    pub(crate) library: Library,
    pub(crate) reviews: Option<Arc<dyn KeepReviews>>,
    pub(crate) trends: Option<Trends>,
}

impl Studio {
    /// Wires the context.
    #[expect(clippy::too_many_arguments, reason = "the parts of the context, each of another type")]
    pub fn new(
        store: Store,
        clock: Clock,
        rng: Rng,
        brands: Brands,
        billing: Billing,
        operations: Operations,
        writing: Writing,
        library: Library,
    ) -> Self {
        Self(Arc::new(StudioParts {
            store,
            clock,
            rng,
            brands,
            billing,
            operations,
            writing,
            library,
            reviews: None,
            trends: None,
        }))
    }

    /// The same, with somebody who keeps what reviewers say.
    #[must_use]
    pub fn with_reviews(mut self, reviews: Arc<dyn KeepReviews>) -> Self {
        Arc::make_mut(&mut self.0).reviews = Some(reviews);
        self
    }

    /// The same, with the trends of which drafts are made.
    #[must_use]
    pub fn with_trends(mut self, trends: Trends) -> Self {
        Arc::make_mut(&mut self.0).trends = Some(trends);
        self
    }

    /// The routes of this context.
    pub fn routes(&self) -> bellwether_web::Api {
        bellwether_web::Api::new()
            .merge(generations::http::routes())
            .merge(posts::http::routes())
            .merge(media::http::routes())
            .merge(media::cards::http::routes())
            .merge(today::routes())
            .merge(trends::routes())
            .merge(rules::routes())
            .layer(axum::Extension(self.clone()))
    }
}

impl Deref for Studio {
    type Target = StudioParts;

    fn deref(&self) -> &StudioParts {
        &self.0
    }
}
