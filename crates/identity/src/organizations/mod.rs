//! Organizations and who belongs to them.

pub mod http;
mod service;
mod sql;

pub use service::{MemberView, New, NewOrganization, OrganizationView, UpdateOrganization, slug_of};
pub(crate) use service::{free_slug, insert, insert_membership};
