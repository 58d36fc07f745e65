//! When a brand publishes: the times of its week, distances and caps, and the red switch.

pub mod http;
mod model;
mod pauses;
mod service;
pub(crate) mod sql;

pub use model::{Slot, Weekday, next_free};
pub(crate) use pauses::pauses;
pub use pauses::{Pause, PauseScope, PauseView};
pub(crate) use service::Plan;
pub use service::{NextSlot, ScheduleView, Times, UpdateSchedule};
