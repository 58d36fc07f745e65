//! Posts on accounts: planned, moved, cancelled, settled.

mod about;
mod ahead;
mod calendar;
mod changes;
mod comment;
pub mod http;
pub mod jobs;
pub mod model;
mod planned;
mod service;
pub(crate) mod sql;

pub use about::{AboutConnection, AboutPublication, about_connection, about_publication, lowest_approver};
pub use ahead::{NearPublication, WeekOfPublications, near_publications, week_of_publications};
pub use calendar::{Calendar, CalendarDays, CalendarItem, FreeTime, Summary};
pub use changes::{Bulk, BulkAction, BulkResult};
pub use planned::PlannedPosts;
pub use service::{
    AttemptView, CommentState, CreatePublications, Filter, FirstCommentView, PublicationDetail,
    PublicationView, UpdatePublication, When,
};
pub(crate) use service::{Placing, chosen, states};
pub(crate) use sql::announce;
