//! The morning delivery: a brand's best drafts, once for each date of a person's own calendar.
//!
//! Every minute [`jobs::Mornings`] takes the people whose time has come, makes a row for each of their brands and date, and
//! with it the job [`jobs::Deliver`], in one transaction. That job chooses ([`score`]), writes, and hands the mail to the
//! outbox in the transaction that notes it: killed before, it is done again; killed after, it is done. When the outbox knows
//! whether the mail went out, so does the delivery.

mod compose;
pub mod http;
pub mod jobs;
mod links;
mod model;
mod plan;
pub mod public_http;
pub mod score;
mod send;
mod service;
mod sql;

pub(crate) use compose::{height, to_the_half_hour};
pub(crate) use plan::brands;
pub(crate) use sql::delete_old as forget;

/// How long deliveries are kept.
pub(crate) const LIFE: chrono::Duration = chrono::Duration::days(365);

pub use model::{ChannelPreview, DeliveryStatus, DeliveryView, DraftView, PreviewView};
