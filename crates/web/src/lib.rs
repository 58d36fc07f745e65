//! The pieces that every context's routes are made of.
//!
//! A context exports its routes as an [`Api`] with paths relative to `/api/v1`; the binary hands all of them to
//! [`app()`], which puts the rest around: problems, request ids, limits, headers, health, the API's description.
//!
//! How to write an operation:
//! 1. Its arguments are its permissions: [`Caller`] (signed in), [`Member`] (inside `{org}`), [`BrandMember`] (inside
//!    `{org}` and `{brand}`). What may not be seen is 404 before the handler runs.
//! 2. Its input comes through [`Json`], [`Path`], [`Query`], [`PageQuery`], [`IfMatch`]: each refuses with a located
//!    problem, so a handler sees only what is well-formed.
//! 3. It returns `Result<_, ApiError>`; anything that turns into a [`bellwether_kernel::Problem`] goes through `?`.
//! 4. Where two may edit, it answers with [`Versioned`].
//! 5. What costs more than reading gets its rate class: `routes!(create).layer(limit(Class::Generate))`.
//!
//! `Idempotency-Key`, ETags' 304, CSRF and default rate limits need nothing from the handler.
//!
//! Owns the table `operations.idempotency_keys`; reads `operations.events` for the stream of events.

mod app;
mod bearing;
pub mod config;
pub mod cookies;
mod edge;
mod error;
pub mod events;
mod extract;
mod gate;
pub mod health;
pub mod idempotency;
pub mod keys;
mod known;
pub mod limits;
pub mod metrics;
pub mod openapi;
mod patch;
mod security;
mod serve;
pub mod spa;
mod state;
mod versioned;

pub use app::app;
pub use bearing::RequestContext;
pub use config::WebConfig;
pub use error::{ApiError, ProblemBody};
pub use events::EventHub;
pub use extract::{IfMatch, Json, PageQuery, Path, Query};
pub use gate::{BrandMember, Caller, Credentials, Entry, Gate, Member, Operator, OptionalCaller};
pub use idempotency::ShownOnce;
pub use limits::{Class, limit};
pub use patch::Patch;
pub use serve::serve;
pub use spa::{Asset, AssetSource, spa};
pub use state::{Web, WebParts};
pub use versioned::Versioned;

/// The routes of a context with their description; paths are relative to `/api/v1`.
pub type Api = utoipa_axum::router::OpenApiRouter<Web>;
