//! Who belongs to an organization, as what.

pub mod http;
pub mod model;
mod service;
pub(crate) mod sql;

pub(crate) use service::in_person;
pub use service::{MemberFilter, MemberStatus, MemberView, SetMember, TransferOrganization};
pub(crate) use service::{Target, write};
