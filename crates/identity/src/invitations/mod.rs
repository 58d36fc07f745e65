//! How people come into an organization: by a mail to them, or by a link that can be handed on.

pub mod http;
mod service;
mod sql;

pub use service::{
    AcceptInvitation, InvitationId, InvitationPreview, InvitationStatus, InvitationView, JoinByInvitation,
    NewInvitation,
};
pub(crate) use sql::is_invited;
