//! When a brand publishes: the times of its week, distances and caps, and the red switch.

pub mod http;
mod model;
mod pauses;
mod results;
mod service;
pub(crate) mod sql;
mod suggest;

pub use model::{Slot, Weekday, next_free};
pub(crate) use pauses::pauses;
pub use pauses::{Pause, PauseScope, PauseView};
pub use results::{PostResult, Results, SuggestedTime, Suggestions};
pub(crate) use service::Plan;
pub use service::{NextSlot, ScheduleView, Times, UpdateSchedule};
