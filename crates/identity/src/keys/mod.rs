//! API keys: made and revoked by people, shown at the door by programs.

mod gate;
pub mod http;
mod jobs;
mod model;
mod service;
mod signing;
mod sql;

pub use jobs::CountKeys;
pub use model::{KeyStatus, KeyView, MadeKey, NewKey, UpdateKey};
