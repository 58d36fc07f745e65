//! Drafts: one text for one network, from writing to approval.

mod about;
mod extras;
pub mod http;
pub mod jobs;
pub mod model;
mod outside;
mod past;
mod publish;
mod review;
mod service;
pub(crate) mod sql;
mod view;
mod waiting;

pub use about::{AboutGeneration, AboutPost, about_generation, about_post};
pub use outside::{ImportPost, KeepReviews};
pub use past::PastPosts;
pub use publish::mark_published;
pub(crate) use service::{from_value, internal, read, to_value};
pub use view::{BulkResult, Filter, NewPost, PostChange, PostView, VersionView};
pub use waiting::{Waiting, WaitingFilter};
