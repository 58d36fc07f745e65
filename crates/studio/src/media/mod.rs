//! The media library: pictures, videos and documents of a brand.
//!
//! A file comes in parts ([`uploads`]), is checked by its bytes and cleaned of what it says about places ([`take`]), and
//! is kept in the file store ([`files`]). Posts show files in an order; what a network can't take as it is, [`fit`] says,
//! and [`renditions`] makes what it can take when it is published.

pub(crate) mod attached;
mod boxes;
mod bucket;
pub mod cards;
pub mod files;
pub mod fit;
mod gif;
pub mod http;
pub mod jobs;
pub mod model;
mod picture;
pub mod renditions;
mod serve;
mod service;
mod shared;
mod sql;
mod take;
mod uploads;

use std::sync::Arc;

use async_trait::async_trait;
use bellwether_kernel::{Problem, id::BrandId, id::PostId};
use bellwether_store::TenantTx;
use bellwether_vault::Vault;

pub use attached::AttachMedia;
pub use bucket::MediaConfig;
pub use files::Files;
pub use serve::{public_base, public_routes};
pub use service::{MediaView, UsedMedia};
pub use shared::SharedFile;

bellwether_kernel::id!(MediaId, "media", "A file of the media library.");
bellwether_kernel::id!(UploadId, "upload", "A file that comes in parts.");
bellwether_kernel::id!(RenditionId, "rend", "A picture made for a network.");
bellwether_kernel::id!(UseId, "use", "A file in a post.");

/// Which posts are planned to go out, lent by the floor above: a file that such a post shows can't be deleted.
#[async_trait]
pub trait Plans: Send + Sync {
    /// Those of the posts that something is planned for, or is being sent of.
    async fn planned(
        &self,
        tx: &mut TenantTx,
        brand: BrandId,
        posts: &[PostId],
    ) -> Result<Vec<PostId>, Problem>;
}

/// What the library needs from outside.
#[derive(Clone)]
pub struct Library {
    /// Where the bytes are.
    pub files: Files,
    /// What signs addresses that networks fetch from.
    pub vault: Vault,
    /// Where the internet reaches this installation, without a slash at the end; none when it doesn't.
    pub public_base: Option<String>,
    /// What is planned.
    pub plans: Option<Arc<dyn Plans>>,
}
