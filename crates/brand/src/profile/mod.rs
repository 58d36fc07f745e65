//! What a brand says of itself, by sections, with how complete each is and why it helps.

pub mod http;
mod marks;
mod model;
mod service;
mod sql;

pub use marks::{Section, SectionMark};
pub use model::{
    Blog, Business, Calls, Email, Frequency, Goals, Market, More, Posts, Profile, Topics, UpdateBlog,
    UpdateBusiness, UpdateCalls, UpdateEmail, UpdateGoals, UpdateMarket, UpdatePosts, UpdateProfile,
    UpdateTopics,
};
pub use service::ProfileView;
pub(crate) use service::get_in;
