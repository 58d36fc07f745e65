//! What items and topics mean: vectors made of them in the background, and what is near to what.

mod fusion;
pub mod http;
mod jobs;
mod service;
mod sql;

use bellwether_jobs::{Job as _, events::Subscriptions};
pub use fusion::Matched;
pub(crate) use fusion::{Fused, fuse};
pub use jobs::{EmbedDue, EmbedOrganization, Heard};
pub(crate) use service::Asked;
pub use service::{EmbeddingsState, EmbeddingsView};

/// What is heard of: there is something new to be understood.
pub fn subscriptions() -> Subscriptions {
    ["items.added", "smart_feed.created", "smart_feed.updated"]
        .into_iter()
        .fold(Subscriptions::new(), |all, kind| all.on(kind, Heard::NAME))
}
