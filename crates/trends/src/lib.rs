//! What an audience is about to talk about: the sources that a brand listens to, what they said, and what rises in it.
//!
//! Owns `trends.sources`, `items`, `sightings`, `smart_feeds`, `item_vectors`, `smart_feed_vectors`, `trends`,
//! `trend_evidence`, `trend_posts`, `detections` and `resting_hosts`.
//!
//! Writes the events `source.created`, `source.updated`, `source.deleted`, `source.checked` (a look that somebody asked
//! for has ended), `source.troubled`, `source.given_up` (could not be read for long: from now on it is tried once a week),
//! `source.recovered`, `items.added` (one for each look that found something, with the count), `smart_feed.created`, `smart_feed.updated`, `smart_feed.deleted`;
//! of trends `trend.found`, `trend.rising` (a fast riser, once for each), `trend.declining`, `trend.revived`, `trend.expired`,
//! `trend.merged`, `trend.updated` (by somebody) and `trend.drafted`. Hears its own `items.added`, `smart_feed.created` and
//! `smart_feed.updated`, to make vectors of what is new ([`meaning`]), and `connection.created` and `connection.updated`, for
//! sources that wait for an account.
//!
//! What comes from outside is fetched through `bellwether_ingest`, and read by [`read`], which does no I/O; what a network
//! shows to accounts only comes through [`sources::Accounts`]. Both outside of every transaction.

pub mod detect;
mod error;
pub mod feeds;
mod ids;
pub mod items;
pub mod meaning;
pub mod read;
pub mod sources;
pub mod trends;

use std::{sync::Arc, time::Duration};

use bellwether_brand::Brands;
use bellwether_ingest::{Fetcher, Reader};
use bellwether_jobs::events::{self, NewEvent};
use bellwether_kernel::{
    Actor, BrandAccess, Clock, RequestContext, Rng,
    id::{BrandId, OrganizationId},
};
use bellwether_models::Models;
use bellwether_operations::Operations;
use bellwether_store::{Store, TenantTx};
use serde_json::Value;
use uuid::Uuid;

pub use error::Error;
pub use ids::{ItemId, SmartFeedId, SourceId, TrendId};

/// The facade of this context. Cheap to clone.
#[derive(Clone)]
pub struct Trends {
    pub(crate) store: Store,
    pub(crate) clock: Clock,
    pub(crate) rng: Rng,
    pub(crate) reader: Reader,
    /// Between two requests to one host; it may ask for more in its robots.txt.
    pub(crate) pause: Duration,
    pub(crate) manners: sources::Manners,
    /// Who reads through the accounts that brands have connected.
    pub(crate) accounts: Arc<dyn sources::Accounts>,
    /// What brands care about.
    pub(crate) brands: Option<Brands>,
    /// How posts stand.
    pub(crate) posts: Option<Arc<dyn trends::TrendPosts>>,
    /// Who understands what is said and proposes angles; without one, words and rules decide.
    pub(crate) thinking: Option<Thinking>,
}

/// Models, and who keeps the books of their calls.
#[derive(Clone)]
pub(crate) struct Thinking {
    pub(crate) models: Models,
    pub(crate) operations: Operations,
}

impl Trends {
    /// Wires the context.
    pub fn new(store: Store, clock: Clock, rng: Rng, reader: Reader, pause: Duration) -> Self {
        let manners = sources::Manners::default();
        let accounts = Arc::new(sources::NoAccounts);
        Self {
            store,
            clock,
            rng,
            reader,
            pause,
            manners,
            accounts,
            brands: None,
            posts: None,
            thinking: None,
        }
    }

    /// The same with who reads through connected accounts. Without, none is connected.
    #[must_use]
    pub fn with_accounts(mut self, accounts: Arc<dyn sources::Accounts>) -> Self {
        self.accounts = accounts;
        self
    }

    /// The same with brands, with whose interests trends are compared. Without, none are found.
    #[must_use]
    pub fn with_brands(mut self, brands: Brands) -> Self {
        self.brands = Some(brands);
        self
    }

    /// The same with who knows how posts stand.
    #[must_use]
    pub fn with_posts(mut self, posts: Arc<dyn trends::TrendPosts>) -> Self {
        self.posts = Some(posts);
        self
    }

    /// The same with models, which understand what is said and propose angles, and with who keeps the books of their calls.
    #[must_use]
    pub fn with_models(mut self, models: Models, operations: Operations) -> Self {
        self.thinking = Some(Thinking { models, operations });
        self
    }

    /// The routes of this context.
    pub fn routes(&self) -> bellwether_web::Api {
        sources::http::routes()
            .merge(items::http::routes())
            .merge(feeds::http::routes())
            .merge(trends::http::routes())
            .merge(meaning::http::routes())
            .layer(axum::Extension(self.clone()))
    }

    pub(crate) fn fetcher(&self) -> &Fetcher {
        self.reader.fetcher()
    }

    /// Writes what somebody did to something of a brand; `change` is it before and after.
    pub(crate) async fn record_in(
        &self,
        tx: &mut TenantTx,
        access: &BrandAccess,
        kind: &'static str,
        subject: (&'static str, Uuid),
        (before, after): (Option<Value>, Option<Value>),
        context: &RequestContext,
    ) -> Result<(), Error> {
        let event = NewEvent {
            organization: access.organization,
            brand: Some(access.brand),
            kind,
            subject,
            actor: access.actor(),
            before,
            after,
            data: None,
            context: context.clone(),
        };
        events::record(tx, &self.clock, &self.rng, event).await?;
        Ok(())
    }

    /// Writes what a look at a source brought.
    pub(crate) async fn tell(
        &self,
        tx: &mut TenantTx,
        (organization, brand): (OrganizationId, BrandId),
        kind: &'static str,
        source: SourceId,
        data: Value,
    ) -> Result<(), Error> {
        let event = NewEvent {
            organization,
            brand: Some(brand),
            kind,
            subject: ("source", source.uuid()),
            actor: Actor::Worker { job: "trends.check".to_owned() },
            before: None,
            after: None,
            data: Some(data),
            context: RequestContext::default(),
        };
        events::record(tx, &self.clock, &self.rng, event).await?;
        Ok(())
    }
}
