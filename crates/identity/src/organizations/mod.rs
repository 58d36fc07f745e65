//! Organizations: what they are called and decide about themselves, how they end and come back.

pub mod http;
mod jobs;
mod service;
pub mod slug;
mod sql;

pub use jobs::Purge;
pub use service::{
    DeletedOrganization, New, NewOrganization, OrganizationView, UNDO, UpdateOrganization, check_website,
    get_in,
};
pub(crate) use service::{confirm, insert, insert_membership, invitation_role, name};
pub(crate) use slug::free_slug;
pub use slug::slug_of;
pub(crate) use sql::owners;
