//! What a brand listens to.

mod about;
mod accounts;
mod change;
mod check;
mod demo;
mod detect;
pub mod http;
pub mod jobs;
mod model;
mod once;
mod opml;
mod place;
mod politeness;
mod service;
mod sql;

pub use about::{AboutSource, about_source};
pub(crate) use accounts::NoAccounts;
pub use accounts::{Accounts, Missed, Said, Why};
pub use detect::{Candidate, Recent};
pub use jobs::{CheckDue, CheckOrganization, CheckSource, HearConnection, Retain, subscriptions};
pub use model::{CreateSource, Frequency, Health, Kind, SourceView, State, UpdateSource};
pub use once::Feed;
pub(crate) use once::Reading;
pub(crate) use place::bare;
pub use politeness::Manners;
pub use service::{Import, Imported, Refused};
