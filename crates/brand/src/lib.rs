//! Who speaks: the brands of an organization.
//!
//! Owns `brand.brands` and `brand.brand_slugs`, and publishes the views `brand.directory` and `brand.former_slugs`, from
//! which identity opens a brand's door.
//!
//! Writes the events `brand.created`, `brand.updated`, `brand.deleted`, `brand.restored`; hears none.

pub mod brands;
mod error;

use bellwether_kernel::{Clock, Rng};
use bellwether_store::Store;

pub use brands::{BrandView, FirstBrands};
pub use error::Error;

/// The facade of this context. Cheap to clone.
#[derive(Clone)]
pub struct Brands {
    pub(crate) store: Store,
    pub(crate) clock: Clock,
    pub(crate) rng: Rng,
}

impl Brands {
    /// Wires the context.
    pub fn new(store: Store, clock: Clock, rng: Rng) -> Self {
        Self { store, clock, rng }
    }

    /// The routes of this context.
    pub fn routes(&self) -> bellwether_web::Api {
        brands::http::routes().layer(axum::Extension(self.clone()))
    }
}
