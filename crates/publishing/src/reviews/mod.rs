//! Who must say yes, and what they said.
//!
//! A rule names an approver for a brand's posts, on one network or on all. A review is of one text and its files, told by
//! their fingerprint: a text that changes has to be approved anew, and one that is changed back is approved again. Of each
//! reviewer the last word on a text counts. Nothing begins to be sent while `publishing.missing_approval` names something:
//! it is asked where a publication is planned, again in the transaction that claims it, and once more by a trigger.
//!
//! A client has no account but a link. What they say by it carries the name that they give; for a rule one link is one
//! reviewer, whatever names are given.

pub mod http;
mod links;
pub mod model;
mod public;
pub mod public_http;
mod rules;
mod service;
mod sql;

pub(crate) use links::token_hash;
pub use links::{CreateReviewLink, ReviewLinkView};
pub(crate) use model::lacks;
pub use model::{Approver, Verdict};
pub use public::{GuestReview, ReviewPage};
pub use rules::{ApprovalRuleView, CreateApprovalRule};
pub(crate) use service::hold;
pub use service::{CreateReview, ReviewView, Reviews};
pub(crate) use sql::{approvers, missing, waiting_posts};
