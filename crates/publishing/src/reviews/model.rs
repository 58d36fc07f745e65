//! What reviews are about. Pure.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Whose approval a rule asks for.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Serialize,
    Deserialize,
    ToSchema,
    strum::EnumString,
    strum::IntoStaticStr,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Approver {
    /// Anybody of the organization who may review.
    Member,
    /// A manager or higher.
    Manager,
    /// An admin or the owner.
    Admin,
    /// The owner.
    Owner,
    /// The client, by a link.
    Client,
}

/// What somebody says of a text.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Serialize,
    Deserialize,
    ToSchema,
    strum::EnumString,
    strum::IntoStaticStr,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
#[schema(as = ReviewVerdict)]
pub enum Verdict {
    /// A remark.
    Comment,
    /// May go out.
    Approved,
    /// May not go out like this.
    ChangesRequested,
}

impl Verdict {
    /// The event's kind.
    pub const fn event(self) -> &'static str {
        match self {
            Self::Comment => "review.commented",
            Self::Approved => "review.approved",
            Self::ChangesRequested => "review.changes_requested",
        }
    }
}

/// What `publishing.missing_approval` says, in a sentence.
pub fn lacks(missing: &str) -> &'static str {
    match missing {
        "changes" => "Somebody asked for changes. Change the text, or settle the request.",
        "client" => "A rule asks for the client's approval of this text. Send a review link.",
        "member" => "A rule asks for the approval of somebody of the organization.",
        "manager" => "A rule asks for the approval of a manager or higher.",
        "admin" => "A rule asks for the approval of an admin or the owner.",
        "owner" => "A rule asks for the owner's approval.",
        _ => "A rule asks for an approval that is missing.",
    }
}
