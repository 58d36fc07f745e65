//! A brand's website: read politely, and turned into a draft of the profile of which every value has its evidence.

pub mod http;
mod jobs;
mod model;
mod modelled;
mod price;
mod reading;
mod service;
mod sql;

use bellwether_ingest::{Reader, SitePolicy};
use bellwether_models::Models;
use bellwether_operations::Operations;

pub use jobs::ReadWebsite;
pub use model::{AcceptWebsite, Accepted, Change, ChangeKind, Finding, FoundValue, PageView};
pub use service::{EarlierView, SnapshotView, WebsiteView};

/// Who reads websites, and how gently.
#[derive(Clone)]
pub struct Websites {
    /// The guarded reader.
    pub reader: Reader,
    /// How much of a site, and how gently.
    pub policy: SitePolicy,
    /// Language models, which are asked beside the built-in reader when there are any.
    pub models: Models,
    /// Meters them.
    pub operations: Operations,
}
