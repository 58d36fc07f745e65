//! What rises in what a brand's sources say: found by [`crate::detect`], kept under an id that stays, compared with what
//! the brand cares about, and explained.

mod angles;
mod category;
pub mod http;
mod ideas;
pub mod jobs;
mod matching;
mod material;
mod model;
mod naming;
mod relevance;
mod replay;
mod run;
mod service;
mod sql;
pub mod survey;
mod words;

pub use ideas::WriteAngles;
pub use jobs::{Detect, Sweep};
pub use material::Material;
pub use model::{
    Accuracy, Angle, Contribution, Course, Ends, Evaluation, EvidenceView, Format, MorningTrend, Phrase,
    PillarShare, Predicted, SizeRange, TimeRange, TrendDetail, TrendOfPost, TrendPostView, TrendState,
    TrendView, UpdateTrend, Why, WhyYou,
};
pub use service::{PostState, Sort, TrendPosts, WantedTrends};
pub(crate) use sql::retain;
pub(crate) use words::grouped;
