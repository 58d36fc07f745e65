//! Countdowns to a launch by mail, to those who asked to hear of it: fourteen, seven and one day before, and on the day, in
//! the morning where they are, each step once.

pub mod http;
pub mod jobs;
pub mod model;
mod service;
mod settle;
mod sql;

pub use model::{Audience, CampaignView, CreateCampaign, Step};
