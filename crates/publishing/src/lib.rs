//! Out to the networks: every post exactly once and on time.
//!
//! Owns `publishing.connections`, `oauth_states`, `apps`, `schedules`, `slots`, `pauses`, `publications`, `attempts`,
//! `sandbox_posts`, `approval_rules`, `reviews`, `review_links`, `review_link_posts`, `recurrences`, `recurrence_posts`,
//! `occurrences` and `calendar_feeds`; reads `studio.publishable_posts` and `studio.publishable_media`, views that
//! studio publishes for it.
//!
//! Writes the events `connection.created`, `connection.updated`, `connection.trouble`, `connection.deleted`,
//! `connection.posts_taken`, `connection.posts_failed` (in passing, in no log: `connection.posts_progress`),
//! `publication.created`, `publication.updated`, `publication.scheduled`, `publication.held`, `publication.published`,
//! `publication.failed`, `publication.unclear`, `publication.cancelled`, `post.published`, `publishing.paused`,
//! `publishing.resumed`, `schedule.updated`, `approval_rule.created`, `approval_rule.deleted`, `review.commented`,
//! `review.approved`, `review.changes_requested`, `review.resolved`, `review_link.created`, `review_link.opened`,
//! `review_link.revoked`, `recurrence.created`, `recurrence.updated`, `recurrence.paused`, `recurrence.resumed`, `recurrence.stopped`,
//! `calendar_feed.created`, `calendar_feed.revoked`; hears of posts that are approved, changed or taken back, and of brands whose
//! zone changes.
//!
//! Lends a brand's accounts to its sources ([`connections::Listeners`]).
//!
//! How a publication goes out is told in [`dispatch`], what may become of it in [`publications::model`].

pub mod connections;
pub mod dispatch;
mod error;
pub mod feeds;
mod ids;
pub mod publications;
pub mod recurrences;
pub mod reviews;
pub mod sandbox;
pub mod schedule;
pub mod sheets;
pub mod time;
pub mod wire;

use std::{collections::BTreeMap, sync::Arc};

use bellwether_brand::Brands;
use bellwether_jobs::events::{self, NewEvent, Subscriptions};
use bellwether_kernel::{Actor, Clock, RequestContext, Rng, id::BrandId};
use bellwether_networks::publish::{App, Provider, Publisher, Wire};
use bellwether_store::{Store, Tx};
use bellwether_studio::Studio;
use bellwether_vault::Vault;
use serde_json::Value;
use uuid::Uuid;

pub use error::Error;
pub use ids::{
    ApprovalRuleId, AttemptId, CalendarFeedId, ConnectionId, ConsentId, PauseId, PublicationId, RecurrenceId,
    ReviewId, ReviewLinkId, SandboxPostId, ScheduleId, SlotId,
};
pub use publications::PlannedPosts;

/// What publishing needs from outside.
#[derive(Clone)]
pub struct Outside {
    /// The ways out.
    pub publishers: BTreeMap<Provider, Arc<dyn Publisher>>,
    /// What carries their requests.
    pub wire: Arc<dyn Wire>,
    /// Our applications at the networks, by the configuration.
    pub apps: BTreeMap<Provider, App>,
    /// What seals tokens.
    pub vault: Vault,
    /// Where people reach this installation, without a slash at the end.
    pub public_url: String,
    /// How long a worker without a sign of life is believed to be sending.
    pub lease: chrono::Duration,
}

/// The facade of this context. Cheap to clone.
#[derive(Clone)]
pub struct Publishing {
    pub(crate) store: Store,
    pub(crate) clock: Clock,
    pub(crate) rng: Rng,
    pub(crate) brands: Brands,
    pub(crate) studio: Studio,
    pub(crate) outside: Arc<Outside>,
    pub(crate) results: Option<Arc<dyn schedule::Results>>,
}

impl Publishing {
    /// Wires the context.
    pub fn new(
        store: Store,
        clock: Clock,
        rng: Rng,
        brands: Brands,
        studio: Studio,
        outside: Outside,
    ) -> Self {
        Self { store, clock, rng, brands, studio, outside: Arc::new(outside), results: None }
    }

    /// Who knows how posts did on the networks, for suggestions of times.
    #[must_use]
    pub fn with_results(mut self, results: Arc<dyn schedule::Results>) -> Self {
        self.results = Some(results);
        self
    }

    /// The routes of this context.
    pub fn routes(&self) -> bellwether_web::Api {
        connections::http::routes()
            .merge(publications::http::routes())
            .merge(schedule::http::routes())
            .merge(reviews::http::routes())
            .merge(reviews::public_http::routes())
            .merge(sheets::http::routes())
            .merge(recurrences::http::routes())
            .merge(feeds::http::routes())
            .merge(sandbox::http::routes())
            .layer(axum::Extension(self.clone()))
    }

    pub(crate) fn publisher(&self, provider: &str) -> Result<&Arc<dyn Publisher>, Error> {
        Provider::parse(provider)
            .and_then(|provider| self.outside.publishers.get(&provider))
            .ok_or_else(|| error::internal(format!("there is no way out called `{provider}`")))
    }

    pub(crate) async fn record(
        &self,
        tx: &mut impl Tx,
        (organization, brand): (bellwether_kernel::id::OrganizationId, Option<BrandId>),
        kind: &'static str,
        subject: (&'static str, Uuid),
        (before, after): (Option<Value>, Option<Value>),
        (actor, context): (Actor, &RequestContext),
    ) -> Result<(), Error> {
        let event = NewEvent {
            organization,
            brand,
            kind,
            subject,
            actor,
            before,
            after,
            data: None,
            context: context.clone(),
        };
        events::record(tx, &self.clock, &self.rng, event).await?;
        Ok(())
    }
}

/// Who hears of what, for the wiring.
pub fn subscriptions() -> Subscriptions {
    use bellwether_jobs::Job as _;
    [
        "post.approved",
        "post.rejected",
        "post.reopened",
        "post.updated",
        "post.restored",
        "post.archived",
        "post.deleted",
        // what rules ask for and what reviewers say
        "review.approved",
        "review.changes_requested",
        "review.resolved",
        "approval_rule.created",
        "approval_rule.deleted",
    ]
    .iter()
    .fold(Subscriptions::new(), |all, kind| all.on(kind, publications::jobs::FollowPost::NAME))
    .on("brand.updated", publications::jobs::FollowZone::NAME)
}
